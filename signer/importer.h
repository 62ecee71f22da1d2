// The importer's eyes: with his trust and his rules the signer judges what he made, before it gets its name.
#pragma once

#include "certstore/base/cli.h"
#include "verifier/verify.h"

#include <optional>
#include <vector>

namespace signer {

// --verify-as and --trust.
[[nodiscard]] std::vector<certstore::cli::Option> importer_options();

// How he would judge: by the policy of --verify-as, the trust decisions of the store and those of --trust.
// Empty without --verify-as. Throws what read_policy() and read_package_policy() throw.
[[nodiscard]] std::optional<verifier::VerifyOptions> read_importer(
    const certstore::cli::Arguments& arguments);

}  // namespace signer
