// What is asked of decide() in tests: one signer, one record, one day.
#pragma once

#include "certstore/trust.h"
#include "tests/unit/certificates.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace tests {

inline const certstore::Instant kNow = certstore::parse_instant("2026-11-23");

inline bool has(const certstore::TrustDecision& decision, certstore::IssueCode code) {
  return std::ranges::any_of(decision.issues,
                             [&](const certstore::Issue& issue) { return issue.code == code; });
}

inline certstore::SignerEvidence evidence_of(const Certificate& certificate) {
  return {certificate, {}, {certstore::DigestAlgorithm::sha256}, "com.example.app", false, {}};
}

inline certstore::TrustRecord record_of(
    const Certificate& certificate, certstore::TrustRecord::Kind kind = certstore::TrustRecord::Kind::trust) {
  certstore::TrustRecord record;
  record.id = "r1";
  record.kind = kind;
  record.sha256 = certificate.sha256();
  record.certificate = certificate.der();
  record.from = certstore::parse_instant("2026-01-01");
  return record;
}

inline certstore::TrustPolicy policy(std::vector<certstore::TrustRecord> records) {
  certstore::TrustPolicy policy;
  policy.records = std::move(records);
  policy.at = kNow;
  return policy;
}

}  // namespace tests
