// A signature as found, and the proof that it was checked.
#pragma once

#include "certstore/certificate.h"

#include <optional>
#include <string>
#include <vector>

namespace formats {

// One signature as found; it claims nothing.
struct SignatureBlock {
  std::string name;          // where it stands
  std::string message_name;  // what it is said to sign
  certstore::Bytes message;  // those bytes, bounded by the format
  certstore::Bytes signature;
  std::vector<certstore::DigestAlgorithm> digests;  // that the layout allows, best first
  std::vector<certstore::Certificate> candidates;   // certificates that the file offers
};

// A block whose signature was checked over its exact bytes by one certificate. Only check_signature() makes
// one, so whoever holds it may parse message().
class VerifiedSignature {
 public:
  [[nodiscard]] const std::string& name() const { return block_.name; }
  [[nodiscard]] certstore::ByteView message() const { return block_.message; }
  [[nodiscard]] const certstore::Certificate& signer() const { return signer_; }
  [[nodiscard]] certstore::DigestAlgorithm digest() const { return digest_; }
  // All that the file offered: for building the signer's chain, and since two certificates may have one key.
  [[nodiscard]] const std::vector<certstore::Certificate>& offered() const { return block_.candidates; }

 private:
  friend std::optional<VerifiedSignature> check_signature(SignatureBlock block);
  VerifiedSignature(SignatureBlock block, certstore::Certificate signer, certstore::DigestAlgorithm digest)
      : block_(std::move(block)), signer_(std::move(signer)), digest_(digest) {}
  SignatureBlock block_;
  certstore::Certificate signer_;
  certstore::DigestAlgorithm digest_;
};

// Returns the proof if and only if one of the candidates made the signature over the message with one of the
// digests.
[[nodiscard]] std::optional<VerifiedSignature> check_signature(SignatureBlock block);

}  // namespace formats
