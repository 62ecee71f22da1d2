// What the key store writes into LMDB, as values: the header, the roster and the identities. Only the key
// store and its backup use it.
#pragma once

#include "certstore/key_store.h"

#include <cstdint>
#include <map>
#include <string>

namespace certstore {

inline constexpr std::uint64_t kKeyStoreSchema = 1;

namespace key_records {
inline constexpr std::string_view kHeader = "header";
inline constexpr std::string_view kRoster = "roster";
inline constexpr std::string_view kIdentityPrefix = "identity/";
inline constexpr std::string_view kDefault = "default";
inline constexpr std::string_view kBackup = "backup";
}  // namespace key_records

// The record "header".
struct KeyStoreHeader {
  StoreId store{};
  // Counts the changes. The version of an identity is the generation it was written in; the roster is sealed
  // for the present one.
  std::uint64_t generation = 1;
  WrappedKey key;
};

// The record "roster", sealed: the version of each identity. It tells a record that was put back from the
// present.
using Roster = std::map<std::string, std::uint64_t>;

// A record "identity/<alias>".
struct IdentityRecord {
  StoredIdentity identity;
  std::uint64_t version = 0;
  Bytes sealed_key;
};

[[nodiscard]] Bytes to_record(const KeyStoreHeader& header);
[[nodiscard]] Bytes to_record(const Roster& roster);
[[nodiscard]] Bytes to_record(const IdentityRecord& record);
// The record "default".
[[nodiscard]] Bytes to_default_record(const DefaultAlias& chosen);
[[nodiscard]] DefaultAlias parse_default_record(ByteView bytes);
// These throw Error(store); a header of a newer schema says so.
[[nodiscard]] KeyStoreHeader parse_key_store_header(ByteView bytes);
[[nodiscard]] Roster parse_roster(ByteView bytes);
[[nodiscard]] IdentityRecord parse_identity(ByteView bytes, const std::string& alias);

// Throws Error(store) for a schema that this version does not know.
void require_known_schema(std::uint64_t schema, std::uint64_t known, std::string_view what);

}  // namespace certstore
