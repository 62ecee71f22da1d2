// Successions for tests, and the records that a person made before.
#pragma once

#include "certstore/succession_rules.h"
#include "tests/unit/cms_files.h"

namespace tests {

using certstore::Succession;
using certstore::SuccessionTerms;
using certstore::TrustPolicy;
using certstore::TrustRecord;

// An RSA identity of its own key, self-signed.
inline Signer signer_named(const std::string& name, CertificateWish wish = {}) {
  wish.common_name = name;
  return Signer(PrivateKey::from_openssl(certstore::openssl::Key(EVP_PKEY_dup(key_named(name).openssl()))),
                make_self_signed_certificate(wish), {});
}

inline Succession succession(const Signer& before, const Signer& after, SuccessionTerms terms = {},
                             const certstore::Stamper& stamper = {}) {
  if (terms.made == certstore::Instant{}) terms.made = kSigned;
  return certstore::read_succession(certstore::create_succession(before, after, terms, stamper), "test");
}

inline TrustRecord record_of(const Certificate& certificate) {
  TrustRecord record;
  record.id = "0123456789abcdef";
  record.sha256 = certificate.sha256();
  record.certificate = certificate.der();
  record.scope = TrustRecord::Scope::package_name;
  record.scope_text = "com.example";
  record.from = certstore::parse_instant("2026-01-01");
  record.until = certstore::parse_instant("2030-01-01");
  record.reason = "known";
  record.made_by = "test";
  record.made_at = record.from;
  record.compared = true;
  return record;
}

inline TrustPolicy policy_of(std::vector<TrustRecord> records) {
  TrustPolicy policy;
  policy.records = std::move(records);
  policy.at = policy.now = kSigned + std::chrono::days(1);
  return policy;
}

// The two keys of most cases.
inline const Signer& before() {
  static const Signer signer = signer_named("before");
  return signer;
}
inline const Signer& after() {
  static const Signer signer = signer_named("after");
  return signer;
}

}  // namespace tests
