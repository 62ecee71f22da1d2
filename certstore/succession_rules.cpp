#include "certstore/succession_rules.h"

#include "certstore/base/escape.h"
#include "certstore/record_match.h"
#include "certstore/timestamp_trust.h"

#include <openssl/x509v3.h>

#include <fnmatch.h>

#include <algorithm>

namespace certstore {
namespace {

using Scope = TrustRecord::Scope;
using Subject = TrustRecord::Subject;

// Decided by somebody who saw it; a bundle and a succession are somebody else's word.
bool is_by_person(const TrustRecord& record) {
  return record.origin == TrustRecord::Origin::command || record.origin == TrustRecord::Origin::prompt;
}

// Narrows the scope to the one package of the terms; false where that package is out of it.
bool narrow_to(TrustRecord& record, const std::string& package) {
  const bool holds =
      record.scope == Scope::everything ||
      (record.scope == Scope::package_name && record.scope_text == package) ||
      (record.scope == Scope::package_glob && ::fnmatch(record.scope_text.c_str(), package.c_str(), 0) == 0);
  record.scope = Scope::package_name;
  record.scope_text = package;
  return holds;
}

std::optional<TrustRecord> successor_of(const TrustRecord& base, const Succession& succession) {
  TrustRecord record = base;
  record.id.clear();
  record.sha256 =
      base.subject == Subject::certificate ? succession.after.sha256() : succession.after.public_key_sha256();
  record.certificate = succession.after.der();
  record.origin = TrustRecord::Origin::succession;
  record.succession = {.record = base.id,
                       .public_key = succession.before.public_key_sha256(),
                       .document = succession.document};
  record.compared = false;
  // A promise of the certificate before is kept, as if it were the person's own condition.
  record.bound_required = base.bound_required || succession.before.promises_bound_packages();
  record.from = std::max(base.from, succession.terms.made);
  if (succession.terms.until) {
    record.until = base.until ? std::min(*base.until, *succession.terms.until) : *succession.terms.until;
  }
  if (record.until && *record.until <= record.from) return std::nullopt;
  if (succession.terms.package && !narrow_to(record, *succession.terms.package)) return std::nullopt;
  return record;
}

// One run of judge().
class Judge {
 public:
  Judge(const Succession& succession, const TrustPolicy& policy) : succession_(succession), policy_(policy) {}

  SuccessionAnswer judge(std::span<const Succession> shown) {
    find_records();
    judge_dates();
    judge_signer(succession_.before, "before", false);
    judge_signer(succession_.after, "after", true);
    if (X509_check_ca(succession_.after.openssl()) != 0 && X509_check_ca(succession_.before.openssl()) == 0) {
      object("the certificate after it is a CA's, and could issue others");
    }
    find_other_successors(shown);
    return std::move(answer_);
  }

 private:
  void object(std::string why) { answer_.obstacles.push_back(std::move(why)); }

  void find_records() {
    bool by_succession = false;
    for (const TrustRecord& record : policy_.records) {
      if (!is_in_force(record, TrustRecord::Use::package, policy_.now) || !names(record, succession_.before))
        continue;
      if (!is_by_person(record)) {
        by_succession = true;
        continue;
      }
      if (auto successor = successor_of(record, succession_))
        answer_.records.push_back(*std::move(successor));
    }
    if (!answer_.records.empty()) return;
    object(by_succession ? "nobody here confirmed the certificate before it: it is itself a successor, and "
                           "one step is followed"
                         : "no trust decision that a person made here reaches it");
  }

  void judge_dates() {
    const Certificate& before = succession_.before;
    const SuccessionTerms& terms = succession_.terms;
    if (terms.made > policy_.now)
      object("it says that it was made on " + to_date(terms.made) + ", which is to come");
    if (terms.until && *terms.until <= policy_.now) object("it ended on " + to_date(*terms.until));
    if (terms.made < before.not_before() || terms.made > before.not_after()) {
      object("the certificate before it was not valid when it was made");
    }
    if (policy_.now > before.not_after()) judge_end();
  }

