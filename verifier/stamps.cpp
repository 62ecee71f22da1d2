#include "verifier/stamps.h"

#include "certstore/timestamp_attach.h"

#include <utility>

namespace verifier {

SignatureStamps stamps_of(const formats::VerifiedSignature& signature) {
  SignatureStamps stamps;
  const certstore::cms::SignerInfo* const signer = signature.signer_info();
  if (signer == nullptr) return stamps;
  certstore::CheckedStamps found = certstore::check_timestamps(*signer, signature.offered());
  stamps.checked = std::move(found.good);
  for (std::string& why : found.useless) {
    stamps.useless.push_back(
        {certstore::IssueCode::timestamp_useless, signature.signer().subject(), std::move(why)});
  }
  return stamps;
}

}  // namespace verifier
