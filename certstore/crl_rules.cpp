#include "certstore/crl_rules.h"

#include "certstore/base/escape.h"
#include "certstore/certificate_path.h"

#include <algorithm>
#include <iterator>
#include <span>

namespace certstore {
namespace {

using State = CrlStatus::State;

// Whether a list of its issuer was added: then whoever added it wants to know.
bool is_expected(const Certificate& certificate, const CrlPolicy& policy) {
  return std::any_of(policy.lists.begin(), policy.lists.end(),
                     [&](const Crl& list) { return list.is_of_issuer_of(certificate); });
}

// The question about one certificate of the path. Its path ends where the whole one does; one that is trusted
// by itself has none, and whoever issued it is known by the lists.
CrlQuestion question_about(std::size_t place, const CrlSubject& subject, const CrlPolicy& policy) {
  const Certificate& link = subject.path[place];
  CrlQuestion question{link, {}, {}, policy.lists, subject.now, false};
  for (const auto& known :
       {std::span(subject.path).subspan(place + 1), std::span(subject.offered), std::span(policy.issuers)}) {
    // One that is self-issued must not be taken for its own issuer.
    std::copy_if(known.begin(), known.end(), std::back_inserter(question.offered),
                 [&](const Certificate& other) { return !(other == link); });
  }
  if (place + 1 < subject.path.size()) {
    question.anchors = {subject.path.back()};
    question.has_path = true;
    return question;
  }
  for (const Certificate& issuer : policy.issuers) {
    if (issuer.subject() == link.issuer() && !(issuer == link)) question.anchors.push_back(issuer);
  }
  return question;
}

// Nothing that came over the network counts before that.
bool is_signed_by_any(const Crl& list, const CrlQuestion& question) {
  const auto signs = [&](const Certificate& issuer) { return list.is_signed_by(issuer); };
  return std::any_of(question.anchors.begin(), question.anchors.end(), signs) ||
         std::any_of(question.offered.begin(), question.offered.end(), signs);
}

CrlStatus status_of(std::size_t place, const CrlSubject& subject, const CrlPolicy& policy) {
  CrlQuestion question = question_about(place, subject, policy);
  CrlStatus status = certstore::status_of(question);
  if (!policy.fetch || (status.state != State::missing && status.state != State::stale)) return status;
  // Whoever nobody known issued does not choose where we go.
  if (!question.has_path &&
      find_path(question.certificate, question.offered, question.anchors).certificates.empty())
    return status;
  for (const std::string& address : crl_addresses(question.certificate)) {
    for (Crl& list : policy.fetch(address)) {
      if (is_signed_by_any(list, question)) question.lists.push_back(std::move(list));
    }
  }
  return certstore::status_of(question);
}

std::string describe(const Revocation& revocation) {
  std::string text = "revoked on " + to_date(revocation.since) + " (" + revocation.reason;
  if (revocation.invalid_since) text += ", lost on " + to_date(*revocation.invalid_since);
  return text + ")";
}

class Judge {
 public:
  Judge(const CrlSubject& subject, const CrlPolicy& policy) : subject_(subject), policy_(policy) {}

  CrlJudgement judge() {
    for (std::size_t i = 0; i < subject_.path.size(); ++i) {
      // Nobody but itself could take it back: that is done by a trust record.
      if (!subject_.path[i].is_self_signed()) judge_link(i);
    }
    return std::move(judgement_);
  }

 private:
  void judge_link(std::size_t place) {
    const Certificate& link = subject_.path[place];
    const bool is_expected_here = is_expected(link, policy_);
    // A pinned CA was chosen as the end of the path; one that stands for itself has an issuer to ask.
    const bool is_required = policy_.required && (place + 1 < subject_.path.size() || place == 0);
    const bool is_asked = is_expected_here || is_required;
    if (!is_asked && !policy_.fetch) return;
    const CrlStatus status = status_of(place, subject_, policy_);
    switch (status.state) {
      case State::good:
        return;
      case State::revoked:
        return judge_revocation(link, *status.revocation);
      case State::missing:
        if (is_asked) note(IssueCode::crl_missing, link, status.why);
        return;
      case State::stale:
        return note(IssueCode::crl_stale, link, status.why);
    }
  }

  void judge_revocation(const Certificate& link, const Revocation& revocation) {
    if (subject_.stamped_at && *subject_.stamped_at < revocation.counts_from()) {
      return note(IssueCode::revoked_later, link,
                  describe(revocation) + ", stamped on " + to_date(*subject_.stamped_at));
    }
    judgement_.revoked = true;
    note(IssueCode::revoked_key, link, describe(revocation));
  }

  void note(IssueCode code, const Certificate& link, const std::string& what) {
    const Certificate& signer = subject_.path.front();
    const std::string whose = link == signer ? "" : "the CA " + in_quotes(link.subject()) + ": ";
    judgement_.issues.push_back({code, signer.subject(), whose + what});
  }

  const CrlSubject& subject_;
  const CrlPolicy& policy_;
  CrlJudgement judgement_;
};

}  // namespace

CrlJudgement judge_by_crls(const CrlSubject& subject, const CrlPolicy& policy) {
  return Judge(subject, policy).judge();
}

std::string fault_by_crls(const CrlSubject& subject, Instant time, const CrlPolicy& policy) {
  for (std::size_t i = 0; i < subject.path.size(); ++i) {
    const Certificate& link = subject.path[i];
    if (link.is_self_signed()) continue;
    const bool asked = is_expected(link, policy) || (policy.required && i + 1 < subject.path.size());
    if (!asked && !policy.fetch) continue;
    const CrlStatus status = status_of(i, subject, policy);
    const std::string name = in_quotes(link.subject());
    switch (status.state) {
      case State::good:
        break;
      case State::revoked:
        if (status.revocation->by_loss || time >= status.revocation->since)
          return name + " is " + describe(*status.revocation);
        break;
      case State::missing:
        if (asked) return name + ": " + status.why;
        break;
      case State::stale:
        return name + ": " + status.why;
    }
  }
  return {};
}

}  // namespace certstore
