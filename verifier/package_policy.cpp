#include "verifier/package_policy.h"

#include "certstore/base/escape.h"
#include "formats/format.h"
#include "verifier/report.h"

#include <fnmatch.h>

#include <algorithm>

namespace verifier {
namespace {

using certstore::ExitCode;
using certstore::IssueCode;
using certstore::Issues;
using certstore::Sha256;

bool is(const certstore::SignerIdentity& who, const Sha256& fingerprint) {
  return who.sha256() == fingerprint || who.public_key_sha256() == fingerprint;
}

// One run of breaches(): a signer counts only where his signature would be accepted.
class Breaches {
 public:
  Breaches(const PackagePolicy& policy, const Report& report) : policy_(policy), report_(report) {
    for (const SignerReport& signer : report.signers) {
      good_.push_back(standing(signer.decision) == ExitCode::accepted);
    }
  }

  Issues find() {
    judge_format();
    judge_threshold();
    for (const Sha256& signer : policy_.required_signers) judge_required(signer);
    judge_binding();
    judge_stamps();
    judge_seal();
    for (const ElementRule& rule : policy_.elements) judge_elements(rule);
    return std::move(issues_);
  }

 private:
  void breach(IssueCode code, std::string subject, std::string detail) {
    issues_.push_back({code, std::move(subject), std::move(detail)});
  }

  void judge_format() {
    if (policy_.formats.empty() || policy_.formats.contains(report_.format)) return;
    std::string accepted;
    for (const std::string& format : policy_.formats) accepted += (accepted.empty() ? "" : ", ") + format;
    breach(IssueCode::policy_format, "", "it is " + report_.format + ", and the policy takes " + accepted);
  }

  // Two certificates of one key are one signer.
  std::size_t keys_on(const EntryReport& entry) const {
    std::set<Sha256> keys;
    for (const std::size_t signer : entry.signers) {
      if (good_[signer]) keys.insert(report_.signers[signer].identity.public_key_sha256());
    }
    return keys.size();
  }

  void judge_threshold() {
    if (policy_.signers < 2) return;  // one is what every package needs
    for (std::size_t i = 0; i < report_.entries.size(); ++i) {
      if (!report_.entries[i].needs_cover) continue;
      const std::size_t keys = keys_on(report_.entries[i]);
      if (keys >= policy_.signers) continue;
      breach(IssueCode::policy_signers, report_.entry_names[i],
             std::to_string(keys) + " of " + std::to_string(policy_.signers) +
                 " trusted signers whom the policy asks for");
      return;  // the first of perhaps a million
    }
  }

  bool is_signed_by(std::span<const std::size_t> signers, const Sha256& wanted) const {
    return std::any_of(signers.begin(), signers.end(), [&](std::size_t signer) {
      return good_[signer] && is(report_.signers[signer].identity, wanted);
    });
  }

  void judge_required(const Sha256& wanted) {
    for (std::size_t i = 0; i < report_.entries.size(); ++i) {
      const EntryReport& entry = report_.entries[i];
      if (!entry.needs_cover || is_signed_by(entry.signers, wanted)) continue;
      breach(IssueCode::policy_signers, report_.entry_names[i],
             "the policy requires a signature by sha256:" + certstore::to_hex(wanted));
      return;
    }
  }

  // A trusted signature beside the package, which is over all of its bytes.
  bool has_good_seal() const {
    for (std::size_t i = 0; i < report_.signers.size(); ++i) {
      if (good_[i] && report_.signers[i].beside) return true;
    }
    return false;
  }

  void judge_binding() {
    if (policy_.require_bound && !report_.facts.bound && !has_good_seal()) {
      breach(IssueCode::policy_bound, "", "the policy takes bound packages only");
    }
  }

  void judge_stamps() {
    if (!policy_.require_timestamp) return;
    for (std::size_t i = 0; i < report_.signers.size(); ++i) {
      const SignerReport& signer = report_.signers[i];
      if (!signer.decision.trusted || signer.decision.stamped_at) continue;
      breach(IssueCode::policy_timestamp, signer.identity.subject(),
             "the policy requires a time stamp by an authority that is trusted for it");
    }
  }

  void judge_seal() {
    if (!policy_.require_seal || has_good_seal()) return;
    breach(IssueCode::policy_seal, "", "the policy requires a trusted signature beside the package");
  }

  void judge_elements(const ElementRule& rule) {
    for (const ElementReport& element : report_.elements) {
      if (!fits(rule.glob, element.element) || is_signed_by(element.signers, rule.signer)) continue;
      breach(IssueCode::policy_signers, element.element.id,
             "the policy requires sha256:" + certstore::to_hex(rule.signer) + " for " +
                 certstore::in_quotes(rule.glob));
    }
  }

  bool fits(const std::string& glob, const formats::Element& element) const {
    const auto matches = [&](const std::string& name) {
      return ::fnmatch(glob.c_str(), name.c_str(), 0) == 0;
    };
    const std::string path = element.folder.empty() ? element.name : element.folder + "/" + element.name;
    return matches(path) ||
           std::any_of(element.entries.begin(), element.entries.end(),
                       [&](std::size_t entry) { return matches(report_.entry_names[entry]); });
  }

  const PackagePolicy& policy_;
  const Report& report_;
  std::vector<bool> good_;  // of each signer
  Issues issues_;
};

}  // namespace

void apply(const PackagePolicy& rules, certstore::TrustPolicy& policy) {
  using certstore::PathRules;
  policy.allowed_until = rules.allowed;
  policy.path.purpose =
      rules.accept_servers ? PathRules::Purpose::packages_or_servers : PathRules::Purpose::packages;
  if (rules.most_issuers) policy.path.most_issuers = static_cast<int>(*rules.most_issuers);
}

Issues breaches(const PackagePolicy& policy, const Report& report) {
  const ExitCode code = report.exit_code();
  if (code == ExitCode::invalid || code == ExitCode::unsigned_package) return {};
  return Breaches(policy, report).find();
}

}  // namespace verifier
