#include "certstore/timestamp_trust.h"

#include "certstore/base/escape.h"
#include "certstore/certificate_path.h"
#include "certstore/key_strength.h"
#include "certstore/known_public_keys.h"
#include "certstore/record_match.h"

#include <algorithm>

namespace certstore {
namespace {

// The clock of an authority may be a little ahead of ours.
constexpr std::chrono::minutes kClockSkew{5};

struct Anchors {
  std::vector<Certificate> certificates;
  std::vector<const TrustRecord*> records;
};

// Why a certificate on the path cannot vouch for that time; empty if it can. `is_anchor`: a record names it,
// so the signature on it does not matter.
std::string fault_of(const Certificate& link, bool is_anchor, Instant time, const TrustPolicy& policy) {
  const std::string name = in_quotes(link.subject());
  if (!link.key_unsoundness().empty()) return name + ": " + link.key_unsoundness();
  const Sha256& key = link.public_key_sha256();
  if (is_known_public_key(key) || policy.public_keys_known.contains(key)) {
    return "the private key of " + name + " is known to be public";
  }
  const Instant retired_since = std::max(policy.at, policy.now);
  for (const TrustRecord& record : policy.records) {
    if (record.from <= retired_since && retires(record, link))
      return name + " is retired by record " + record.id;
  }
  if (time < link.not_before() || time > link.not_after()) {
    return name + " was not valid at " + to_rfc3339(time);
  }
  for (const KeyWeakness& found : weaknesses_of_key(link.key_kind(), link.key_bits())) {
    if (!policy.allowed.contains(std::string(found.name))) return name + ": " + found.what;
  }
  const auto weak = is_anchor ? std::nullopt : weak_digest_on(link);
  if (weak && !policy.allowed.contains(std::string(weakness_of(*weak)))) {
    return name + " is signed with " + std::string(name_of(*weak));
  }
  return {};
}

std::string fault_of(const VerifiedTimestamp& stamp, const TrustPolicy& policy) {
  if (stamp.time() > policy.at + kClockSkew) return "its time is after " + to_rfc3339(policy.at);
  for (const DigestAlgorithm algorithm : stamp.digests()) {
    const std::string weakness(weakness_of(algorithm));
    if (!weakness.empty() && !policy.allowed.contains(weakness)) {
      return "it is made with " + std::string(name_of(algorithm));
    }
  }
  return {};
}

std::string fault_by_lists(const VerifiedTimestamp& stamp, const std::vector<Certificate>& path,
                           const TrustPolicy& policy) {
  const CrlSubject subject{.path = path,
                           .offered = stamp.offered(),
                           .stamped_at = stamp.time(),
                           .now = std::max(policy.at, policy.now)};
  return fault_by_crls(subject, stamp.time(), policy.crls);
}

Anchors anchors_of(const TrustPolicy& policy) {
  Anchors anchors;
  for (const TrustRecord& record : policy.records) {
    if (record.kind != TrustRecord::Kind::trust || record.subject != TrustRecord::Subject::certificate ||
        record.certificate.empty() || !is_in_force(record, TrustRecord::Use::timestamp, policy.at)) {
      continue;
    }
    anchors.certificates.push_back(certificate_of(record));
    anchors.records.push_back(&record);
  }
  return anchors;
}

const TrustRecord* record_naming(const Certificate& authority, const TrustPolicy& policy) {
  const auto found =
      std::find_if(policy.records.begin(), policy.records.end(), [&](const TrustRecord& record) {
        return record.kind == TrustRecord::Kind::trust && names(record, authority) &&
               is_in_force(record, TrustRecord::Use::timestamp, policy.at);
      });
  return found == policy.records.end() ? nullptr : &*found;
}

AuthorityDecision by_path(const VerifiedTimestamp& stamp, const TrustPolicy& policy) {
  const Anchors anchors = anchors_of(policy);
  const FoundPath found =
      find_path(stamp.authority(), stamp.offered(), anchors.certificates, {.at = stamp.time()});
  const std::vector<Certificate>& path = found.certificates;
  if (!found.fault.empty()) return {{}, found.fault};
  if (path.size() < 2) return {{}, "no record for use timestamp names it or a CA of it"};
  for (const Certificate& link : path) {
    const std::string fault = fault_of(link, &link == &path.back(), stamp.time(), policy);
    if (!fault.empty()) return {{}, fault};
  }
  if (const std::string fault = fault_by_lists(stamp, path, policy); !fault.empty()) return {{}, fault};
  const auto anchor = std::find(anchors.certificates.begin(), anchors.certificates.end(), path.back());
  if (anchor == anchors.certificates.end()) return {{}, "its path ends nowhere"};
  const auto place = static_cast<std::size_t>(anchor - anchors.certificates.begin());
  return {"record " + anchors.records[place]->id + " of its CA " + in_quotes(anchor->subject()), {}};
}

// The earliest of these that counts, with who trusts it.
std::optional<std::pair<Instant, std::string>> earliest(std::span<const VerifiedTimestamp> stamps,
                                                        const SignerEvidence& evidence,
                                                        const TrustPolicy& policy, Issues& issues) {
  const SignerIdentity& signer = evidence.identity;
  std::optional<std::pair<Instant, std::string>> first;
  for (const VerifiedTimestamp& stamp : stamps) {
    const std::string what = to_rfc3339(stamp.time()) + " by " + in_quotes(stamp.authority().subject());
    const AuthorityDecision decision = decide_authority(stamp, policy);
    if (decision.trusted_by.empty()) {
      issues.push_back({IssueCode::timestamp_not_trusted, signer.subject(), what + ": " + decision.reason});
    } else if (!signer.is_in_date(stamp.time())) {
      issues.push_back({IssueCode::timestamp_useless, signer.subject(),
                        what + ": the signer's certificate was not valid then"});
    } else if (!first || stamp.time() < first->first) {
      first = {stamp.time(), decision.trusted_by};
    }
  }
  return first;
}

}  // namespace

AuthorityDecision decide_authority(const VerifiedTimestamp& stamp, const TrustPolicy& policy) {
  if (const std::string fault = fault_of(stamp, policy); !fault.empty()) return {{}, fault};
  if (const TrustRecord* const record = record_naming(stamp.authority(), policy)) {
    const std::string fault = fault_of(stamp.authority(), true, stamp.time(), policy);
    if (!fault.empty()) return {{}, fault};
    const std::string revoked = fault_by_lists(stamp, {stamp.authority()}, policy);
    if (!revoked.empty()) return {{}, revoked};
    return {"record " + record->id, {}};
  }
  return by_path(stamp, policy);
}

StampedTime stamped_time(const SignerEvidence& evidence, const TrustPolicy& policy) {
  StampedTime result;
  bool all = !evidence.stamps.empty();
  for (const std::vector<VerifiedTimestamp>& stamps : evidence.stamps) {
    const auto first = earliest(stamps, evidence, policy, result.issues);
    all = all && first.has_value();
    if (!first || (result.time && *result.time >= first->first)) continue;
    result.time = first->first;
    result.trusted_by = first->second;
  }
  if (!all) result.time.reset();
  return result;
}

}  // namespace certstore