  // Also where a record allows an expired certificate: nothing but a time stamp shows that the succession is
  // not a later work of whoever has the key now.
  void judge_end() {
    const Certificate& before = succession_.before;
    TrustPolicy policy = policy_;
    policy.at = policy_.now;
    const StampedTime stamped = stamped_time({.identity = before,
                                              .offered = {},
                                              .digests = {},
                                              .package_name = {},
                                              .serial = {},
                                              .stamps = {succession_.stamps.good}},
                                             policy);
    is_older_than_end_ = stamped.time.has_value();
    if (is_older_than_end_) return;
    const std::string ended = "the certificate before it ended on " + to_date(before.not_after()) + ", and ";
    for (const std::string& why : succession_.stamps.useless) {
      object(ended + "its time stamp proves nothing: " + why);
    }
    for (const Issue& issue : stamped.issues)
      object(ended + "its time stamp does not count: " + issue.detail);
    if (succession_.stamps.useless.empty() && stamped.issues.empty()) {
      object(ended + "no time stamp shows that the succession is older");
    }
  }

  // What decide() finds about a signer with what the person allowed for it, whatever the package.
  void judge_signer(const Certificate& certificate, const std::string& which, bool is_after) {
    TrustPolicy policy = policy_;
    policy.at = policy_.now;
    policy.trusted = {certificate};
    policy.allowed.clear();
    policy.records.clear();
    for (const TrustRecord& record : policy_.records) {
      const bool counts = record.kind == TrustRecord::Kind::retire ||
                          (!is_after && is_by_person(record) && names(record, certificate));
      if (counts) policy.records.push_back(record);
    }
    if (is_after) policy.records.insert(policy.records.end(), answer_.records.begin(), answer_.records.end());
    for (TrustRecord& record : policy.records) {
      if (record.kind == TrustRecord::Kind::retire) continue;
      record.scope = Scope::everything;
      record.scope_text.clear();
    }
    const TrustDecision decision = decide({.identity = certificate,
                                           .offered = {},
                                           .digests = succession_.digests,
                                           .package_name = {},
                                           .bound = true,
                                           .serial = {}},
                                          policy);
    for (const Issue& issue : decision.issues) {
      const Effect effect = kind_of(issue.code).effect;
      if (effect == Effect::none) continue;
      if (issue.code == IssueCode::expired && !is_after && is_older_than_end_) continue;
      answer_.exposed = answer_.exposed || effect == Effect::exposed;
      object("the certificate " + which + " it: " + std::string(kind_of(issue.code).id) + ": " +
             issue.detail);
    }
  }

  void find_other_successors(std::span<const Succession> shown) {
    const Sha256& key = succession_.before.public_key_sha256();
    const Sha256& successor = succession_.after.public_key_sha256();
    for (const Succession& other : shown) {
      if (other.before.public_key_sha256() != key || other.after.public_key_sha256() == successor) continue;
      contest(other.after.public_key_sha256());
    }
    for (const TrustRecord& record : policy_.records) {
      if (!record.succession || record.succession->public_key != key) continue;
      const Sha256 known =
          Certificate::from_der(record.certificate, "trust record " + record.id).public_key_sha256();
      if (known != successor) contest(known);
      if (record.until == record.from) contested_before_ = true;
    }
    if (contested_before_ && !answer_.contested) {
      answer_.contested = true;
      object("its key named two successors before");
    }
  }

  void contest(const Sha256& other) {
    answer_.contested = true;
    object("its key named another successor too, whose public key has sha256:" + to_hex(other) +
           ": nobody is followed");
  }

  const Succession& succession_;
  const TrustPolicy& policy_;
  SuccessionAnswer answer_;
  bool contested_before_ = false;
  bool is_older_than_end_ = false;  // the certificate before has ended since, as a trusted stamp shows
};

}  // namespace

SuccessionAnswer judge(const Succession& succession, std::span<const Succession> shown,
                       const TrustPolicy& policy) {
  return Judge(succession, policy).judge(shown);
}

TrustRecord voided(TrustRecord record) {
  record.until = record.from;
  return record;
}

std::vector<TrustRecord> followed_from(const Sha256& public_key, std::span<const TrustRecord> records) {
  std::vector<TrustRecord> followed;
  for (const TrustRecord& record : records) {
    if (record.succession && record.succession->public_key == public_key && record.until != record.from) {
      followed.push_back(record);
    }
  }
  return followed;
}

}  // namespace certstore
