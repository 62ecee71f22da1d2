#include "formats/signature.h"

#include "certstore/raw_signature.h"

#include <algorithm>

namespace formats {

using certstore::Bytes;
using certstore::Certificate;
using certstore::DigestAlgorithm;
using certstore::Issue;
using certstore::IssueCode;
namespace cms = certstore::cms;

certstore::ByteView VerifiedSignature::message() const {
  if (block_.message == nullptr) return {};
  return *block_.message;
}

const cms::SignerInfo* VerifiedSignature::signer_info() const {
  return std::get_if<cms::SignerInfo>(&block_.signature);
}

// One check of one block.
class SignatureCheck {
 public:
  explicit SignatureCheck(SignatureBlock block) : block_(std::move(block)) {}

  std::variant<VerifiedSignature, Issue> check() {
    if (const auto* raw = std::get_if<RawSignature>(&block_.signature)) return check_raw(*raw);
    if (const auto* bare = std::get_if<KeySignature>(&block_.signature)) return check_bare(*bare);
    return check_cms(std::get<cms::SignerInfo>(block_.signature));
  }

 private:
  std::variant<VerifiedSignature, Issue> check_raw(const RawSignature& raw) {
    for (const DigestAlgorithm algorithm : raw.digests) {
      const Bytes digest = digest_of_message(algorithm);
      for (const Certificate& candidate : block_.candidates) {
        const bool good =
            candidate.checks_rsa_signature(algorithm, digest, raw.value) ||
            (raw.or_ecdsa && certstore::checks_ecdsa_signature(candidate, algorithm, digest, raw.value));
        if (!good) continue;
        return proof(candidate, algorithm, std::nullopt);
      }
    }
    return Issue{IssueCode::signature_mismatch, block_.message_name,
                 "its bytes do not match the signature " + block_.name + " by any certificate offered"};
  }

  std::variant<VerifiedSignature, Issue> check_cms(const cms::SignerInfo& signer) {
    const Bytes digest = signer.digest ? digest_of_message(*signer.digest) : Bytes();
    const cms::Answer answer = cms::check(
        signer, {.content_digest = digest, .candidates = block_.candidates, .context = block_.context});
    if (const auto* good = std::get_if<cms::CheckedSigner>(&answer)) {
      return proof(good->certificate(), good->digest(), good->claimed_time());
    }
    const auto& refusal = std::get<cms::Refusal>(answer);
    return Issue{refusal.fault == cms::Fault::certificate_missing ? IssueCode::signer_certificate_missing
                                                                  : IssueCode::signature_mismatch,
                 block_.name, std::string(cms::name_of(refusal.fault)) + ": " + refusal.detail};
  }

  // The id only says which key to look for: it is not signed, and anyone can make a key with it.
  std::variant<VerifiedSignature, Issue> check_bare(const KeySignature& bare) {
    const certstore::ByteView message = block_.message == nullptr ? certstore::ByteView() : *block_.message;
    bool is_known = false;
    for (const certstore::BareKey& key : block_.keys) {
      is_known = is_known || key.id() == bare.key_id;
      if (!key.checks(message, bare.value)) continue;
      if (key.id() == bare.key_id) return proof(key, DigestAlgorithm::sha512, std::nullopt);
      return Issue{IssueCode::signature_mismatch, block_.name,
                   "it is by " + key.name() + " and says the key id " + certstore::to_text(bare.key_id)};
    }
    const std::string id = "key id " + certstore::to_text(bare.key_id);
    if (!is_known) return Issue{IssueCode::signer_key_unknown, block_.name, id};
    return Issue{IssueCode::signature_mismatch, block_.name,
                 "it does not match by any key that is known here with the " + id};
  }

  // By value: the signer may be one of the block's own candidates, and the block is moved.
  VerifiedSignature proof(certstore::SignerIdentity signer, DigestAlgorithm algorithm,
                          std::optional<certstore::Instant> claimed_time) {
    return {std::move(block_), std::move(signer), algorithm, claimed_time};
  }

  Bytes digest_of_message(DigestAlgorithm algorithm) const {
    const auto known = std::find_if(block_.digests.begin(), block_.digests.end(),
                                    [&](const auto& pair) { return pair.first == algorithm; });
    if (known != block_.digests.end()) return known->second;
    // Nothing is the digest of a message that is not here.
    return block_.message == nullptr ? Bytes() : certstore::digest(algorithm, *block_.message);
  }

  SignatureBlock block_;
};

std::variant<VerifiedSignature, Issue> check_signature(SignatureBlock block) {
  return SignatureCheck(std::move(block)).check();
}

}  // namespace formats
