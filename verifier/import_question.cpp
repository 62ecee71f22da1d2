#include "verifier/import_question.h"

#include "certstore/base/bytes.h"
#include "certstore/base/escape.h"

#include "verifier/mixed_scripts.h"

#include <algorithm>
#include <set>

namespace verifier {
namespace {

using certstore::Certificate;
using certstore::Effect;
using certstore::ExitCode;
using certstore::Issue;
using certstore::IssueCode;
using certstore::TrustRecord;

bool can_be_allowed(IssueCode code) {
  return code == IssueCode::weak_digest || code == IssueCode::dsa_key || code == IssueCode::short_key ||
         code == IssueCode::expired || code == IssueCode::untrusted_signer;
}

// Signers of entries for which no signer is good in every way.
std::vector<std::size_t> signers_in_question(const Report& report) {
  std::vector<bool> asked(report.signers.size());
  for (const EntryReport& entry : report.entries) {
    const bool accepted = std::any_of(entry.signers.begin(), entry.signers.end(), [&](std::size_t signer) {
      return standing(report.signers.at(signer).decision) == ExitCode::accepted;
    });
    if (!entry.needs_cover || accepted) continue;
    for (const std::size_t signer : entry.signers) asked.at(signer) = true;
  }
  std::vector<std::size_t> signers;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (asked[i]) signers.push_back(i);
  }
  std::stable_sort(signers.begin(), signers.end(), [&](std::size_t a, std::size_t b) {
    return report.signers[a].entries > report.signers[b].entries;
  });
  return signers;
}

std::string sha256_text(const certstore::Sha256& sha256) {
  return "sha256:" + certstore::to_hex(sha256);
}

// What a record says of this signer's name or this package's name by another key; empty for nothing.
std::string namesake_in(const TrustRecord& record, const Report& report,
                        const certstore::SignerIdentity& signer) {
  if (record.subject == TrustRecord::Subject::content || record.sha256 == signer.sha256() ||
      record.sha256 == signer.public_key_sha256()) {
    return {};
  }
  if (!record.certificate.empty()) {
    const Certificate other = Certificate::from_der(record.certificate, "trust record " + record.id);
    if (other.public_key_sha256() == signer.public_key_sha256()) return {};
    if (other.subject() == signer.subject()) {
      return "the same signer's name is known with another key: record " + certstore::escaped(record.id) +
             ", certificate " + sha256_text(other.sha256());
    }
  }
  if (record.scope == TrustRecord::Scope::package_name && !report.facts.name.empty() &&
      record.scope_text == report.facts.name) {
    return "a package of this name is trusted from another signer: record " + certstore::escaped(record.id) +
           ", " + sha256_text(record.sha256);
  }
  return {};
}

}  // namespace

bool may_be_asked(ExitCode code) {
  return code == ExitCode::untrusted || code == ExitCode::policy || code == ExitCode::dates ||
         code == ExitCode::status_unknown;
}

std::vector<std::string> open_weaknesses(const SignerReport& signer) {
  std::vector<std::string> open;
  for (const std::string_view weakness : certstore::kWeaknesses) {
    if (signer.decision.weaknesses.contains(std::string(weakness))) open.emplace_back(weakness);
  }
  return open;
}

Question question_about(const Report& report) {
  Question question;
  question.signers = signers_in_question(report);
  for (const std::size_t signer : question.signers) {
    for (std::string& weakness : open_weaknesses(report.signers[signer])) {
      auto& all = question.weaknesses;
      if (std::find(all.begin(), all.end(), weakness) == all.end()) all.push_back(std::move(weakness));
    }
    for (const Issue& issue : report.signers[signer].decision.issues) {
      if (kind_of(issue.code).effect != Effect::none && !can_be_allowed(issue.code)) {
        question.blockers.push_back(issue);
      }
    }
  }
  question.owners = report.require_owners &&
                    std::any_of(report.elements.begin(), report.elements.end(), [](const auto& element) {
                      return element.element.owner && !element.owner_trusted;
                    });
  return question;
}

std::vector<std::string> lookalikes(const Report& report, const Question& question) {
  constexpr std::size_t kMostOwners = 8;
  std::vector<std::string> found;
  const auto look_at = [&](std::string_view whose, const std::string& name) {
    const std::string scripts = mixed_scripts(name);
    if (scripts.empty()) return;
    found.push_back(std::string(whose) + " mixes letters of " + scripts +
                    " in one word, which can look like " + "another: it is spelled " + spelled_out(name));
  };
  look_at("the package's name", report.facts.name);
  for (const std::size_t signer : question.signers) {
    look_at("the signer's name", report.signers[signer].identity.subject());
  }
  std::set<std::string> owners;
  for (const ElementReport& element : report.elements) {
    if (owners.size() >= kMostOwners) break;
    if (!element.element.owner) continue;
    const std::string& name = element.element.owner->claimed_name;
    if (!mixed_scripts(name).empty() && owners.insert(name).second) look_at("an owner's name", name);
  }
  return found;
}

std::vector<std::string> namesakes(const Report& report, const SignerReport& signer,
                                   const certstore::TrustPolicy& policy) {
  std::vector<std::string> found;
  const certstore::SignerIdentity& identity = signer.identity;
  for (const TrustRecord& record : policy.records) {
    std::string sentence = namesake_in(record, report, identity);
    if (!sentence.empty()) found.push_back(std::move(sentence));
  }
  for (const auto& [who_and_name, serial] : policy.highest_serials) {
    const auto& [who, name] = who_and_name;
    if (report.facts.name.empty() || name != report.facts.name || who == identity.sha256()) continue;
    found.push_back("a package of this name was accepted from another signer: " + sha256_text(who));
  }
  for (const Certificate& other : report.certificates) {
    if (other.subject() == identity.subject() && other.public_key_sha256() != identity.public_key_sha256()) {
      found.push_back("the package carries another key of the signer's name: " + sha256_text(other.sha256()));
    }
  }
  return found;
}

}  // namespace verifier
