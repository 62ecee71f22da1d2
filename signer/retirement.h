// Keys that were given up: this machine's trust store says so, and nothing is signed by them any more.
#pragma once

#include "certstore/base/cli.h"
#include "certstore/signer_identity.h"
#include "certstore/trust_record.h"

#include <optional>

namespace signer {

// The record of the trust store that retires the signer, by itself or by its key, at that time. No store
// is no record; throws Error(store) for one that cannot be read.
[[nodiscard]] std::optional<certstore::TrustRecord> retirement_of(const certstore::cli::Arguments& arguments,
                                                                  const certstore::SignerIdentity& signer,
                                                                  certstore::Instant at);
// Throws Error(exposed_key) where there is one, or where a revocation list of the store names the
// certificate.
void require_not_retired(const certstore::cli::Arguments& arguments, const certstore::SignerIdentity& signer,
                         certstore::Instant at);

}  // namespace signer
