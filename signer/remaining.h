// How long an identity lasts: as long as its certificate and each issuer of it.
#pragma once

#include "certstore/base/time.h"
#include "certstore/certificate.h"

#include <span>

namespace signer {

// Of a certificate and its issuers the one that ends first: from then on no importer accepts the chain.
[[nodiscard]] certstore::Certificate first_to_end(const certstore::Certificate& certificate,
                                                  std::span<const certstore::Certificate> chain);

// Throws Error(dates) where less than `least` is left at `at`; exactly as much is enough.
void require_remaining(const certstore::Certificate& certificate,
                       std::span<const certstore::Certificate> chain, certstore::Instant at,
                       std::chrono::days least);

}  // namespace signer
