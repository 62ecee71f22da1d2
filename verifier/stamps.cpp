#include "verifier/stamps.h"

#include "certstore/timestamp_attach.h"

#include <utility>

namespace verifier {

SignatureStamps stamps_of(const formats::VerifiedSignature& signature) {
  SignatureStamps stamps;
  const certstore::cms::SignerInfo* const signer = signature.signer_info();
  if (signer == nullptr) return stamps;
  for (const certstore::ByteView token : certstore::timestamp_tokens(*signer)) {
    certstore::TimestampAnswer answer = certstore::check_timestamp(
        token, {.signature = signer->signature, .candidates = signature.offered()});
    if (auto* const stamp = std::get_if<certstore::VerifiedTimestamp>(&answer)) {
      stamps.checked.push_back(std::move(*stamp));
    } else {
      stamps.useless.push_back({certstore::IssueCode::timestamp_useless, signature.signer().subject(),
                                std::get<std::string>(answer)});
    }
  }
  return stamps;
}

}  // namespace verifier
