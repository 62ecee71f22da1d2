// What a package must be beyond sound and signed by somebody trusted: the rules that a site writes down once,
// in a policy file (docs/policy.md), or one of the presets.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/issue.h"
#include "certstore/digest.h"
#include "certstore/trust.h"

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace verifier {

struct Report;

// Elements, or files, whose name fits the glob must be signed by that signer.
struct ElementRule {
  std::string glob;
  certstore::Sha256 signer{};  // of the certificate or of its public key
  friend bool operator==(const ElementRule&, const ElementRule&) = default;
};

struct PackagePolicy {
  std::set<std::string> formats;  // that are accepted; empty: all
  unsigned signers = 1;           // distinct keys in good standing that each file needs
  std::vector<certstore::Sha256> required_signers;
  bool require_timestamp = false;
  bool require_seal = false;             // a trusted signature beside the package
  bool require_bound = false;            // signatures that say which files belong together
  bool require_owners = false;           // elements of owners who are not trusted are 11
  bool report_uncovered = false;         // what no signer covers is a finding without effect, not 13
  bool accept_servers = false;           // a CA-issued certificate of a TLS server may sign
  std::optional<unsigned> most_issuers;  // CAs between a signer's certificate and the trusted one
  std::vector<certstore::AllowedWeakness> allowed;
  std::vector<ElementRule> elements;
  friend bool operator==(const PackagePolicy&, const PackagePolicy&) = default;
};

// The names of the presets, the default one first.
[[nodiscard]] std::span<const std::string_view> policy_presets();

// Reads the text of a policy file. Throws Error(usage) naming `what` and the line for an unknown key, a value
// that cannot be meant, and a key that stands twice where it may not.
[[nodiscard]] PackagePolicy parse_package_policy(certstore::ByteView text, const std::string& what);
// The text of a preset, as a file would have it. Throws Error(internal) for a name that is none.
[[nodiscard]] std::string_view text_of_preset(std::string_view name);
// A policy file that says the same, every rule on a line.
[[nodiscard]] std::string to_text(const PackagePolicy& policy);

// Gives the trust decisions what the rules say about certificates.
void apply(const PackagePolicy& rules, certstore::TrustPolicy& policy);

// What the report, unless it is one on an unsigned or invalid package, breaks of the policy; `uncovered` and
// `owners` were obeyed while it was made.
[[nodiscard]] certstore::Issues breaches(const PackagePolicy& policy, const Report& report);

}  // namespace verifier
