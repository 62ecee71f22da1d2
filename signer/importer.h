// The importer's eyes: with his trust and his rules the signer judges what he made, before it gets its name.
#pragma once

#include "certstore/base/cli.h"
#include "verifier/verify.h"

#include <optional>
#include <vector>

namespace signer {

// --verify-as, --trust and --bundle-key.
[[nodiscard]] std::vector<certstore::cli::Option> importer_options();

// How he would judge: by the policy of --verify-as, the trust decisions of the store and those of --trust; or
// by a trust bundle and --trust alone. Empty without --verify-as. Throws what read_policy(),
// read_package_policy() and open_bundle() throw.
[[nodiscard]] std::optional<verifier::VerifyOptions> read_importer(
    const certstore::cli::Arguments& arguments);

}  // namespace signer
