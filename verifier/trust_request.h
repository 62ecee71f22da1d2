// A trust record made of what a person typed for `trust add`: the certificate, the signer out of a package,
// or the file, and all that limits the decision.
#pragma once

#include "certstore/base/cli.h"
#include "certstore/trust_record.h"

#include <string>
#include <vector>

namespace verifier {

// The options of `trust add` beside --store and --format.
[[nodiscard]] std::vector<certstore::cli::Option> trust_request_options();

// One record for each certificate, or one for --signer or --file; without ids. Reads the files and judges the
// package of --from. Throws Error(usage) for contradictions, Error(malformed) when the package is invalid,
// Error(key) when the signer did not sign it.
[[nodiscard]] std::vector<certstore::TrustRecord> read_trust_request(
    const certstore::cli::Arguments& arguments);

}  // namespace verifier
