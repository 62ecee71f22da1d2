// Trust bundles and their signers for tests.
#pragma once

#include "certstore/certificate_request.h"
#include "certstore/trust_bundle.h"
#include "certstore/trust_record_json.h"
#include "tests/unit/successions.h"

namespace tests {

using certstore::BundleRoot;
using certstore::SignedBundle;
using certstore::TrustBundle;

inline constexpr auto kBundleMade = "2026-01-01";

// A statement key with its certificate, made anew at each call.
inline Signer statement_signer(const std::string& name) {
  certstore::CertificateTerms terms;
  terms.subject.common_name = name;
  terms.profile = certstore::Profile::statement;
  terms.not_before = certstore::parse_instant("2025-01-01");
  terms.not_after = certstore::parse_instant("9999-12-31T23:59:59Z");
  PrivateKey key = PrivateKey::make("ed25519");
  const Certificate certificate = make_self_signed(key, terms);
  return Signer(std::move(key), certificate, {});
}

// Those of most cases.
inline const Signer& anna() {
  static const Signer signer = statement_signer("anna");
  return signer;
}
inline const Signer& bert() {
  static const Signer signer = statement_signer("bert");
  return signer;
}
inline const Signer& cleo() {
  static const Signer signer = statement_signer("cleo");
  return signer;
}

inline TrustBundle bundle_of(const std::vector<const Signer*>& keys, unsigned threshold,
                             std::uint64_t version = 5) {
  TrustBundle bundle;
  bundle.name = "site";
  bundle.version = version;
  bundle.made = certstore::parse_instant(kBundleMade);
  bundle.expires = certstore::parse_instant("2026-04-01");
  bundle.threshold = threshold;
  for (const Signer* key : keys) bundle.keys.push_back(key->certificate());
  TrustRecord record = record_of(before().certificate());
  record.id = certstore::id_of(record);
  bundle.records.push_back(record);
  return bundle;
}

inline Bytes signed_bundle(const TrustBundle& bundle, const std::vector<const Signer*>& signers) {
  Bytes file = certstore::write_bundle(bundle);
  for (const Signer* signer : signers) file = certstore::sign_bundle(file, "test", *signer, bundle.made);
  return file;
}

inline BundleRoot root_of(const std::vector<const Signer*>& keys, std::size_t threshold) {
  BundleRoot root;
  for (const Signer* key : keys) root.keys.push_back(key->certificate().sha256());
  root.threshold = threshold;
  root.now = certstore::parse_instant("2026-02-01");
  return root;
}

}  // namespace tests
