#include "certstore/trust.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/certificate_path.h"
#include "certstore/key_strength.h"
#include "certstore/known_public_keys.h"
#include "certstore/record_match.h"
#include "certstore/timestamp_trust.h"

#include <fnmatch.h>

#include <algorithm>

namespace certstore {
namespace {

using Kind = TrustRecord::Kind;
using Subject = TrustRecord::Subject;
using Scope = TrustRecord::Scope;

bool scope_holds(const TrustRecord& record, const std::string& package_name) {
  switch (record.scope) {
    case Scope::everything:
      return true;
    case Scope::package_name:
      // A name scope holds only where the name is signed; elsewhere package_name is empty.
      return !package_name.empty() && record.scope_text == package_name;
    case Scope::package_glob:
      return !package_name.empty() && ::fnmatch(record.scope_text.c_str(), package_name.c_str(), 0) == 0;
  }
  return false;
}

// One run of decide(): the records that speak for this signer, and the findings.
class Decider {
 public:
  Decider(const SignerEvidence& evidence, const TrustPolicy& policy)
      : evidence_(evidence),
        policy_(policy),
        identity_(evidence.identity),
        at_(policy.at),
        retired_since_(std::max(policy.at, policy.now)) {}

  TrustDecision decide() {
    look_at_stamps();
    match_records();
    if (const Certificate* const own = identity_.certificate(); own && decision_.trusted_by.empty())
      follow_path(*own);
    judge_revocation();
    decision_.trusted = !decision_.trusted_by.empty() && !retired_;
    if (!decision_.trusted && !retired_) note(IssueCode::untrusted_signer, "no trust record names it");
    judge_key(identity_);
    judge_digests();
    if (identity_.certificate() != nullptr) judge_dates(*identity_.certificate());
    judge_binding();
    return std::move(decision_);
  }

 private:
  void note(IssueCode code, std::string detail) {
    decision_.issues.push_back({code, identity_.subject(), std::move(detail)});
  }

  // A key that was lost later does not take back what is proven to have been there before.
  void look_at_stamps() {
    StampedTime stamped = stamped_time(evidence_, policy_);
    decision_.issues = std::move(stamped.issues);
    if (!stamped.time) return;
    at_ = *stamped.time;
    retired_since_ = at_;
    decision_.stamped_at = stamped.time;
    decision_.stamped_by = stamped.trusted_by;
    note(IssueCode::timestamped, to_rfc3339(at_) + ", trusted by " + stamped.trusted_by);
  }

  void match_records() {
    for (const SignerIdentity& given : policy_.trusted) {
      if (identity_ == given) decision_.trusted_by = "--trust";
    }
    for (const TrustRecord& record : policy_.records) {
      decision_.known_before = decision_.known_before || names(record, identity_);
      if (record.kind == Kind::retire) {
        retire_by(record, identity_);
      } else if (names(record, identity_) && is_in_force(record, TrustRecord::Use::package, policy_.at) &&
                 scope_holds(record, evidence_.package_name) && stands(record)) {
        speaking_.push_back(&record);
        if (decision_.trusted_by.empty()) decision_.trusted_by = "record " + record.id;
      }
    }
  }

  // A successor was followed from what a person decided about the certificate before it, and falls with that.
  bool stands(const TrustRecord& record) const {
    if (!record.succession) return true;
    const Sha256& key = record.succession->public_key;
    if (is_known_public_key(key) || policy_.public_keys_known.contains(key)) return false;
    const auto base = std::find_if(
        policy_.records.begin(), policy_.records.end(),
        [&](const TrustRecord& other) { return other.id == record.succession->record && !other.succession; });
    if (base == policy_.records.end() || !is_in_force(*base, TrustRecord::Use::package, policy_.at))
      return false;
    if (!base->certificate.empty() && is_revoked(certificate_of(*base))) return false;
    return std::none_of(policy_.records.begin(), policy_.records.end(), [&](const TrustRecord& other) {
      if (other.kind != Kind::retire || other.from > retired_since_) return false;
      return (other.subject == Subject::public_key && other.sha256 == key) ||
             (!base->certificate.empty() && retires(other, certificate_of(*base)));
    });
  }

  bool is_revoked(const Certificate& certificate) const {
    const CrlSubject subject{.path = {certificate},
                             .offered = evidence_.offered,
                             .stamped_at = std::nullopt,
                             .now = std::max(policy_.at, policy_.now)};
    return judge_by_crls(subject, policy_.crls).revoked;
  }

