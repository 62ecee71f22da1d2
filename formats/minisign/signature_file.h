// The text of a minisign signature (four lines), or of a signify one (two), before anything is checked.
#pragma once

#include "certstore/bare_key.h"

#include <optional>
#include <string>
#include <string_view>

namespace formats::minisign {

inline constexpr std::string_view kTrustedComment = "trusted comment: ";

// What the second signature of a minisign file is over.
struct TrustedComment {
  std::string text;
  certstore::Bytes signature;  // over the first signature and this text
};

struct SignatureFile {
  bool prehashed = false;  // "ED": over the BLAKE2b-512 of the file; "Ed": over the file itself
  certstore::KeyId key_id{};
  certstore::Bytes signature;
  std::optional<TrustedComment> comment;  // absent: signify
};

// Throws Error(malformed) naming `what` for anything else, also a byte more. The untrusted comment is not
// kept.
[[nodiscard]] SignatureFile read_signature_file(certstore::ByteView file, std::string_view what);
// What the signature of the trusted comment is over.
[[nodiscard]] certstore::Bytes commented(const certstore::Bytes& signature, std::string_view comment);
// As minisign writes it.
[[nodiscard]] std::string to_text(const SignatureFile& file);

// What minisign and we write into a trusted comment, fields with a tab between them.
struct CommentFields {
  std::optional<std::uint64_t> timestamp;
  std::string file;
  std::string sha256;  // as stated, not checked for being one
};
[[nodiscard]] CommentFields fields_of(std::string_view comment);

}  // namespace formats::minisign
