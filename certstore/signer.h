// Who signs: a certificate with its chain, or a bare key, and the means to sign a digest. Nothing outside
// certstore assumes that key bytes exist. May be used by many threads at once.
#pragma once

#include "certstore/key.h"
#include "certstore/signer_identity.h"

namespace certstore {

class Signer {
 public:
  // Throws Error(key) unless the key is that of the certificate.
  Signer(PrivateKey key, Certificate certificate, std::vector<Certificate> chain);
  // Throws Error(key) unless the private key is that of the bare one.
  Signer(PrivateKey key, BareKey bare_key);
  [[nodiscard]] const SignerIdentity& identity() const { return identity_; }
  // Throws Error(key) where there is none.
  [[nodiscard]] const Certificate& certificate() const { return certificate_of(identity_); }
  [[nodiscard]] const std::vector<Certificate>& chain() const { return chain_; }
  // RSASSA-PKCS1-v1_5 (RFC 8017 8.2.1) over a message with that digest.
  [[nodiscard]] Bytes sign_rsa(DigestAlgorithm algorithm, ByteView message_digest) const;

  // A signature over `message` by a key of any kind: PKCS#1 v1.5, RSA-PSS with a salt as long as the digest,
  // ECDSA, or Ed25519, which has its own digest (RFC 8032). Throws Error(key) for a digest that the key
  // cannot be used with.
  [[nodiscard]] Bytes sign(DigestAlgorithm algorithm, ByteView message) const;
  // The AlgorithmIdentifier of such a signature, DER. Throws likewise.
  [[nodiscard]] Bytes signature_algorithm(DigestAlgorithm algorithm) const;
  // The digest that the key is tied to (RFC 4055 3.1), else the one that its strength asks for: SHA-384 for
  // P-384, SHA-512 for Ed25519 (RFC 8419 3.1), SHA-256. Throws Error(key) for one that is not known here.
  [[nodiscard]] DigestAlgorithm usual_digest() const;

 private:
  PrivateKey key_;
  SignerIdentity identity_;
  std::vector<Certificate> chain_;

  [[nodiscard]] openssl::DigestContext start(DigestAlgorithm algorithm) const;
};

}  // namespace certstore
