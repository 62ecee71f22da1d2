// The options that all commands share which judge a package: check, show, import.
#pragma once

#include "certstore/base/cli.h"
#include "verifier/verify.h"

#include <vector>

namespace verifier {

// The line of --help for every command that ends with a verdict.
inline constexpr std::string_view kVerdictExitCodes =
    "0 verified, 10 unsigned, 11 untrusted, 12 policy, 13 invalid,\n"
    "            15 dates, 16 exposed key, 17 status unknown, 1 trouble, 2 usage";

inline constexpr certstore::cli::Option kTextOrJsonOption{"format", '\0', "FORMAT", "text or json"};

// Those of policy_source.h, --expect, --signature and --jobs.
[[nodiscard]] std::vector<certstore::cli::Option> judging_options();

// What they say, with elements wanted and progress shown. Throws Error(usage) for words that cannot be meant,
// Error(unsupported) for a signature beside the package, and what read_policy() throws.
[[nodiscard]] VerifyOptions read_verify_options(const certstore::cli::Arguments& arguments);

// Whether --signature names files, of which all are of one file to be judged.
[[nodiscard]] bool names_signature_files(const VerifyOptions& options);

[[nodiscard]] bool wants_json(const certstore::cli::Arguments& arguments);

}  // namespace verifier
