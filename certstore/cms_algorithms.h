// The algorithm identifiers of CMS signatures, as values.
#pragma once

#include "certstore/cms.h"
#include "certstore/cms_asn1.h"

namespace certstore::cms {

// "sha256" or the dotted number, for messages.
[[nodiscard]] std::string name_of_algorithm(const X509_ALGOR* algorithm);

// Empty for one that is not known here, or with parameters other than NULL.
[[nodiscard]] std::optional<DigestAlgorithm> digest_of(const X509_ALGOR* algorithm);

// A signature algorithm: the scheme, and the digest and the salt where it names them.
struct SignatureAlgorithm {
  Scheme scheme;
  std::optional<DigestAlgorithm> digest;  // empty: that of the SignerInfo, as with rsaEncryption
  int salt = 0;                           // RSA-PSS
};
// Empty for one that is not known here, or with parameters that the standard does not have.
[[nodiscard]] std::optional<SignatureAlgorithm> signature_algorithm_of(const X509_ALGOR* algorithm);

// Whether a key of that kind can have made such a signature.
[[nodiscard]] bool key_fits(KeyKind kind, Scheme scheme);

// Whether `signature` is of a message with that digest by that key. Ed25519 takes the message itself.
struct Signed {
  DigestAlgorithm digest;
  std::optional<ByteView> message;  // empty: only its digest is known
  ByteView message_digest;
};
[[nodiscard]] bool checks(const Certificate& certificate, const SignatureAlgorithm& algorithm,
                          const Signed& what, ByteView signature);

}  // namespace certstore::cms