  void retire_by(const TrustRecord& record, const SignerIdentity& signer) {
    if (retired_ || record.from > retired_since_ || !retires(record, signer)) return;
    note(IssueCode::retired_key,
         whose(signer) + "retired by record " + record.id + ": " + escaped(record.reason));
    retired_ = true;
  }

  std::string whose(const SignerIdentity& signer) const {
    return signer == identity_ ? "" : "the CA " + in_quotes(signer.subject()) + " ";
  }

  // A CA-issued certificate: a path to a CA that is trusted for this package.
  void follow_path(const Certificate& own) {
    std::vector<Certificate> anchors;
    for (const SignerIdentity& given : policy_.trusted) {
      if (given.certificate() != nullptr) anchors.push_back(*given.certificate());
    }
    std::vector<const TrustRecord*> anchor_records(anchors.size(), nullptr);
    for (const TrustRecord& record : policy_.records) {
      if (record.kind != Kind::trust || record.subject != Subject::certificate || record.certificate.empty())
        continue;
      if (!is_in_force(record, TrustRecord::Use::package, policy_.at) ||
          !scope_holds(record, evidence_.package_name) || !stands(record))
        continue;
      anchors.push_back(certificate_of(record));
      anchor_records.push_back(&record);
    }
    PathRules rules = policy_.path;
    rules.at = at_;
    const FoundPath found = find_path(own, evidence_.offered, anchors, rules);
    if (!found.fault.empty()) note(IssueCode::unsound_path, found.fault);
    const std::vector<Certificate>& path = found.certificates;
    if (path.size() < 2) return;
    const auto proves_nothing = [](const Certificate& link) { return !link.key_unsoundness().empty(); };
    if (std::any_of(path.begin() + 1, path.end(), proves_nothing)) return;
    const auto anchor = std::find(anchors.begin(), anchors.end(), path.back());
    if (anchor == anchors.end()) return;
    const TrustRecord* const record = anchor_records[static_cast<std::size_t>(anchor - anchors.begin())];
    decision_.trusted_by = (record == nullptr ? "--trust" : "record " + record->id) + " of its CA " +
                           in_quotes(anchor->subject());
    if (record != nullptr) speaking_.push_back(record);
    path_ = path;
    judge_purpose(own);
    judge_path(path);
  }

  std::string wanted_usage() const {
    const bool servers_too = policy_.path.purpose == PathRules::Purpose::packages_or_servers;
    return servers_too ? "extended key usage codeSigning or serverAuth" : "extended key usage codeSigning";
  }

  void judge_purpose(const Certificate& own) {
    if (!may_sign(own, policy_.path.purpose)) {
      note(IssueCode::wrong_purpose, "its CA did not issue it for signing (" + wanted_usage() + ")");
    }
    for (std::size_t i = 1; i + 1 < path_.size(); ++i) {
      if (!may_issue_for(path_[i], policy_.path.purpose)) {
        note(IssueCode::wrong_purpose,
             whose(path_[i]) + "may not issue certificates for signing (" + wanted_usage() + ")");
      }
    }
  }

  // A certificate that the CA took back is as one that a record retires.
  void judge_revocation() {
    const Certificate* const own = identity_.certificate();
    if (own == nullptr) return;
    const CrlSubject subject{.path = path_.empty() ? std::vector<Certificate>{*own} : path_,
                             .offered = evidence_.offered,
                             .stamped_at = decision_.stamped_at,
                             .now = std::max(policy_.at, policy_.now)};
    const CrlJudgement judgement = judge_by_crls(subject, policy_.crls);
    retired_ = retired_ || judgement.revoked;
    decision_.issues.insert(decision_.issues.end(), judgement.issues.begin(), judgement.issues.end());
  }

  // Whoever has the key of a CA, or a collision under its signature, has every certificate below it.
  void judge_path(const std::vector<Certificate>& path) {
    for (std::size_t i = 0; i < path.size(); ++i) {
      // The anchor's own signature proves nothing to anybody: the anchor was pinned by its fingerprint.
      const auto weak_digest = i + 1 < path.size() ? weak_digest_on(path[i]) : std::nullopt;
      if (weak_digest) {
        weak(IssueCode::weak_digest, std::string(weakness_of(*weak_digest)),
             "the certificate " + in_quotes(path[i].subject()) + " is signed with " +
                 std::string(name_of(*weak_digest)));
      }
      if (i == 0) continue;
      for (const TrustRecord& record : policy_.records) retire_by(record, path[i]);
      judge_key(path[i]);
      judge_dates(path[i]);
    }
  }

