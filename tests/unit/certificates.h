// Keys and certificates for tests, made by OpenSSL directly so that our own maker is not its own judge.
#pragma once

#include "certstore/certificate.h"
#include "certstore/key.h"
#include "certstore/openssl.h"

#include <openssl/dsa.h>
#include <openssl/x509v3.h>

#include <map>
#include <string>

namespace tests {

using certstore::Certificate;
using certstore::Instant;
using certstore::PrivateKey;

struct CertificateWish {
  std::string common_name = "Test Signer";
  Instant not_before = certstore::parse_instant("2020-01-01");
  Instant not_after = certstore::parse_instant("2040-01-01");
  std::map<int, std::string> extensions;  // NID to OpenSSL's configuration text
};

// One RSA-2048 key for each name, made once a process: making one takes longer than most tests.
inline const PrivateKey& key_named(const std::string& name) {
  static std::map<std::string, PrivateKey> keys;
  const auto found = keys.find(name);
  return found != keys.end() ? found->second : keys.emplace(name, PrivateKey::make_rsa(2048)).first->second;
}

// Not sound: its exponent is 3.
inline certstore::openssl::Key rsa_key_with_exponent_three() {
  const certstore::openssl::KeyContext context(EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nullptr));
  const certstore::openssl::Bignum three(BN_new());
  BN_set_word(three.get(), 3);
  EVP_PKEY* made = nullptr;
  EVP_PKEY_keygen_init(context.get());
  EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), three.get());
  EVP_PKEY_keygen(context.get(), &made);
  return certstore::openssl::Key(made);
}

// "RSA" or "DSA", of 1024 bits: sound, and weak.
inline certstore::openssl::Key short_key(const std::string& kind) {
  EVP_PKEY* made = nullptr;
  if (kind == "RSA") {
    return certstore::openssl::Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024}));
  }
  const certstore::openssl::KeyContext terms(EVP_PKEY_CTX_new_from_name(nullptr, kind.c_str(), nullptr));
  EVP_PKEY_paramgen_init(terms.get());
  EVP_PKEY_CTX_set_dsa_paramgen_bits(terms.get(), 1024);
  EVP_PKEY_paramgen(terms.get(), &made);
  const certstore::openssl::Key parameters(made);
  const certstore::openssl::KeyContext context(EVP_PKEY_CTX_new(made, nullptr));
  made = nullptr;
  EVP_PKEY_keygen_init(context.get());
  EVP_PKEY_keygen(context.get(), &made);
  return certstore::openssl::Key(made);
}

// Issued by `issuer` (null: self-signed) with its key.
inline Certificate make_certificate(const CertificateWish& wish, EVP_PKEY* key, const Certificate* issuer,
                                    EVP_PKEY* issuer_key, const EVP_MD* digest = EVP_sha256()) {
  const certstore::openssl::X509Certificate made(X509_new());
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), static_cast<long>(wish.common_name.size()) + 1);
  X509_NAME* const name = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(wish.common_name.c_str()), -1, -1, 0);
  X509_set_issuer_name(made.get(), issuer == nullptr ? name : X509_get_subject_name(issuer->openssl()));
  ASN1_TIME_set(X509_getm_notBefore(made.get()), wish.not_before.time_since_epoch().count());
  ASN1_TIME_set(X509_getm_notAfter(made.get()), wish.not_after.time_since_epoch().count());
  X509_set_pubkey(made.get(), key);
  for (const auto& [nid, text] : wish.extensions) {
    const certstore::openssl::Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, nid, text.c_str()));
    X509_add_ext(made.get(), extension.get(), -1);
  }
  X509_sign(made.get(), issuer_key, digest);
  unsigned char* der = nullptr;
  const int size = i2d_X509(made.get(), &der);
  const certstore::Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return Certificate::from_der(bytes, wish.common_name);
}

inline Certificate make_self_signed_certificate(const CertificateWish& wish) {
  EVP_PKEY* const key = key_named(wish.common_name).openssl();
  return make_certificate(wish, key, nullptr, key);
}

}  // namespace tests
