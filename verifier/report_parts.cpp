#include "verifier/report_parts.h"

#include "certstore/base/escape.h"

#include <algorithm>
#include <map>

namespace verifier {
namespace {

using certstore::escaped;
using certstore::Issue;

std::string content_answer(const Report& report, const Answers& answers) {
  if (report.verdict() == Verdict::unsigned_package) return "not verified: nothing in the package is signed";
  const std::string counts = std::to_string(report.entries_covered()) + " of " +
                             count_of(report.entries_to_cover(), "entry", "entries") + " as signed";
  return (answers.content_verified ? "verified: " : "not verified: ") + counts;
}

std::string trust_answer(const Report& report, const Answers& answers) {
  if (report.content_pin) return "this very file is accepted by record " + escaped(report.content_pin->id);
  if (report.signers.empty()) return "no signer";
  return answers.certificate_trusted ? "trusted" : "not trusted";
}

std::string bound_answer(const Report& report) {
  if (!report.facts.bound) return "no: the signatures do not say which entries belong together";
  if (report.facts.whole) return "yes: the file is signed as a whole";
  if (!report.facts.seal) return "yes: each signer lists the names of what it covers";
  return "yes: serial " + std::to_string(report.facts.seal->serial) + ", signed by its own account " +
         certstore::to_rfc3339(report.facts.seal->signed_at);
}

}  // namespace

std::string count_of(std::size_t count, std::string_view singular, std::string_view plural) {
  return std::to_string(count) + " " + std::string(count == 1 ? singular : plural);
}

std::vector<AnswerLine> answer_lines(const Report& report) {
  const Answers answer = answers(report);
  std::vector<AnswerLine> lines = {{"content", content_answer(report, answer), answer.content_verified}};
  const bool any_signer = !report.signers.empty();
  if (any_signer) {
    lines.push_back(
        {"certificate", answer.certificate_valid ? "valid" : "not valid", answer.certificate_valid});
  }
  if (any_signer || report.content_pin) {
    lines.push_back(
        {"trust", trust_answer(report, answer), answer.certificate_trusted || report.content_pin});
  }
  if (!any_signer) return lines;
  lines.push_back({"known before", answer.known_before ? "yes" : "no", answer.known_before});
  lines.push_back({"bound", bound_answer(report), report.facts.bound});
  return lines;
}

std::string code_in_words(const Report& report) {
  const certstore::ExitCode code = report.exit_code();
  // A bare key's signature does not carry the key: without it nothing is known to be intact.
  const bool unchecked = code == certstore::ExitCode::untrusted && report.signers.empty();
  return std::to_string(static_cast<int>(code)) + ": " +
         std::string(unchecked ? "nothing could be checked: the signer's key is not here" : meaning_of(code));
}

std::string standings_of(const OwnerCount& owner) {
  std::string text;
  for (std::size_t i = 0; i < kOwnerStandings; ++i) {
    if (owner.standings.at(i) == 0) continue;
    text += ", " + std::to_string(owner.standings.at(i)) + " " +
            std::string(name_of(static_cast<formats::OwnerStanding>(i)));
  }
  return text;
}

std::string key_of(const certstore::SignerIdentity& identity) {
  return std::string(certstore::name_of(identity.key_kind())) + " " +
         count_of(static_cast<std::size_t>(std::max(0, identity.key_bits())), "bit", "bits");
}

std::vector<IssueGroup> groups_by_kind(const certstore::Issues& issues) {
  std::vector<IssueGroup> groups;
  std::map<certstore::IssueCode, std::size_t> group_of;
  for (const Issue& issue : issues) {
    const auto [slot, is_new] = group_of.emplace(issue.code, groups.size());
    if (is_new) groups.emplace_back();
    groups[slot->second].push_back(&issue);
  }
  std::stable_sort(groups.begin(), groups.end(), [](const IssueGroup& a, const IssueGroup& b) {
    return certstore::kind_of(a.front()->code).effect < certstore::kind_of(b.front()->code).effect;
  });
  return groups;
}

}  // namespace verifier
