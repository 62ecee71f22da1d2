#include "verifier/beside.h"

#include "certstore/base/escape.h"
#include "formats/beside.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <span>

namespace verifier {
namespace {

using certstore::Effect;
using certstore::Issue;
using certstore::IssueCode;

std::string first_fault(const Report& beside, Effect effect) {
  const auto is_fault = [&](const Issue& issue) { return certstore::kind_of(issue.code).effect == effect; };
  const auto found = std::find_if(beside.issues.begin(), beside.issues.end(), is_fault);
  return found == beside.issues.end() ? "it does not match" : found->detail;
}

// A stranger of whom nothing can be checked.
bool is_by_unknown_key(const Report& beside) {
  return beside.signers.empty() && beside.exit_code() == certstore::ExitCode::untrusted;
}

void add_certificates(Report& report, const Report& beside) {
  for (const certstore::Certificate& certificate : beside.certificates) {
    const auto& known = report.certificates;
    if (std::find(known.begin(), known.end(), certificate) == known.end()) {
      report.certificates.push_back(certificate);
    }
  }
}

// Whether a person has ever decided about this signer: a stranger must not choose the exit code.
bool is_no_stranger(const certstore::TrustDecision& decision) {
  return decision.trusted ||
         std::any_of(decision.issues.begin(), decision.issues.end(),
                     [](const Issue& issue) { return issue.code == IssueCode::retired_key; });
}

void vouch_for_all(Report& report, SignerReport signer) {
  const std::size_t number = report.signers.size();
  signer.beside = true;
  signer.entries = 0;
  // It covers the file; those that lie beside it have no part in that.
  for (EntryReport& entry : report.entries) {
    if (!entry.needs_cover || entry.beside) continue;
    entry.signers.push_back(number);
    ++signer.entries;
  }
  // Those that are only counted are entries of the file itself.
  signer.elements = report.elements.empty() ? report.element_count : 0;
  for (ElementReport& element : report.elements) {
    const auto& parts = element.element.entries;
    if (std::any_of(parts.begin(), parts.end(), [&](std::size_t i) { return report.entries[i].beside; }))
      continue;
    element.signers.push_back(number);
    ++signer.elements;
  }
  report.signers.push_back(std::move(signer));
}

}  // namespace

std::vector<certstore::InputFile> open_beside(const std::string& path,
                                              const std::vector<std::string>& signatures) {
  std::vector<certstore::InputFile> found;
  if (signatures == std::vector<std::string>{"none"}) return found;
  for (const std::string& named : signatures) found.push_back(certstore::InputFile::open(named));
  if (!signatures.empty() || path == "-") return found;
  for (const formats::BesideFormat& row : formats::beside_formats()) {
    const std::string place = path + std::string(row.suffix);
    struct stat status {};
    if (::stat(place.c_str(), &status) != 0 && errno == ENOENT) continue;
    auto file = certstore::InputFile::open(place);
    if (!row.is_shared || row.recognises(file)) found.push_back(std::move(file));
  }
  return found;
}

void join_beside(Report& report, const Report& beside) {
  const std::string& name = beside.beside.front();
  report.beside.push_back(name);
  if (is_by_unknown_key(beside)) {
    report.issues.push_back({IssueCode::beside_not_trusted, name, first_fault(beside, Effect::untrusted)});
    return;
  }
  if (beside.exit_code() == certstore::ExitCode::invalid || beside.signers.empty()) {
    report.issues.push_back({IssueCode::beside_mismatch, name, first_fault(beside, Effect::invalid)});
    return;
  }
  for (const SignerReport& signer : beside.signers) {
    if (is_no_stranger(signer.decision)) {
      vouch_for_all(report, signer);
    } else {
      report.issues.push_back({IssueCode::beside_not_trusted, name,
                               certstore::in_quotes(signer.identity.subject()) +
                                   ", sha256:" + certstore::to_hex(signer.identity.sha256())});
    }
  }
  add_certificates(report, beside);
}

Report join_equals(std::vector<Report> reports) {
  // One whose signer is known says what the file is; the others are added to it.
  const auto best =
      std::find_if(reports.begin(), reports.end(), [](const Report& one) { return !one.signers.empty(); });
  if (best != reports.end()) std::rotate(reports.begin(), best, best + 1);
  Report report = std::move(reports.front());
  for (const Report& other : std::span(reports).subspan(1)) {
    report.beside.push_back(other.beside.front());
    if (!report.signers.empty() && is_by_unknown_key(other)) {
      report.issues.push_back(
          {IssueCode::beside_not_trusted, other.beside.front(), first_fault(other, Effect::untrusted)});
      continue;
    }
    report.issues.insert(report.issues.end(), other.issues.begin(), other.issues.end());
    const auto& facts = other.facts.properties;
    report.facts.properties.insert(report.facts.properties.end(), facts.begin(), facts.end());
    if (other.entries_covered() == other.entries_to_cover()) {
      for (const SignerReport& signer : other.signers) vouch_for_all(report, signer);
    }
    add_certificates(report, other);
  }
  for (SignerReport& signer : report.signers) signer.beside = true;
  return report;
}

}  // namespace verifier
