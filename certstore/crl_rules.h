// What revocation lists mean for a signer or an authority: the part of the trust decision that is about them.
#pragma once

#include "certstore/base/issue.h"
#include "certstore/certificate.h"
#include "certstore/crl.h"
#include "certstore/crl_status.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace certstore {

// The lists of one run and how strictly they are asked for.
struct CrlPolicy {
  std::vector<Crl> lists;            // each taken under one of `issuers`
  std::vector<Certificate> issuers;  // known for their lists only: they make nobody trusted
  bool required = false;             // --require-revocation
  // --fetch-crl: lists at that address; none where they could not be had.
  std::function<std::vector<Crl>(const std::string&)> fetch;
};

struct CrlSubject {
  std::vector<Certificate> path;  // the certificate first; alone where it is trusted by itself, or by nobody
  std::vector<Certificate> offered;   // in the package; those that sign lists may be among them
  std::optional<Instant> stamped_at;  // when it is proven to have signed; else it may be today
  Instant now;                        // when lists must be current
};

struct CrlJudgement {
  bool revoked = false;
  Issues issues;
};

// Judges the certificate and every CA above it but a self-signed one, which no list speaks for. A list is
// asked for where `required`, and where a list of the same issuer was ever added.
[[nodiscard]] CrlJudgement judge_by_crls(const CrlSubject& subject, const CrlPolicy& policy);

// Why a time stamp authority, or a CA of it, cannot vouch for that time; empty if it can. RFC 3161 4: a key
// that was lost could stamp any time.
[[nodiscard]] std::string fault_by_crls(const CrlSubject& subject, Instant time, const CrlPolicy& policy);

}  // namespace certstore
