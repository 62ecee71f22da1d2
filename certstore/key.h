// Private keys inside OpenSSL, made in its secure heap; they leave only as PKCS#8 in locked memory.
#pragma once

#include "certstore/base/secret.h"
#include "certstore/certificate.h"

#include <array>

namespace certstore {

// What a new key can be, the default first: the words of `init --key`.
inline constexpr std::array<std::string_view, 9> kNewKeys = {"rsa-3072",     "rsa-2048",     "rsa-4096",
                                                             "rsa-pss-3072", "rsa-pss-2048", "rsa-pss-4096",
                                                             "p-256",        "p-384",        "ed25519"};

class PrivateKey {
 public:
  // Makes an RSA key of 2048, 3072 or 4096 bits, e = 65537; throws Error(usage) for other sizes.
  static PrivateKey make_rsa(int bits);
  // Makes a key of that kind, a word of kNewKeys; throws Error(usage) for any other. An RSA-PSS key is tied
  // to SHA-256 with a salt of 32 bytes (RFC 4055 3.1), so that no program can sign otherwise with it.
  static PrivateKey make(std::string_view kind);
  // Takes a key that certstore read or made; not null, with its private part.
  static PrivateKey from_openssl(openssl::Key key) { return PrivateKey(std::move(key)); }
  // Reads unencrypted PKCS#8 DER; throws Error(key) naming `what`.
  static PrivateKey from_pkcs8(ByteView der, std::string_view what);

  [[nodiscard]] SecretBytes to_pkcs8() const;
  [[nodiscard]] KeyKind kind() const;
  [[nodiscard]] int bits() const;
  [[nodiscard]] Sha256 public_key_sha256() const;
  [[nodiscard]] bool matches(const Certificate& certificate) const;
  // The digest with which X.509 documents are signed by this key: SHA-256; SHA-384 for a P-384 key; null for
  // Ed25519, which has its own (RFC 8410).
  [[nodiscard]] const EVP_MD* document_digest() const;
  // Borrowed; for calls into OpenSSL inside certstore.
  [[nodiscard]] EVP_PKEY* openssl() const { return key_.get(); }

 private:
  explicit PrivateKey(openssl::Key key) : key_(std::move(key)) {}
  openssl::Key key_;
};

}  // namespace certstore
