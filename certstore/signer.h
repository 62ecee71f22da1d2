// Who signs: a certificate with its chain and the means to sign a digest. Nothing outside certstore assumes
// that key bytes exist. May be used by many threads at once.
#pragma once

#include "certstore/certificate.h"
#include "certstore/key.h"

namespace certstore {

class Signer {
 public:
  // Throws Error(key) unless the key is that of the certificate.
  Signer(PrivateKey key, Certificate certificate, std::vector<Certificate> chain);
  [[nodiscard]] const Certificate& certificate() const { return certificate_; }
  [[nodiscard]] const std::vector<Certificate>& chain() const { return chain_; }
  // RSASSA-PKCS1-v1_5 (RFC 8017 8.2.1) over a message with that digest.
  [[nodiscard]] Bytes sign_rsa(DigestAlgorithm algorithm, ByteView message_digest) const;

 private:
  PrivateKey key_;
  Certificate certificate_;
  std::vector<Certificate> chain_;
};

}  // namespace certstore
