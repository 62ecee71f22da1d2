// Where the rules of one run come from: the trust part of the store, if there is one, and the command line.
#pragma once

#include "certstore/base/cli.h"
#include "certstore/trust.h"
#include "certstore/trust_store.h"
#include "verifier/package_policy.h"

#include <filesystem>
#include <string>
#include <vector>

namespace verifier {

struct PolicySource {
  certstore::TrustPolicy policy;
  bool time_was_given = false;         // --at-time
  std::optional<PackagePolicy> rules;  // of a trust bundle that has some, given or imported
  std::string rules_ended;             // why they cannot be judged by any more; empty: they can
};

// --store, --trust, --allow-weak, --bad-keys, --at-time, --trust-bundle, in the order of the help.
[[nodiscard]] std::vector<certstore::cli::Option> policy_options();

// Reads them all; with a trust bundle the store is not looked at. No store is fine, one that cannot be read
// is not. Throws Error(usage) for words that cannot be meant, Error(io) for files that are not what the
// option takes, Error(store).
[[nodiscard]] PolicySource read_policy(const certstore::cli::Arguments& arguments);

inline constexpr certstore::cli::Option kPolicyOption{"policy", '\0', "NAME|FILE",
                                                      "the rules: strict, legacy-vro or a policy file"};

struct NamedPolicy {
  std::string name;  // of the preset or the file, or what came with a bundle
  PackagePolicy policy;
};
// The policy that `word` names, by default the preset "default". Throws Error(usage) for a file with a line
// that cannot be meant, Error(io) for a word that is neither.
[[nodiscard]] NamedPolicy read_package_policy(const std::optional<std::string>& word);

// The policy that came with a bundle that was imported into the store; all that have one have the same.
struct ImportedPolicy {
  certstore::KeptBundle bundle;
  NamedPolicy named;
};
[[nodiscard]] std::optional<ImportedPolicy> imported_policy(const certstore::TrustStore& store);

// Whether there is a place to look for one: judging needs no store, so it needs no home either.
[[nodiscard]] bool names_any_store(const certstore::cli::Arguments& arguments);

// The trust part of the store that --store and the environment name.
[[nodiscard]] std::filesystem::path trust_folder(const certstore::cli::Arguments& arguments);

// The time of an option; throws Error(usage) for what is not one. Empty if the option was not given.
[[nodiscard]] std::optional<certstore::Instant> time_option(const certstore::cli::Arguments& arguments,
                                                            std::string_view option);
// Throws Error(usage) listing the names unless `name` is a weakness that can be allowed.
void require_weakness(std::string_view name);
// "sha256:<64 hex digits>" as typed for that option, also without the mark or as OpenSSL prints it. Throws
// Error(usage) for anything else: a fingerprint is whole or none.
[[nodiscard]] certstore::Sha256 parse_fingerprint(std::string_view text, std::string_view option);

}  // namespace verifier
