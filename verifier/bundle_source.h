// A trust bundle in place of the store: whom this run trusts, in a signed file that it was handed.
#pragma once

#include "certstore/base/cli.h"
#include "certstore/trust.h"
#include "certstore/trust_bundle.h"

#include <optional>
#include <string>
#include <vector>

namespace verifier {

// --bundle-key, --bundle-threshold and --bundle-min-version.
[[nodiscard]] std::vector<certstore::cli::Option> bundle_root_options();
// Who must have signed it and what is too old, by these options. Throws Error(usage) without --bundle-key.
[[nodiscard]] certstore::BundleRoot read_bundle_root(const certstore::cli::Arguments& arguments);

// The number that --bundle-min-version names, 0 without it; throws Error(usage) for what is none.
[[nodiscard]] std::uint64_t least_version_option(const certstore::cli::Arguments& arguments);

// Reads a bundle file. Throws Error(io) for one that cannot be read, Error(malformed) for what is none.
[[nodiscard]] certstore::SignedBundle read_bundle_file(const std::string& path);
// Whether the file begins as a bundle does, and not as text; false where it cannot be read.
[[nodiscard]] bool looks_like_bundle(const std::string& path);

// The bundle, if it may speak here: also not older than what the store that `arguments` name remembers of it.
// Any refusal is Error(io): nothing was judged, so no code of a verdict fits.
[[nodiscard]] certstore::TrustBundle open_bundle(const std::string& path,
                                                 const certstore::cli::Arguments& arguments);

// What it trusts, retires and revokes goes into the policy.
void take_bundle(const certstore::TrustBundle& bundle, certstore::TrustPolicy& policy);

}  // namespace verifier
