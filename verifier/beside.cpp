#include "verifier/beside.h"

#include "certstore/base/escape.h"

#include <sys/stat.h>

#include <algorithm>

namespace verifier {
namespace {

using certstore::Issue;
using certstore::IssueCode;

std::string first_fault(const Report& beside) {
  const auto is_fault = [](const Issue& issue) {
    return certstore::kind_of(issue.code).effect == certstore::Effect::invalid;
  };
  const auto found = std::find_if(beside.issues.begin(), beside.issues.end(), is_fault);
  return found == beside.issues.end() ? "it does not match" : found->detail;
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
  signer.elements = 0;
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

std::optional<certstore::InputFile> open_beside(const std::string& path,
                                                const std::optional<std::string>& signature) {
  if (signature == "none") return std::nullopt;
  if (signature) return certstore::InputFile::open(*signature);
  if (path == "-") return std::nullopt;
  const std::string place = path + ".p7s";
  struct stat status {};
  if (::stat(place.c_str(), &status) != 0 && errno == ENOENT) return std::nullopt;
  return certstore::InputFile::open(place);
}

void join_beside(Report& report, const Report& beside) {
  report.beside = beside.beside;
  if (beside.exit_code() == certstore::ExitCode::invalid || beside.signers.empty()) {
    report.issues.push_back({IssueCode::beside_mismatch, beside.beside, first_fault(beside)});
    return;
  }
  for (const SignerReport& signer : beside.signers) {
    if (is_no_stranger(signer.decision)) {
      vouch_for_all(report, signer);
    } else {
      report.issues.push_back({IssueCode::beside_not_trusted, beside.beside,
                               certstore::in_quotes(signer.identity.subject()) +
                                   ", sha256:" + certstore::to_hex(signer.identity.sha256())});
    }
  }
  for (const certstore::Certificate& certificate : beside.certificates) {
    const auto& known = report.certificates;
    if (std::find(known.begin(), known.end(), certificate) == known.end()) {
      report.certificates.push_back(certificate);
    }
  }
}

}  // namespace verifier
