#include "verifier/report.h"

#include "certstore/base/error.h"

#include <algorithm>

namespace verifier {

using certstore::Effect;
using certstore::ExitCode;
using certstore::leftmost;

namespace {

// The best that any of the signers gives: an element needs one signature that is good in every way.
ExitCode best_standing(std::span<const std::size_t> signers, const std::vector<ExitCode>& standings) {
  ExitCode best = ExitCode::untrusted;
  for (const std::size_t signer : signers) {
    // leftmost() is the worse of two; so the better is the other one.
    if (leftmost(best, standings[signer]) == best) best = standings[signer];
  }
  return best;
}

}  // namespace

std::string_view word_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::verified:
      return "verified";
    case Verdict::untrusted:
      return "untrusted";
    case Verdict::unsigned_package:
      return "unsigned";
    case Verdict::invalid:
      return "invalid";
  }
  throw certstore::Error(certstore::ErrorKind::internal, "a verdict without a word");
}

ExitCode standing(const certstore::TrustDecision& decision) {
  // A stranger must not choose the exit code by what else is wrong with him.
  if (!decision.trusted) return ExitCode::untrusted;
  ExitCode code = ExitCode::accepted;
  for (const certstore::Issue& issue : decision.issues) {
    switch (kind_of(issue.code).effect) {
      case Effect::policy:
        code = leftmost(code, ExitCode::policy);
        break;
      case Effect::status:
        code = leftmost(code, ExitCode::status_unknown);
        break;
      case Effect::dates:
        code = leftmost(code, ExitCode::dates);
        break;
      case Effect::untrusted:
        code = leftmost(code, ExitCode::untrusted);
        break;
      case Effect::invalid:
      case Effect::exposed:  // these count whoever the signer is: Report::exit_code()
      case Effect::none:
        break;
    }
  }
  return code;
}

ExitCode Report::exit_code() const {
  if (any_with_effect(issues, Effect::invalid)) return ExitCode::invalid;
  for (const SignerReport& signer : signers) {
    if (any_with_effect(signer.decision.issues, Effect::invalid)) return ExitCode::invalid;
  }
  // Positive evidence, or none: an entry must be covered, and every one that needs it.
  if (signers.empty() || entries_to_cover() == 0) {
    // There is a signature, and nobody here who could check it.
    return any_with_effect(issues, Effect::untrusted) ? ExitCode::untrusted : ExitCode::unsigned_package;
  }
  if (entries_covered() != entries_to_cover()) return ExitCode::invalid;
  // A person accepted exactly these bytes, whoever signed them.
  if (content_pin) return ExitCode::accepted;

  ExitCode code = ExitCode::accepted;
  std::vector<ExitCode> standings;
  for (const SignerReport& signer : signers) {
    standings.push_back(standing(signer.decision));
    if (any_with_effect(signer.decision.issues, Effect::exposed)) code = ExitCode::exposed_key;
  }
  for (const EntryReport& entry : entries) {
    if (entry.needs_cover) code = leftmost(code, best_standing(entry.signers, standings));
  }
  const bool flagged = std::any_of(elements.begin(), elements.end(), [](const ElementReport& element) {
    return element.element.owner && !element.owner_trusted;
  });
  if (require_owners && flagged) code = leftmost(code, ExitCode::untrusted);
  // Rules about the package as a whole.
  if (any_with_effect(issues, Effect::policy)) code = leftmost(code, ExitCode::policy);
  if (any_with_effect(issues, Effect::status)) code = leftmost(code, ExitCode::status_unknown);
  return code;
}

Verdict Report::verdict() const {
  switch (exit_code()) {
    case ExitCode::accepted:
      return Verdict::verified;
    case ExitCode::unsigned_package:
      return Verdict::unsigned_package;
    case ExitCode::untrusted:
    case ExitCode::policy:
    case ExitCode::dates:
    case ExitCode::exposed_key:
    case ExitCode::status_unknown:
      return Verdict::untrusted;
    case ExitCode::invalid:
      return Verdict::invalid;
    case ExitCode::trouble:
    case ExitCode::usage:
    case ExitCode::internal:
    case ExitCode::renew_soon:
    case ExitCode::interrupted:
      break;
  }
  throw certstore::Error(certstore::ErrorKind::internal, "an exit code that is no verdict");
}

bool Report::spans_files() const {
  return std::any_of(entries.begin(), entries.end(), [](const EntryReport& entry) { return entry.beside; });
}

std::size_t Report::entries_to_cover() const {
  return static_cast<std::size_t>(std::count_if(entries.begin(), entries.end(),
                                                [](const EntryReport& entry) { return entry.needs_cover; }));
}

std::size_t Report::entries_covered() const {
  return static_cast<std::size_t>(std::count_if(entries.begin(), entries.end(), [](const EntryReport& entry) {
    return entry.needs_cover && !entry.signers.empty();
  }));
}

}  // namespace verifier
