// Bundles as they are imported into a store: read, and their signers checked, before.
#pragma once

#include "certstore/certificate_request.h"
#include "tests/store/store_fixtures.h"

namespace store_fixtures {

inline certstore::Certificate bundle_key() {
  certstore::CertificateTerms terms;
  terms.subject.common_name = "anna";
  terms.profile = certstore::Profile::statement;
  terms.not_before = certstore::parse_instant("2025-01-01");
  terms.not_after = certstore::parse_instant("9999-12-31T23:59:59Z");
  return make_self_signed(certstore::PrivateKey::make("ed25519"), terms);
}

// Trusts one signer, for the package of that name.
inline certstore::SignedBundle bundle_of(std::string_view package, std::uint64_t version) {
  certstore::SignedBundle made;
  made.bundle.name = "site";
  made.bundle.version = version;
  made.bundle.made = certstore::Instant(std::chrono::seconds(1'800'000'000));
  made.bundle.expires = certstore::Instant(std::chrono::seconds(1'900'000'000));
  made.bundle.keys = {bundle_key()};
  made.bundle.records = {trust_record("in a bundle")};
  made.bundle.records[0].scope = certstore::TrustRecord::Scope::package_name;
  made.bundle.records[0].scope_text = package;
  made.document[0] = static_cast<std::uint8_t>(version);
  return made;
}

// Leaves a store that holds the first version.
inline void import_first(const std::filesystem::path& trust) {
  certstore::TrustStore store = certstore::TrustStore::open_or_create(trust);
  store.import_bundle(difference(bundle_of("first", 1), store.state()), {}, actor());
}

}  // namespace store_fixtures
