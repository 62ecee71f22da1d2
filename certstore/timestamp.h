// Time stamp tokens (RFC 3161): what one proves about one signature. Whether its authority is trusted is
// decided in timestamp_trust.h.
#pragma once

#include "certstore/base/time.h"
#include "certstore/certificate.h"
#include "certstore/timestamp_request.h"

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace certstore {

// The unsigned attribute of a SignerInfo that holds a token (RFC 3161 appendix A).
inline constexpr std::string_view kTimestampAttribute = "1.2.840.113549.1.9.16.2.14";

// A token over a signature value, checked: only check_timestamp() makes one.
class VerifiedTimestamp {
 public:
  [[nodiscard]] Instant time() const { return time_; }
  [[nodiscard]] const Certificate& authority() const { return authority_; }
  // The certificates in the token, for building the authority's chain.
  [[nodiscard]] const std::vector<Certificate>& offered() const { return offered_; }
  // Those on which the proof hangs: of the imprint and of the authority's signature.
  [[nodiscard]] const std::set<DigestAlgorithm>& digests() const { return digests_; }
  [[nodiscard]] const std::string& policy() const { return policy_; }  // dotted
  [[nodiscard]] const std::string& serial_hex() const { return serial_hex_; }

 private:
  friend class TimestampCheck;
  VerifiedTimestamp(Instant time, Certificate authority) : time_(time), authority_(std::move(authority)) {}
  Instant time_;
  Certificate authority_;
  std::vector<Certificate> offered_;
  std::set<DigestAlgorithm> digests_;
  std::string policy_;
  std::string serial_hex_;
};

struct TimestampQuestion {
  ByteView signature;                            // that the token must be for
  ByteView imprint = {};                         // or its digest, where only that is known
  const TimestampRequest* request = nullptr;     // what we asked: then nonce and policy must be its
  std::span<const Certificate> candidates = {};  // certificates known beside those in the token
};

// The proof, or why the token proves nothing: one lower-case sentence, untrusted text in it escaped.
using TimestampAnswer = std::variant<VerifiedTimestamp, std::string>;

// Returns the proof if and only if every rule of docs/formats/timestamp.md holds: one signer whose signature
// is good and who is bound by signingCertificate, imprint, nonce and policy, a certificate for time stamping
// alone, valid at the time.
[[nodiscard]] TimestampAnswer check_timestamp(ByteView token, const TimestampQuestion& question);

}  // namespace certstore
