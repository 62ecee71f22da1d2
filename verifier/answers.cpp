#include "verifier/answers.h"

#include "certstore/base/bytes.h"
#include "certstore/base/escape.h"

#include <algorithm>
#include <map>

namespace verifier {
namespace {

using certstore::Effect;
using certstore::ExitCode;
using certstore::Issue;
using certstore::IssueCode;
using formats::OwnerStanding;

bool condemns_certificate(const Issue& issue) {
  return issue.code == IssueCode::unsound_key || issue.code == IssueCode::known_public_key ||
         issue.code == IssueCode::retired_key;
}

// An entry that is not what was signed has no signer here: that is about the content, and says nothing of
// whom this machine trusts.
bool is_trusted_throughout(const Report& report) {
  const auto trusted = [&](std::size_t signer) { return report.signers.at(signer).decision.trusted; };
  bool any = false;
  for (const EntryReport& entry : report.entries) {
    if (!entry.needs_cover || entry.signers.empty()) continue;
    if (!std::any_of(entry.signers.begin(), entry.signers.end(), trusted)) return false;
    any = true;
  }
  return any || std::all_of(report.signers.begin(), report.signers.end(),
                            [](const SignerReport& signer) { return signer.decision.trusted; });
}

}  // namespace

bool certificate_is_valid(const SignerReport& signer, certstore::Instant judged_at) {
  const certstore::Instant at = signer.decision.stamped_at.value_or(judged_at);
  const certstore::Issues& issues = signer.decision.issues;
  return signer.identity.is_in_date(at) && std::none_of(issues.begin(), issues.end(), condemns_certificate);
}

Answers answers(const Report& report) {
  Answers answers;
  const auto& signers = report.signers;
  if (signers.empty()) return answers;
  const Verdict verdict = report.verdict();
  answers.content_verified = verdict == Verdict::verified || verdict == Verdict::untrusted;
  answers.certificate_valid = std::all_of(signers.begin(), signers.end(), [&](const SignerReport& signer) {
    return certificate_is_valid(signer, report.judged_at);
  });
  answers.certificate_trusted = is_trusted_throughout(report);
  answers.known_before = std::all_of(signers.begin(), signers.end(),
                                     [](const SignerReport& signer) { return signer.decision.known_before; });
  return answers;
}

std::vector<OwnerCount> count_owners(const Report& report) {
  std::map<std::pair<std::string, std::string>, OwnerCount> counts;
  for (const ElementReport& element : report.elements) {
    if (!element.element.owner) continue;
    const formats::Owner& owner = *element.element.owner;
    const std::string key = owner.certificate ? certstore::to_hex(owner.certificate->sha256()) : "";
    OwnerCount& count = counts[{owner.claimed_name, key}];
    count.claimed_name = owner.claimed_name;
    count.certificate = owner.certificate;
    count.elements += 1;
    count.standings.at(static_cast<std::size_t>(owner.standing)) += 1;
    count.trusted = element.owner_trusted;
  }
  std::vector<OwnerCount> sorted;
  for (auto& [key, count] : counts) sorted.push_back(std::move(count));
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const OwnerCount& a, const OwnerCount& b) { return a.elements > b.elements; });
  return sorted;
}

std::size_t flagged_elements(const Report& report) {
  const auto flagged = [](const ElementReport& element) {
    return element.element.owner && !element.owner_trusted;
  };
  return static_cast<std::size_t>(std::count_if(report.elements.begin(), report.elements.end(), flagged));
}

std::string_view name_of(OwnerStanding standing) {
  switch (standing) {
    case OwnerStanding::confirmed:
      return "confirmed";
    case OwnerStanding::older_version:
      return "older version";
    case OwnerStanding::not_confirmed:
      return "not confirmed";
    case OwnerStanding::certificate_absent:
      return "certificate absent";
    case OwnerStanding::other_key:
      return "other key";
  }
  return "";
}

std::string_view name_of(Effect effect) {
  switch (effect) {
    case Effect::invalid:
      return "invalid";
    case Effect::exposed:
      return "exposed";
    case Effect::untrusted:
      return "untrusted";
    case Effect::policy:
      return "policy";
    case Effect::status:
      return "status";
    case Effect::dates:
      return "dates";
    case Effect::none:
      return "none";
  }
  return "";
}

std::string_view meaning_of(ExitCode code) {
  switch (code) {
    case ExitCode::accepted:
      return "accepted";
    case ExitCode::trouble:
      return "trouble: it could not be judged";
    case ExitCode::usage:
      return "usage";
    case ExitCode::unsigned_package:
      return "no signature";
    case ExitCode::untrusted:
      return "intact, but something in it has no trusted signer";
    case ExitCode::policy:
      return "intact and of a trusted signer, but a rule is not met";
    case ExitCode::invalid:
      return "not what was signed, or not soundly made";
    case ExitCode::internal:
      return "internal error";
    case ExitCode::dates:
      return "all is right but the dates of the signer's certificate";
    case ExitCode::exposed_key:
      return "the signer's key is revoked, retired, or known to be public";
    case ExitCode::status_unknown:
      return "a status that the rules require could not be had";
    case ExitCode::renew_soon:
      return "renew soon";
    case ExitCode::interrupted:
      return "interrupted";
  }
  return "";
}

std::vector<std::string> approval_lines(const Report& report) {
  std::vector<std::string> lines;
  const bool named = report.file != "-" && report.file != "standard input";
  for (const SignerReport& signer : report.signers) {
    if (signer.decision.trusted) continue;
    if (signer.identity.bare_key() != nullptr) {
      lines.push_back("pkgverify trust add --compared=sha256:" + certstore::to_hex(signer.identity.sha256()) +
                      " KEY.pub");
      continue;
    }
    lines.push_back("pkgverify trust add --signer sha256:" + certstore::to_hex(signer.identity.sha256()) +
                    " --from " + (named ? certstore::shell_quoted(report.file) : "FILE"));
  }
  for (const Issue& issue : report.issues) {
    if (issue.code != IssueCode::signer_key_unknown) continue;
    lines.push_back("pkgverify trust add KEY.pub, where KEY.pub has the " + issue.detail +
                    " and came from the signer, not with the file");
  }
  return lines;
}

}  // namespace verifier
