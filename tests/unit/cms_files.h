// CMS signatures for tests: signers of every kind of key, and the questions that check() is asked.
#pragma once

#include "certstore/cms.h"
#include "certstore/cms_create.h"
#include "tests/unit/certificates.h"

namespace tests {

namespace cms = certstore::cms;
using certstore::as_bytes;
using certstore::Bytes;
using certstore::ByteView;
using certstore::DigestAlgorithm;
using certstore::Signer;

inline const certstore::Instant kSigned = certstore::parse_instant("2026-11-23T10:00:00Z");
inline constexpr std::string_view kContent = "the content that is signed\n";

// One identity of that kind (a word of certstore::kNewKeys), made once a process.
inline const Signer& signer_of(const std::string& kind) {
  static std::map<std::string, Signer> signers;
  const auto found = signers.find(kind);
  if (found != signers.end()) return found->second;
  PrivateKey key = PrivateKey::make(kind);
  // Issued by another key: certificates.h signs with SHA-256, which Ed25519 does not.
  const Certificate issuer = make_self_signed_certificate({});
  Certificate certificate = make_certificate(
      {.common_name = "Signer " + kind, .extensions = {{NID_subject_key_identifier, "hash"}}}, key.openssl(),
      &issuer, key_named("Test Signer").openssl());
  return signers.emplace(kind, Signer(std::move(key), std::move(certificate), {issuer})).first->second;
}

inline Bytes sign(const Signer& signer, std::string_view content = kContent, std::string_view context = {}) {
  const DigestAlgorithm algorithm = signer.usual_digest();
  const Bytes digest = certstore::digest(algorithm, as_bytes(content));
  return cms::create(signer,
                     {.digest = algorithm, .content_digest = digest, .time = kSigned, .context = context});
}

// The answer about one signer of `data` with the certificates that are in it and the content as given.
inline cms::Answer ask(const cms::SignedData& data, std::string_view content = kContent,
                       std::string_view context = {}, std::size_t signer = 0) {
  const cms::SignerInfo& info = data.signers.at(signer);
  const Bytes digest = info.digest ? certstore::digest(*info.digest, as_bytes(content)) : Bytes();
  return cms::check(info, {.content_digest = digest, .candidates = data.certificates, .context = context});
}

// "good", or the name of the fault.
inline std::string word_of(const cms::Answer& answer) {
  const auto* const refusal = std::get_if<cms::Refusal>(&answer);
  return refusal == nullptr ? "good" : std::string(cms::name_of(refusal->fault));
}

}  // namespace tests
