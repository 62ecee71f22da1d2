// Making detached SignedData (RFC 5652): one signer over the digest of a content, which is never here.
#pragma once

#include "certstore/base/time.h"
#include "certstore/cms.h"
#include "certstore/signer.h"

namespace certstore::cms {

struct Signing {
  DigestAlgorithm digest;  // Signer::usual_digest(), or a stronger one that the key takes
  ByteView content_digest;
  Instant time;
  std::string_view content_type = kData;
  std::string_view context = {};         // as kContext; empty for a file
  std::optional<ByteView> content = {};  // put into the file; empty: detached
  bool carries_certificates = true;      // the signer's and its chain
};

// Returns DER that check() takes. Throws Error(key) for a digest that the key cannot sign with (MD5 and SHA-1
// for any, all but SHA-512 for Ed25519, all but its own for an RSA-PSS key that is tied to one).
[[nodiscard]] Bytes create(const Signer& signer, const Signing& signing);

// Adds a further signer over the same content, which `signing` describes as for create(), to a file in DER.
// Throws Error(malformed) unless it is SignedData of that content type, otherwise as create().
[[nodiscard]] Bytes add_signer(ByteView file, const Signer& signer, const Signing& signing);

// Adds an attribute, `value` in DER, to those of the signer with that number that are not signed. Throws
// Error(malformed) where there is no such signer.
[[nodiscard]] Bytes add_unsigned_attribute(ByteView file, std::size_t signer, std::string_view type,
                                           ByteView value);

// The DER (or BER) of a file that may be PEM. Throws Error(malformed) naming `what`.
[[nodiscard]] Bytes der_of(ByteView file, std::string_view what);

[[nodiscard]] std::string to_pem(ByteView signed_data);

}  // namespace certstore::cms
