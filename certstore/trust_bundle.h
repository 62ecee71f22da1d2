// A trust bundle: what an organisation trusts and retires, its revocation lists and its policy, in one file
// with a number and an end, signed by k of n statement keys (docs/bundles.md). Reading it proves who signed
// it; whether those may speak here is for require_acceptable().
#pragma once

#include "certstore/crl_record.h"
#include "certstore/signer.h"
#include "certstore/trust_record.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace certstore {

// What its signatures are for (cms.h): none can be shown as one over a file, or over another document.
inline constexpr std::string_view kBundleContext = "pkgtrust bundle 1";

struct TrustBundle {
  std::string name;  // of the series: versions of one name follow each other
  std::uint64_t version = 0;
  Instant made{};
  Instant expires{};
  unsigned threshold = 1;         // so many of `keys` must have signed
  std::vector<Certificate> keys;  // of statement keys, each key once
  std::vector<TrustRecord> records;
  std::vector<CrlRecord> crls;
  std::optional<std::string> policy;  // the text of a policy file
};

struct SignedBundle {
  TrustBundle bundle;
  std::vector<Certificate> signers;  // each key once; also ones that `bundle.keys` does not name
  Sha256 document{};                 // of what they signed
};

// Who may speak here, and what is too old.
struct BundleRoot {
  std::vector<Sha256> keys;         // of certificates, or of their public keys
  std::size_t threshold = 1;        // so many of them must have signed
  std::uint64_t least_version = 0;  // against rollback
  std::vector<Sha256> retired;      // keys that sign nothing any more, by certificate or public key
  Instant now{};
};

// The document that is signed. Throws Error(usage) for a bundle that contradicts itself: no name, version 0
// or one that nothing could follow, an end before its beginning, a threshold that its keys cannot reach, a
// key twice or of another kind, a record that follows from a succession.
[[nodiscard]] Bytes write_bundle(const TrustBundle& bundle);
// Reads such a document without signatures. Throws Error(malformed) naming `what` for any other spelling.
[[nodiscard]] TrustBundle read_bundle(ByteView document, std::string_view what);

// Whether nobody has signed the file yet: by its first byte, which is that of a document.
[[nodiscard]] bool is_bundle_draft(ByteView file);
// `file` is a document, or one that others have signed: returns it in DER with one signature more. Throws
// Error(key) for a key that is no statement key, Error(usage) where it has signed already, Error(malformed).
[[nodiscard]] Bytes sign_bundle(ByteView file, std::string_view what, const Signer& signer, Instant time);

// Throws Error(malformed) unless it is exactly such a file and every signature on it is good, made for this,
// and by a statement key.
[[nodiscard]] SignedBundle read_signed_bundle(ByteView file, std::string_view what);

// Returns if and only if enough of the root's keys and enough of its own have signed it, it is not older than
// the root allows, and has not ended. Throws Error(exposed_key), Error(untrusted), Error(policy),
// Error(dates).
void require_acceptable(const SignedBundle& bundle, const BundleRoot& root);

// Its records as they hold on a machine: none outlives the bundle but retirements; with ids.
[[nodiscard]] std::vector<TrustRecord> records_in_force(const TrustBundle& bundle);

}  // namespace certstore
