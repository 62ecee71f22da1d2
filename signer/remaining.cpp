#include "signer/remaining.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "signer/cert_text.h"

namespace signer {

using certstore::Certificate;

Certificate first_to_end(const Certificate& certificate, std::span<const Certificate> chain) {
  Certificate first = certificate;
  for (const Certificate& issuer : chain) {
    if (issuer.not_after() < first.not_after()) first = issuer;
  }
  return first;
}

void require_remaining(const Certificate& certificate, std::span<const Certificate> chain,
                       certstore::Instant at, std::chrono::days least) {
  const Certificate first = first_to_end(certificate, chain);
  if (first.not_after() - at >= least) return;
  throw certstore::Error(certstore::ErrorKind::dates,
                         "the certificate of " + certstore::in_quotes(first.subject()) + " ends on " +
                             certstore::to_date(first.not_after()) + " (" + validity_text(first, at) +
                             "), which is sooner than " + std::to_string(least.count()) +
                             " days from now (--min-remaining)",
                         "sign with another identity, or renew this one: pkgsign cert renew");
}

}  // namespace signer
