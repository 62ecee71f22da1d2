#include "certstore/key_export.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include <algorithm>

namespace certstore {
namespace {

constexpr int kSaltSize = 16;

// OpenSSL takes this one as a C string.
SecretBytes with_final_zero(const SecretBytes& passphrase) {
  const ByteView bytes = passphrase.view();
  if (std::ranges::find(bytes, 0) != bytes.end() || !is_utf8(as_text(bytes))) {
    throw Error(ErrorKind::passphrase, "a PKCS#12 file cannot have this passphrase: it is not UTF-8 text");
  }
  SecretBytes text(passphrase.size() + 1);
  std::ranges::copy(bytes, text.writable().begin());
  return text;
}

Bytes der_of(const PKCS12* keystore) {
  unsigned char* der = nullptr;
  const int size = i2d_PKCS12(keystore, &der);
  if (size <= 0) openssl::throw_error("writing PKCS#12");
  Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

}  // namespace

Bytes to_encrypted_pem(const PrivateKey& key, const SecretBytes& passphrase) {
  const openssl::Pkcs8 info(EVP_PKEY2PKCS8(key.openssl()));
  if (!info) openssl::throw_error("writing a private key");
  openssl::Algorithm algorithm(
      PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), kExportRounds, nullptr, kSaltSize, nullptr, NID_hmacWithSHA256));
  if (!algorithm) openssl::throw_error("choosing PBES2");
  const auto* const text = reinterpret_cast<const char*>(passphrase.view().data());
  const openssl::EncryptedKey sealed(
      PKCS8_set0_pbe(text, static_cast<int>(passphrase.size()), info.get(), algorithm.get()));
  if (!sealed) openssl::throw_error("encrypting a private key");
  static_cast<void>(algorithm.release());  // now part of `sealed`
  const openssl::Bio memory(BIO_new(BIO_s_mem()));
  if (!memory) openssl::throw_error("writing PEM");
  openssl::require(PEM_write_bio_PKCS8(memory.get(), sealed.get()), "writing PEM");
  const char* pem = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &pem);
  return {pem, pem + size};
}

Bytes to_pkcs12(const PrivateKey& key, const std::vector<Certificate>& certificates,
                const SecretBytes& passphrase, const Pkcs12Terms& terms) {
  const SecretBytes secret = with_final_zero(passphrase);
  const auto* const text = reinterpret_cast<const char*>(secret.view().data());
  const openssl::CertificateStack chain(sk_X509_new_null());
  if (!chain) openssl::throw_error("making a certificate stack");
  for (std::size_t i = 1; i < certificates.size(); ++i) {
    if (sk_X509_push(chain.get(), certificates[i].openssl()) <= 0)
      openssl::throw_error("filling a certificate stack");
  }
  const int cipher = terms.legacy ? NID_pbe_WithSHA1And3_Key_TripleDES_CBC : NID_aes_256_cbc;
  const int rounds = terms.legacy ? kLegacyExportRounds : kExportRounds;
  // mac_iter -1: the MAC is made below, with a digest that is chosen and not OpenSSL's of the day.
  const openssl::Pkcs12 keystore(PKCS12_create(text, terms.alias.c_str(), key.openssl(),
                                               certificates.at(0).openssl(), chain.get(), cipher, cipher,
                                               rounds, -1, 0));
  if (!keystore) openssl::throw_error("making PKCS#12");
  openssl::require(PKCS12_set_mac(keystore.get(), text, static_cast<int>(passphrase.size()), nullptr,
                                  kSaltSize, rounds, terms.legacy ? EVP_sha1() : EVP_sha256()),
                   "making the MAC of PKCS#12");
  return der_of(keystore.get());
}

}  // namespace certstore