  // Who allows this weakness, or empty. A record allows it for its signer alone.
  std::string allowed_by(const std::string& weakness) const {
    if (policy_.allowed.contains(weakness)) return "--allow-weak";
    const auto names_it = [&](const AllowedWeakness& allowed) {
      return allowed.name == weakness && (!allowed.until || policy_.at < *allowed.until);
    };
    const auto rule = std::ranges::find_if(policy_.allowed_until, names_it);
    if (rule != policy_.allowed_until.end()) {
      return "the policy" + (rule->until ? " until " + to_date(*rule->until) : "");
    }
    for (const TrustRecord* const record : speaking_) {
      if (std::ranges::any_of(record->allowed, names_it)) return "record " + record->id;
    }
    return {};
  }

  void weak(IssueCode code, const std::string& weakness, const std::string& detail) {
    const std::string by = allowed_by(weakness);
    if (by.empty()) {
      decision_.weaknesses.insert(weakness);
      note(code, detail);
    } else {
      note(IssueCode::weakness_allowed, detail + " (" + weakness + " allowed by " + by + ")");
    }
  }

  void judge_key(const SignerIdentity& signer) {
    if (!signer.key_unsoundness().empty()) note(IssueCode::unsound_key, signer.key_unsoundness());
    const Sha256& key = signer.public_key_sha256();
    if (is_known_public_key(key) || policy_.public_keys_known.contains(key)) {
      note(IssueCode::known_public_key, whose(signer) + "public key SHA-256 " + to_hex(key));
    }
    for (const KeyWeakness& found : weaknesses_of_key(signer.key_kind(), signer.key_bits())) {
      weak(found.name == "dsa" ? IssueCode::dsa_key : IssueCode::short_key, std::string(found.name),
           whose(signer) + found.what);
    }
  }

  void judge_digests() {
    for (const DigestAlgorithm algorithm : evidence_.digests) {
      const std::string weakness(weakness_of(algorithm));
      if (!weakness.empty())
        weak(IssueCode::weak_digest, weakness, "signed with " + std::string(name_of(algorithm)));
    }
  }

  void judge_dates(const Certificate& certificate) {
    if (at_ > certificate.not_after()) {
      weak(IssueCode::expired, "expired",
           whose(certificate) + "ended on " + to_date(certificate.not_after()));
    }
    if (at_ < certificate.not_before()) {
      note(IssueCode::not_yet_valid, whose(certificate) + "begins on " + to_date(certificate.not_before()));
    }
  }

  void judge_binding() {
    for (const TrustRecord* const record : speaking_) {
      if (record->bound_required && !evidence_.bound) {
        note(IssueCode::unbound_refused, "record " + record->id + " takes bound packages only");
        break;
      }
    }
    const auto highest = policy_.highest_serials.find({identity_.sha256(), evidence_.package_name});
    if (highest == policy_.highest_serials.end()) return;
    const std::string before = std::to_string(highest->second);
    if (!evidence_.bound) {
      // Whoever signs bound packages now may have signed unbound ones once, and their elements go together as
      // anybody likes.
      note(IssueCode::rollback, "it is not bound, so it may be older than serial " + before +
                                    ", which was bound and accepted before");
    } else if (evidence_.serial && *evidence_.serial < highest->second) {
      note(IssueCode::rollback,
           "serial " + std::to_string(*evidence_.serial) + " is older than " + before + ", accepted before");
    }
  }

  const SignerEvidence& evidence_;
  const TrustPolicy& policy_;
  const SignerIdentity& identity_;
  TrustDecision decision_;
  std::vector<const TrustRecord*> speaking_;
  std::vector<Certificate> path_;  // to the CA by which it is trusted, if it is
  Instant at_;                     // the time that counts for dates
  Instant retired_since_;          // a look back (--at-time) never gives a retired key back
  bool retired_ = false;
};

}  // namespace

TrustDecision decide(const SignerEvidence& evidence, const TrustPolicy& policy) {
  return Decider(evidence, policy).decide();
}

bool any_content_pin(const TrustPolicy& policy) {
  return std::any_of(policy.records.begin(), policy.records.end(),
                     [](const TrustRecord& record) { return record.subject == Subject::content; });
}

const TrustRecord* find_content_pin(const TrustPolicy& policy, const Sha256& file) {
  for (const TrustRecord& record : policy.records) {
    if (record.kind == Kind::trust && record.subject == Subject::content && record.sha256 == file &&
        is_in_force(record, TrustRecord::Use::package, policy.at)) {
      return &record;
    }
  }
  return nullptr;
}

}  // namespace certstore
