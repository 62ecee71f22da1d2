#include "formats/signature.h"

namespace formats {

std::optional<VerifiedSignature> check_signature(SignatureBlock block) {
  for (const certstore::DigestAlgorithm algorithm : block.digests) {
    const certstore::Bytes digest = certstore::digest(algorithm, block.message);
    for (const certstore::Certificate& candidate : block.candidates) {
      if (!candidate.checks_rsa_signature(algorithm, digest, block.signature)) continue;
      const certstore::Certificate signer = candidate;
      return VerifiedSignature(std::move(block), signer, algorithm);
    }
  }
  return std::nullopt;
}

}  // namespace formats
