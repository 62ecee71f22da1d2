// `pkgverify check --expiring DAYS`: what will stop being accepted, and when.
#pragma once

#include "certstore/base/cli.h"

#include <string>
#include <vector>

namespace verifier {

inline constexpr certstore::cli::Option kExpiringOption{
    "expiring", '\0', "DAYS", "list what will stop verifying within, as in 90d; takes folders"};

// Judges every package of these names, files or folders, now and at each date up to then. The exit code is
// that of `check`; where it is 0 for all, 15 (only the dates are not right) if one of them stops in time.
// Throws Error(usage) for what does not go together.
[[nodiscard]] certstore::ExitCode check_expiring(const certstore::cli::Arguments& arguments,
                                                 const std::vector<std::string>& names);

}  // namespace verifier
