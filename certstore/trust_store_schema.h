// The schemas of the trust store. Version 2 chains the audit log; version 1 kept lines. Both are read; the
// first change makes a 2 of a 1, in the same transaction.
#pragma once

#include "certstore/audit_record.h"
#include "certstore/lmdb_environment.h"

#include <cstdint>
#include <vector>

namespace certstore::trust_schema {

inline constexpr std::uint64_t kPresent = 2;
// What is appended to the name of the file that is kept of a store of version 1.
inline constexpr std::string_view kCopySuffix = ".schema-1";

// The record that makes an empty store.
[[nodiscard]] Record header();
// Throws Error(store) for a store without a header, or of a newer schema.
[[nodiscard]] std::uint64_t read(const Transaction& transaction);
// The lines of a log of version 1, oldest first. They have no chain: only event, person and time.
[[nodiscard]] std::vector<AuditRecord> read_lines(const Transaction& transaction);
// Makes version 2 of a store of version 1: the lines as they stand become the first records of a new chain,
// and one more tells that.
void migrate(Transaction& transaction, const Actor& who);

}  // namespace certstore::trust_schema
