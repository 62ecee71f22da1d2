// A succession: the holder of a key names the key that comes after it, and the holder of that one agrees. One
// CMS file with a small document, signed by both. What follows from it for a verifier: succession_rules.h.
#pragma once

#include "certstore/base/time.h"
#include "certstore/certificate.h"
#include "certstore/signer.h"
#include "certstore/timestamp_attach.h"

#include <optional>
#include <set>
#include <string>

namespace certstore {

// What both signatures are for (cms.h): neither can be shown as a signature over a file or over a package.
inline constexpr std::string_view kSuccessionContext = "pkgtrust succession 1";

struct SuccessionTerms {
  Instant made{};                      // in force from then on
  std::optional<Instant> until;        // the successor is trusted no longer than this
  std::optional<std::string> package;  // the successor is trusted for no other package
};

struct Succession {
  Certificate before;
  Certificate after;
  SuccessionTerms terms;
  std::set<DigestAlgorithm> digests;  // of both signatures
  Sha256 document{};                  // of the whole file
  CheckedStamps stamps = {};          // on the signature of the certificate before
};

// Returns the file, in DER, with a time stamp on each signature where `stamper` is not empty. Throws
// Error(key) where both have one key or either is a key with which nothing is signed here, Error(dates)
// unless both certificates are valid when it is made, Error(usage) for terms that contradict themselves.
[[nodiscard]] Bytes create_succession(const Signer& before, const Signer& after, const SuccessionTerms& terms,
                                      const Stamper& stamper = {});

// Reads DER or PEM. Throws Error(malformed) naming `what` unless it is exactly such a document, with exactly
// two signers, the two certificates that it names, and both signatures are good and made for this.
[[nodiscard]] Succession read_succession(ByteView file, std::string_view what);

}  // namespace certstore
