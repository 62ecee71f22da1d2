#include "certstore/bundle_difference.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/record_match.h"

#include <algorithm>
#include <set>

namespace certstore {
namespace {

using Kind = TrustRecord::Kind;

bool is_about_the_same(const TrustRecord& a, const TrustRecord& b) {
  return a.kind == b.kind && a.subject == b.subject && a.sha256 == b.sha256 && a.use == b.use &&
         a.scope == b.scope && a.scope_text == b.scope_text;
}

bool contains(const std::vector<std::string>& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

bool overrules(const TrustRecord& retirement, const TrustRecord& record) {
  if (record.kind != Kind::trust || record.subject == TrustRecord::Subject::content) return false;
  if (record.sha256 == retirement.sha256) return true;
  if (record.bare_key) return retires(retirement, SignerIdentity(*record.bare_key));
  return !record.certificate.empty() && retires(retirement, SignerIdentity(certificate_of(record)));
}

// What the remembered version brought, no person decided too, no other bundle says, and this version leaves
// out.
std::vector<TrustRecord> left_out(const BundleDifference& found, const TrustState& state) {
  std::vector<TrustRecord> gone;
  if (!found.before) return gone;
  for (const TrustRecord& record : state.records) {
    if (record.origin != TrustRecord::Origin::bundle || !contains(found.before->records, record.id)) continue;
    if (contains(found.after.records, record.id)) continue;
    const bool others_say_it =
        std::any_of(state.bundles.begin(), state.bundles.end(), [&](const KeptBundle& other) {
          return other.name != found.after.name && contains(other.records, record.id);
        });
    if (!others_say_it) gone.push_back(record);
  }
  return gone;
}

void compare_records(const TrustBundle& bundle, const TrustState& state, BundleDifference& found) {
  std::set<std::string> present;
  for (const TrustRecord& record : state.records) present.insert(record.id);
  std::vector<TrustRecord> gone = left_out(found, state);
  for (TrustRecord& record : records_in_force(bundle)) {
    if (present.contains(record.id)) {
      ++found.unchanged;
      continue;
    }
    if (record.kind == Kind::retire) {
      found.retired.push_back(std::move(record));
      continue;
    }
    const auto before = std::find_if(gone.begin(), gone.end(),
                                     [&](const TrustRecord& old) { return is_about_the_same(old, record); });
    if (before == gone.end()) {
      found.added.push_back(std::move(record));
    } else {
      found.changed.push_back({std::move(*before), std::move(record)});
      gone.erase(before);
    }
  }
  for (TrustRecord& record : gone) {
    (record.kind == Kind::retire ? found.still_retired : found.withdrawn).push_back(std::move(record));
  }
}

void find_overruled(const TrustState& state, BundleDifference& found) {
  for (const TrustRecord& record : state.records) {
    const bool goes = std::any_of(found.withdrawn.begin(), found.withdrawn.end(),
                                  [&](const TrustRecord& other) { return other.id == record.id; });
    if (goes || record.origin == TrustRecord::Origin::bundle) continue;
    if (std::any_of(found.retired.begin(), found.retired.end(),
                    [&](const TrustRecord& retirement) { return overrules(retirement, record); })) {
      found.overruled.push_back(record);
    }
  }
}

// What the bundle says of keys that this store retired, and that stays so: a person who agrees must not take
// it for trust.
void find_retired_here(const TrustBundle& bundle, const TrustState& state, BundleDifference& found) {
  const std::vector<Sha256> retired = retired_keys(state.records, Instant::max());
  if (retired.empty()) return;
  const std::set<Sha256> keys(retired.begin(), retired.end());
  for (const TrustRecord& record : records_in_force(bundle)) {
    if (record.kind != Kind::trust || record.subject == TrustRecord::Subject::content) continue;
    if (keys.contains(record.sha256) ||
        (!record.certificate.empty() && keys.contains(certificate_of(record).public_key_sha256()))) {
      found.retired_here.push_back(record);
    }
  }
}

void compare_lists(const TrustBundle& bundle, const TrustState& state, BundleDifference& found) {
  std::set<std::string> series;
  for (const CrlRecord& record : state.crls) series.insert(id_of(record.list));
  std::set<std::string> taken;
  for (const CrlRecord& record : bundle.crls) {
    const std::string id = id_of(record.list);
    if (!taken.insert(id).second) {
      throw Error(ErrorKind::malformed,
                  "the bundle " + in_quotes(bundle.name) + " has two revocation lists of one series");
    }
    const auto here = std::find_if(state.crls.begin(), state.crls.end(),
                                   [&](const CrlRecord& other) { return id_of(other.list) == id; });
    if (here != state.crls.end() && here->list.sha256() == record.list.sha256()) {
      ++found.lists_unchanged;
    } else if (here != state.crls.end() && !record.list.is_after(here->list)) {
      ++found.lists_older;
    } else {
      series.insert(id);
      found.lists.push_back(record);
    }
  }
  if (series.size() <= limits::kCrls) return;
  throw Error(ErrorKind::store,
              "the store would have more than " + std::to_string(limits::kCrls) + " revocation lists",
              "take one out: pkgverify crl remove");
}

// Two sets of rules in one store: which of them holds would hang on the order of imports.
void require_one_policy(const KeptBundle& bundle, const TrustState& state) {
  if (!bundle.policy) return;
  for (const KeptBundle& other : state.bundles) {
    if (other.name == bundle.name || !other.policy || *other.policy == *bundle.policy) continue;
    throw Error(ErrorKind::policy,
                "the bundle " + in_quotes(bundle.name) + " brings a policy, and the bundle " +
                    in_quotes(other.name) + " brought another one",
                "one store judges by one policy: let one of the two leave it out");
  }
}

}  // namespace

bool BundleDifference::policy_changes() const {
  return after.policy != (before ? before->policy : std::nullopt);
}

bool BundleDifference::is_nothing() const {
  return before && before->document == after.document && added.empty() && retired.empty() &&
         changed.empty() && withdrawn.empty() && lists.empty();
}

BundleDifference difference(const SignedBundle& bundle, const TrustState& state) {
  BundleDifference found;
  for (const KeptBundle& kept : state.bundles) {
    if (kept.name == bundle.bundle.name) found.before = kept;
  }
  found.after = kept_bundle(bundle);
  found.store = state.digest;
  require_one_policy(found.after, state);
  compare_records(bundle.bundle, state, found);
  find_overruled(state, found);
  find_retired_here(bundle.bundle, state, found);
  compare_lists(bundle.bundle, state, found);
  return found;
}

BundleDifference forgetting(const KeptBundle& kept, const TrustState& state) {
  BundleDifference found;
  found.before = kept;
  found.after = kept;
  found.after.records.clear();
  found.after.policy.reset();
  found.store = state.digest;
  for (TrustRecord& record : left_out(found, state)) {
    (record.kind == Kind::retire ? found.still_retired : found.withdrawn).push_back(std::move(record));
  }
  return found;
}

std::vector<Sha256> retired_keys(const std::vector<TrustRecord>& records, Instant now) {
  std::vector<Sha256> keys;
  for (const TrustRecord& record : records) {
    if (record.kind != Kind::retire || record.from > now) continue;
    keys.push_back(record.sha256);
    if (!record.certificate.empty()) keys.push_back(certificate_of(record).public_key_sha256());
  }
  return keys;
}

}  // namespace certstore
