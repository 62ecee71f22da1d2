// Trust records for people and for programs, and the words that undo what was done to them.
#pragma once

#include "certstore/trust_record.h"

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace verifier {

// "certificate sha256:…", "public key sha256:…", "file sha256:…".
[[nodiscard]] std::string subject_of(const certstore::TrustRecord& record);
// "every package", "the package 'x'", "packages matching 'x*'"; escaped.
[[nodiscard]] std::string scope_of(const certstore::TrustRecord& record);

// One line: id, decision, subject, until, label.
void write_record_line(const certstore::TrustRecord& record, std::ostream& out);
// All of it, one fact a line.
void write_record(const certstore::TrustRecord& record, std::ostream& out);
// One JSON object on one line; `undo`, if any, are the lines to paste.
void write_record_json(const certstore::TrustRecord& record, const std::vector<std::string>& undo,
                       std::ostream& out);

// The command that removes the record again; `store` is what --store named, if it was given.
[[nodiscard]] std::vector<std::string> undo_of_adding(const certstore::TrustRecord& record,
                                                      std::string_view store);
// The command that adds an equal record again, with the certificate as a here-document.
[[nodiscard]] std::vector<std::string> undo_of_removing(const certstore::TrustRecord& record,
                                                        std::string_view store);

}  // namespace verifier
