// What signing will write, made before a key is opened.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/file.h"
#include "certstore/digest.h"
#include "certstore/signer.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace formats {

// What changes of a file that stays as it is up to there: from byte `keep` to its new end it holds `bytes`.
struct NewTail {
  std::uint64_t keep = 0;
  certstore::Bytes bytes;
};

// What signing will write; made, with all parsing and hashing of the stranger's bytes, before a key is
// opened.
class SigningPlan {
 public:
  virtual ~SigningPlan() = default;
  // Writes the whole signed package. `signers` are those of the request: its own, then those of `also`.
  // Throws Error(io) or Error(key).
  virtual void write(std::span<const certstore::Signer> signers, certstore::AtomicFile& out) const = 0;
  // For signing in place without copying the file: a signed package that says what write() would, where only
  // the end of the input changes; nothing where more does. Throws as write().
  [[nodiscard]] virtual std::optional<NewTail> new_tail(std::span<const certstore::Signer>) const {
    return std::nullopt;
  }
  // The digest of all bytes of the input, where making the plan computed it: whoever checks what was written
  // beside it need not read them again.
  [[nodiscard]] virtual std::optional<certstore::DigestValue> input_digest(certstore::DigestAlgorithm) const {
    return std::nullopt;
  }
  // Number of entries that will be signed.
  [[nodiscard]] virtual std::size_t signed_entries() const = 0;
  // Whether entries or signatures stay in the package for which the signers do not answer.
  [[nodiscard]] virtual bool is_partial() const { return false; }
};

}  // namespace formats
