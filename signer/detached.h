// `sign --detached`: the signature beside the file, FILE.p7s or FILE.minisig, as the key is.
#pragma once

#include "certstore/base/cli.h"
#include "signer/targets.h"

#include <vector>

namespace signer {

// --detached, --pem, --add.
[[nodiscard]] std::vector<certstore::cli::Option> detached_options();

// Throws Error(usage) for options that only one of a package and a detached signature has, and for places
// that do not fit.
void refuse_mixed(const certstore::cli::Arguments& arguments);

// As choose_targets(): beside each operand, under the name that signatures by that signer have, unless -o or
// --output-dir says otherwise. Throws Error(usage) for the name of another kind.
[[nodiscard]] std::vector<Job> choose_detached_targets(const certstore::cli::Arguments& arguments,
                                                       const certstore::SignerIdentity& signer);

// As prepare(), for a detached signature.
[[nodiscard]] PreparedPackage prepare_detached(const Job& job, const formats::SigningRequest& request,
                                               const certstore::cli::Arguments& arguments);

}  // namespace signer
