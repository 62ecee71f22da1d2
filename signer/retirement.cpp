#include "signer/retirement.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/crl_rules.h"
#include "certstore/record_match.h"
#include "certstore/trust_store.h"
#include "signer/store_access.h"
#include "verifier/policy_source.h"

namespace signer {

using certstore::TrustRecord;

namespace {

// What a revocation list of the trust store says against the signer; empty if none names his certificate.
std::string revocation_of(const certstore::cli::Arguments& arguments, const certstore::SignerIdentity& signer,
                          certstore::Instant at) {
  const certstore::Certificate* const certificate = signer.certificate();
  if (certificate == nullptr) return {};
  if (!verifier::names_any_store(arguments)) return {};
  const auto store = certstore::TrustStore::open_if_present(place_of(arguments).trust());
  if (!store) return {};
  certstore::CrlPolicy policy;
  for (const certstore::CrlRecord& record : store->crls()) {
    policy.lists.push_back(record.list);
    policy.issuers.insert(policy.issuers.end(), record.chain.begin(), record.chain.end());
  }
  const auto judgement = certstore::judge_by_crls(
      {.path = {*certificate}, .offered = {}, .stamped_at = std::nullopt, .now = at}, policy);
  for (const certstore::Issue& issue : judgement.issues) {
    if (issue.code == certstore::IssueCode::revoked_key) return issue.detail;
  }
  return {};
}

}  // namespace

std::optional<TrustRecord> retirement_of(const certstore::cli::Arguments& arguments,
                                         const certstore::SignerIdentity& signer, certstore::Instant at) {
  if (!verifier::names_any_store(arguments)) return std::nullopt;
  const auto store = certstore::TrustStore::open_if_present(place_of(arguments).trust());
  if (!store) return std::nullopt;
  for (const TrustRecord& record : store->list()) {
    if (record.from <= at && certstore::retires(record, signer)) return record;
  }
  return std::nullopt;
}

void require_not_retired(const certstore::cli::Arguments& arguments, const certstore::SignerIdentity& signer,
                         certstore::Instant at) {
  const std::string revoked = revocation_of(arguments, signer, at);
  if (!revoked.empty()) {
    throw certstore::Error(certstore::ErrorKind::exposed_key,
                           "the CA took " + certstore::in_quotes(signer.subject()) + " back: " + revoked,
                           "sign with another identity, or ask the CA for a certificate of a new key");
  }
  const auto record = retirement_of(arguments, signer, at);
  if (!record) return;
  throw certstore::Error(
      certstore::ErrorKind::exposed_key,
      "the key of " + certstore::in_quotes(signer.subject()) + " was retired by record " + record->id +
          (record->reason.empty() ? "" : ": " + certstore::escaped(record->reason)),
      std::string("sign with another identity; a new one: pkgsign ") +
          (signer.bare_key() == nullptr ? "cert renew --new-key same" : "init --key minisign --alias NAME"));
}

}  // namespace signer
