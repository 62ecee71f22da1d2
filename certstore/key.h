// Private keys inside OpenSSL, made in its secure heap; they leave only as PKCS#8 in locked memory.
#pragma once

#include "certstore/base/secret.h"
#include "certstore/certificate.h"

#include <functional>

namespace certstore {

class PrivateKey {
 public:
  // Makes an RSA key of 2048, 3072 or 4096 bits, e = 65537; throws Error(usage) for other sizes.
  static PrivateKey make_rsa(int bits);
  // Reads unencrypted PKCS#8 DER; throws Error(key) naming `what`.
  static PrivateKey from_pkcs8(ByteView der, std::string_view what);
  // Reads a PEM private key (PKCS#8, encrypted PKCS#8, traditional). `passphrase` is called only if the key
  // is encrypted. Throws Error(key) or Error(passphrase).
  static PrivateKey from_pem(ByteView pem, std::string_view what,
                             const std::function<SecretBytes()>& passphrase);

  [[nodiscard]] SecretBytes to_pkcs8() const;
  [[nodiscard]] KeyKind kind() const;
  [[nodiscard]] int bits() const;
  [[nodiscard]] Sha256 public_key_sha256() const;
  [[nodiscard]] bool matches(const Certificate& certificate) const;
  // Borrowed; for calls into OpenSSL inside certstore.
  [[nodiscard]] EVP_PKEY* openssl() const { return key_.get(); }

 private:
  explicit PrivateKey(openssl::Key key) : key_(std::move(key)) {}
  openssl::Key key_;
};

}  // namespace certstore
