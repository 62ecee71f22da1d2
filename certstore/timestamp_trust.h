// Whether a time stamp authority is trusted, and from which stamp a signer's certificate is judged.
#pragma once

#include "certstore/timestamp.h"
#include "certstore/trust.h"

#include <optional>
#include <string>

namespace certstore {

struct AuthorityDecision {
  std::string trusted_by;  // "record 3f2a… of its CA 'CN=…'"; empty: not trusted
  std::string reason;      // why it is not
};

// Trusted if and only if a record in force for use `timestamp` names its certificate, its key, or a CA that
// issued it by a path that was valid at the stamped time, nothing on the path is weak, known to be public or
// retired (a retired key could stamp any time, so no stamp predates that), and the time has come.
[[nodiscard]] AuthorityDecision decide_authority(const VerifiedTimestamp& stamp, const TrustPolicy& policy);

// What a signer's stamps come to.
struct StampedTime {
  std::optional<Instant> time;  // that every one of its signatures existed; empty: not proven
  std::string trusted_by;
  Issues issues;  // about each stamp
};

// `stamps` holds those of each signature of the signer. Of one signature the earliest trusted stamp within
// the signer's validity counts; of several signatures the latest of these, and nothing if one has none.
[[nodiscard]] StampedTime stamped_time(const SignerEvidence& evidence, const TrustPolicy& policy);

}  // namespace certstore
