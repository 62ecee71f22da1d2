#include "signer/retirement.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/record_match.h"
#include "certstore/trust_store.h"
#include "signer/store_access.h"
#include "verifier/policy_source.h"

namespace signer {

using certstore::TrustRecord;

std::optional<TrustRecord> retirement_of(const certstore::cli::Arguments& arguments,
                                         const certstore::Certificate& certificate, certstore::Instant at) {
  if (!verifier::names_any_store(arguments)) return std::nullopt;
  const auto store = certstore::TrustStore::open_if_present(place_of(arguments).trust());
  if (!store) return std::nullopt;
  for (const TrustRecord& record : store->list()) {
    if (record.from <= at && certstore::retires(record, certificate)) return record;
  }
  return std::nullopt;
}

void require_not_retired(const certstore::cli::Arguments& arguments,
                         const certstore::Certificate& certificate, certstore::Instant at) {
  const auto record = retirement_of(arguments, certificate, at);
  if (!record) return;
  throw certstore::Error(certstore::ErrorKind::exposed_key,
                         "the key of " + certstore::in_quotes(certificate.subject()) +
                             " was retired by record " + record->id +
                             (record->reason.empty() ? "" : ": " + certstore::escaped(record->reason)),
                         "sign with another identity; a new one: pkgsign cert renew --new-key same");
}

}  // namespace signer
