// Trust records as JSON and their words: the form in which the store and bundles keep them.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/trust_record.h"

#include <string>
#include <string_view>

namespace certstore {

// The words for people and for JSON: "trust", "retire"; "certificate", "public-key", "bare-key", "content";
// "package", "timestamp", "statement"; "everything", "name", "glob"; "command", "prompt", "bundle",
// "succession".
[[nodiscard]] std::string_view name_of(TrustRecord::Kind kind);
[[nodiscard]] std::string_view name_of(TrustRecord::Subject subject);
[[nodiscard]] std::string_view name_of(TrustRecord::Use use);
[[nodiscard]] std::string_view name_of(TrustRecord::Scope scope);
[[nodiscard]] std::string_view name_of(TrustRecord::Origin origin);

// Throws Error(usage) for a record that contradicts itself: a scope without name, a certificate that has
// another digest, an unknown weakness, an end before the beginning, text that is not UTF-8.
void require_consistent(const TrustRecord& record);

// 16 hex digits, made of what the record decides: not of its label, nor of who made it, when and whence.
[[nodiscard]] std::string id_of(const TrustRecord& record);

// The id is not part of it.
[[nodiscard]] Bytes to_json(const TrustRecord& record);
// Throws Error(store) for anything but the exact form, unknown fields included. Gives the record its id.
[[nodiscard]] TrustRecord parse_trust_record(ByteView json);

}  // namespace certstore
