// `sign --detached`: the signature beside the file, FILE.p7s.
#pragma once

#include "certstore/base/cli.h"
#include "signer/targets.h"

#include <vector>

namespace signer {

// --detached, --pem, --add.
[[nodiscard]] std::vector<certstore::cli::Option> detached_options();

// Throws Error(usage) for options that only one of a package and a detached signature has.
void refuse_mixed(const certstore::cli::Arguments& arguments);

// As choose_targets(): FILE.p7s beside each operand unless -o or --output-dir says otherwise.
[[nodiscard]] std::vector<Job> choose_detached_targets(const certstore::cli::Arguments& arguments);

// As prepare(), for a detached signature.
[[nodiscard]] PreparedPackage prepare_detached(const Job& job, const formats::SigningRequest& request,
                                               const certstore::cli::Arguments& arguments);

}  // namespace signer
