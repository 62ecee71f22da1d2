// What is remembered of a backup: when it was made, and which keys it holds. Not secret.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/time.h"
#include "certstore/digest.h"

#include <string_view>
#include <vector>

namespace certstore {

struct BackupNote {
  Instant made{};
  // SHA-256 of the public keys whose private keys are in it, sorted: exact where dates of two machines are
  // not.
  std::vector<Sha256> keys;
  [[nodiscard]] bool has_key(const Sha256& public_key) const;
  friend bool operator==(const BackupNote&, const BackupNote&) = default;
};

[[nodiscard]] Bytes to_record(const BackupNote& note);
// Throws Error(store), naming `what`.
[[nodiscard]] BackupNote parse_backup_note(ByteView bytes, std::string_view what);

}  // namespace certstore
