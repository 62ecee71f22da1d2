// Whether a signer is trusted, and what speaks against it: the decision apart from the package. Findings
// only; the verdict is made of them in verifier/report.h.
#pragma once

#include "certstore/base/issue.h"
#include "certstore/certificate_path.h"
#include "certstore/crl_rules.h"
#include "certstore/signer_identity.h"
#include "certstore/timestamp.h"
#include "certstore/trust_record.h"

#include <map>
#include <set>
#include <string>

namespace certstore {

// What is known of one signer of one package.
struct SignerEvidence {
  SignerIdentity identity;
  std::vector<Certificate> offered;     // certificates in the package, for building a chain
  std::set<DigestAlgorithm> digests;    // of its signatures
  std::string package_name;             // from signed bytes; empty where the format signs no name
  bool bound = false;                   // the set of entries is bound
  std::optional<std::uint64_t> serial;  // of the seal
  // The checked time stamps of each of its signatures; a signature without any has an empty one.
  std::vector<std::vector<VerifiedTimestamp>> stamps;
};

// The rules of one run: what the store says and what the command line adds.
struct TrustPolicy {
  std::vector<TrustRecord> records;
  std::vector<SignerIdentity> trusted;         // --trust
  std::set<std::string> allowed;               // --allow-weak, for every trusted signer
  std::vector<AllowedWeakness> allowed_until;  // by a policy file, likewise
  std::set<Sha256> public_keys_known;          // --bad-keys, beside the built-in list
  // Highest accepted seal serial by (signer's fingerprint, package name), from the store.
  std::map<std::pair<Sha256, std::string>, std::uint64_t> highest_serials;
  PathRules path;  // of certificates that a CA issued
  CrlPolicy crls;
  Instant at;     // the time that counts
  Instant now{};  // the clock, where `at` may lie before it: what is retired by now stays retired
};

struct TrustDecision {
  bool trusted = false;
  bool known_before = false;          // some record names this signer or his key, whatever it says
  std::string trusted_by;             // "--trust" or "record 3f2a…", empty if not trusted
  std::optional<Instant> stamped_at;  // proven by time stamps: dates and retirement are judged as of then
  std::string stamped_by;             // who trusts the authority, as trusted_by
  std::set<std::string> weaknesses;   // names of those found that nobody allows
  Issues issues;  // every finding about this signer, of which the effects count as report.h says
};

// Collects all reasons; trusted if and only if a record in force (use package, scope, dates) or --trust names
// the signer, his key, or a CA that issued his certificate by a sound path (RFC 5280 6), and neither retires
// him.
[[nodiscard]] TrustDecision decide(const SignerEvidence& evidence, const TrustPolicy& policy);

// The record that pins exactly these bytes, if one is in force.
[[nodiscard]] const TrustRecord* find_content_pin(const TrustPolicy& policy, const Sha256& file);
[[nodiscard]] bool any_content_pin(const TrustPolicy& policy);

}  // namespace certstore
