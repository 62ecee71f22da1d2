#include "verifier/expiry.h"

#include "certstore/record_match.h"

#include <algorithm>
#include <set>

namespace verifier {
namespace {

using certstore::Certificate;
using certstore::ExitCode;
using certstore::Instant;
using certstore::Issue;
using certstore::TrustRecord;

// The seconds at which a decision could change.
class Dates {
 public:
  Dates(Instant after, Instant until) : after_(after), until_(until) {}

  // The last second of a certificate is valid (RFC 5280 4.1.2.5).
  void add_certificate(const Certificate& certificate) {
    add(certificate.not_after() + std::chrono::seconds(1));
  }
  void add_record(const TrustRecord& record) {
    add(record.from);
    if (record.until) add(*record.until);
    add_allowed(record.allowed);
    if (record.subject == TrustRecord::Subject::certificate && !record.certificate.empty()) {
      add_certificate(certificate_of(record));
    }
  }
  void add_allowed(std::span<const certstore::AllowedWeakness> weaknesses) {
    for (const certstore::AllowedWeakness& allowed : weaknesses) {
      if (allowed.until) add(*allowed.until);
    }
  }
  [[nodiscard]] const std::set<Instant>& all() const { return dates_; }

 private:
  void add(Instant date) {
    if (date > after_ && date <= until_) dates_.insert(date);
  }

  Instant after_;
  Instant until_;
  std::set<Instant> dates_;
};

Dates dates_of(const Report& report, const VerifyOptions& options, Instant until) {
  Dates dates(options.policy.at, until);
  for (const SignerReport& signer : report.signers) {
    if (const Certificate* const own = signer.identity.certificate()) dates.add_certificate(*own);
  }
  for (const Certificate& certificate : report.certificates) dates.add_certificate(certificate);
  for (const certstore::SignerIdentity& trusted : options.policy.trusted) {
    if (trusted.certificate() != nullptr) dates.add_certificate(*trusted.certificate());
  }
  for (const TrustRecord& record : options.policy.records) dates.add_record(record);
  dates.add_allowed(options.policy.allowed_until);
  return dates;
}

bool holds(const certstore::Issues& issues, const Issue& wanted) {
  return std::find(issues.begin(), issues.end(), wanted) != issues.end();
}

certstore::Issues what_changed(const Report& before, const Report& after) {
  certstore::Issues changed;
  if (before.content_pin && !after.content_pin) {
    changed.push_back({certstore::IssueCode::content_pinned, "",
                       "record " + before.content_pin->id + ", which accepts exactly this file, ends"});
  }
  for (std::size_t i = 0; i < std::min(before.signers.size(), after.signers.size()); ++i) {
    const certstore::TrustDecision& was = before.signers[i].decision;
    for (Issue issue : after.signers[i].decision.issues) {
      const bool counts = certstore::kind_of(issue.code).effect != certstore::Effect::none;
      if (!counts || holds(was.issues, issue)) continue;
      // A stranger's other findings are not why.
      if (!was.trusted && certstore::kind_of(issue.code).effect != certstore::Effect::exposed) continue;
      if (issue.code == certstore::IssueCode::untrusted_signer) issue.detail = was.trusted_by + " ends";
      changed.push_back(std::move(issue));
    }
  }
  return changed;
}

}  // namespace

std::optional<Ending> first_ending(const certstore::InputFile& file, const Report& report,
                                   const VerifyOptions& options, Instant until,
                                   std::span<const certstore::InputFile> beside) {
  if (report.exit_code() != ExitCode::accepted) return std::nullopt;
  VerifyOptions later = options;
  later.show_progress = false;
  const Dates dates = dates_of(report, options, until);
  for (const Instant date : dates.all()) {
    later.policy.at = date;
    const Report then = verify(file, later, beside);
    if (then.exit_code() == ExitCode::accepted) continue;
    return Ending{date, then.exit_code(), what_changed(report, then)};
  }
  return std::nullopt;
}

}  // namespace verifier
