#include "certstore/key.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/public_key.h"

#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>

namespace certstore {
namespace {

openssl::Key make_rsa_pss(int bits) {
  constexpr int kSaltSize = 32;
  const openssl::KeyContext context(EVP_PKEY_CTX_new_id(EVP_PKEY_RSA_PSS, nullptr));
  if (!context) openssl::throw_error("making an RSA-PSS key");
  openssl::require(EVP_PKEY_keygen_init(context.get()), "making an RSA-PSS key");
  openssl::require(EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), bits), "choosing the size of a key");
  const EVP_MD* const sha256 = evp(DigestAlgorithm::sha256);
  openssl::require(EVP_PKEY_CTX_set_rsa_pss_keygen_md(context.get(), sha256), "choosing the digest");
  openssl::require(EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(context.get(), sha256), "choosing the digest");
  openssl::require(EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(context.get(), kSaltSize), "choosing the salt");
  EVP_PKEY* made = nullptr;
  openssl::require(EVP_PKEY_generate(context.get(), &made), "making an RSA-PSS key");
  return openssl::Key(made);
}

}  // namespace

PrivateKey PrivateKey::make(std::string_view kind) {
  openssl::Key key;
  if (kind == "rsa-2048") return make_rsa(2048);
  if (kind == "rsa-3072") return make_rsa(3072);
  if (kind == "rsa-4096") return make_rsa(4096);
  if (kind == "rsa-pss-2048") return PrivateKey(make_rsa_pss(2048));
  if (kind == "rsa-pss-3072") return PrivateKey(make_rsa_pss(3072));
  if (kind == "rsa-pss-4096") return PrivateKey(make_rsa_pss(4096));
  if (kind == "p-256") key.reset(EVP_EC_gen("P-256"));
  if (kind == "p-384") key.reset(EVP_EC_gen("P-384"));
  if (kind == "ed25519") key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (key) return PrivateKey(std::move(key));
  if (std::find(kNewKeys.begin(), kNewKeys.end(), kind) != kNewKeys.end())
    openssl::throw_error("making a key");
  throw Error(ErrorKind::usage, in_quotes(kind) + " is no kind of key that can be made here");
}

PrivateKey PrivateKey::make_rsa(int bits) {
  if (bits != 2048 && bits != 3072 && bits != 4096) {
    throw Error(ErrorKind::usage, "an RSA key has 2048, 3072 or 4096 bits");
  }
  openssl::Key key(EVP_RSA_gen(static_cast<unsigned>(bits)));
  if (!key) openssl::throw_error("making an RSA key");
  return PrivateKey(std::move(key));
}

PrivateKey PrivateKey::from_pkcs8(ByteView der, std::string_view what) {
  const unsigned char* position = der.data();
  const openssl::Pkcs8 info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &position, static_cast<long>(der.size())));
  openssl::Key key(info ? EVP_PKCS82PKEY(info.get()) : nullptr);
  openssl::clear_errors();
  if (!key) throw Error(ErrorKind::key, in_quotes(what) + " is not a private key (PKCS#8)");
  return PrivateKey(std::move(key));
}

SecretBytes PrivateKey::to_pkcs8() const {
  const openssl::Pkcs8 info(EVP_PKEY2PKCS8(key_.get()));
  const int size = info ? i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr) : -1;
  if (size <= 0) openssl::throw_error("writing a private key");
  SecretBytes der(static_cast<std::size_t>(size));
  unsigned char* position = der.writable().data();
  if (i2d_PKCS8_PRIV_KEY_INFO(info.get(), &position) != size) openssl::throw_error("writing a private key");
  return der;
}

KeyKind PrivateKey::kind() const {
  return public_key::kind_of(key_.get());
}

int PrivateKey::bits() const {
  return EVP_PKEY_get_bits(key_.get());
}

Sha256 PrivateKey::public_key_sha256() const {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &der);
  if (size <= 0) openssl::throw_error("writing a public key");
  const Sha256 value = sha256({der, static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return value;
}

bool PrivateKey::matches(const Certificate& certificate) const {
  const EVP_PKEY* const other = X509_get0_pubkey(certificate.openssl());
  const bool equal = other != nullptr && EVP_PKEY_eq(key_.get(), other) == 1;
  openssl::clear_errors();
  return equal;
}

const EVP_MD* PrivateKey::document_digest() const {
  switch (kind()) {
    case KeyKind::ed25519:
      return nullptr;
    case KeyKind::ec:
      // RFC 5758 3.2 pairs them by strength.
      return evp(bits() > 256 ? DigestAlgorithm::sha384 : DigestAlgorithm::sha256);
    case KeyKind::rsa:
    case KeyKind::rsa_pss:
    case KeyKind::dsa:
    case KeyKind::other:
      return evp(DigestAlgorithm::sha256);
  }
  throw Error(ErrorKind::internal, "a key kind without a case");
}

}  // namespace certstore
