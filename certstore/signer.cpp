#include "certstore/signer.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/raw_signature.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#include <array>

namespace certstore {

Signer::Signer(PrivateKey key, Certificate certificate, std::vector<Certificate> chain)
    : key_(std::move(key)), identity_(std::move(certificate)), chain_(std::move(chain)) {
  if (!key_.matches(*identity_.certificate())) {
    throw Error(ErrorKind::key,
                "the private key is not that of the certificate " + in_quotes(identity_.subject()),
                "name the key and the certificate that belong together");
  }
}

Signer::Signer(PrivateKey key, BareKey bare_key) : key_(std::move(key)), identity_(std::move(bare_key)) {
  if (key_.public_key_sha256() != identity_.public_key_sha256()) {
    throw Error(ErrorKind::key, "the private key is not that of " + in_quotes(identity_.subject()));
  }
}

Bytes Signer::sign_rsa(DigestAlgorithm algorithm, ByteView message_digest) const {
  if (key_.kind() != KeyKind::rsa) {
    throw Error(ErrorKind::key,
                "an RSA signature needs an RSA key, this one is " + std::string(name_of(key_.kind())));
  }
  const openssl::KeyContext context(EVP_PKEY_CTX_new(key_.openssl(), nullptr));
  if (!context) openssl::throw_error("making a signing context");
  openssl::require(EVP_PKEY_sign_init(context.get()), "starting a signature");
  openssl::require(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING), "choosing PKCS#1 v1.5");
  openssl::require(EVP_PKEY_CTX_set_signature_md(context.get(), evp(algorithm)), "choosing the digest");
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key_.openssl()));
  Bytes signature(size);
  openssl::require(
      EVP_PKEY_sign(context.get(), signature.data(), &size, message_digest.data(), message_digest.size()),
      "signing");
  signature.resize(size);
  return signature;
}

openssl::DigestContext Signer::start(DigestAlgorithm algorithm) const {
  openssl::DigestContext context(EVP_MD_CTX_new());
  if (!context) openssl::throw_error("making a signing context");
  EVP_PKEY_CTX* borrowed = nullptr;
  const EVP_MD* const digest = key_.kind() == KeyKind::ed25519 ? nullptr : evp(algorithm);
  bool takes = EVP_DigestSignInit(context.get(), &borrowed, digest, nullptr, key_.openssl()) == 1;
  if (takes && key_.kind() == KeyKind::rsa_pss) {
    takes = EVP_PKEY_CTX_set_rsa_pss_saltlen(borrowed, RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  if (takes) return context;
  openssl::clear_errors();
  throw Error(ErrorKind::key,
              "the key of " + in_quotes(identity_.subject()) + " (" + std::string(name_of(key_.kind())) +
                  ") cannot be used with " + std::string(name_of(algorithm)),
              "choose the digest that the key was made for");
}

Bytes Signer::sign(DigestAlgorithm algorithm, ByteView message) const {
  return sign_message(start(algorithm), message);
}

Bytes Signer::signature_algorithm(DigestAlgorithm algorithm) const {
  const openssl::DigestContext context = start(algorithm);
  constexpr std::size_t kIdentifierSize = 128;  // that of RSA-PSS, the longest, has 67 bytes
  Bytes identifier(kIdentifierSize);
  std::array<OSSL_PARAM, 2> wanted = {OSSL_PARAM_construct_octet_string(OSSL_SIGNATURE_PARAM_ALGORITHM_ID,
                                                                        identifier.data(), identifier.size()),
                                      OSSL_PARAM_construct_end()};
  openssl::require(EVP_PKEY_CTX_get_params(EVP_MD_CTX_get_pkey_ctx(context.get()), wanted.data()),
                   "naming a signature algorithm");
  identifier.resize(wanted[0].return_size);
  return identifier;
}

DigestAlgorithm Signer::usual_digest() const {
  if (key_.kind() == KeyKind::ed25519) return DigestAlgorithm::sha512;
  if (key_.kind() == KeyKind::ec) {
    return key_.bits() > 256 ? DigestAlgorithm::sha384 : DigestAlgorithm::sha256;
  }
  int nid = NID_undef;
  // 2: no other is possible.
  if (EVP_PKEY_get_default_digest_nid(key_.openssl(), &nid) != 2) return DigestAlgorithm::sha256;
  constexpr std::array<std::pair<int, DigestAlgorithm>, 3> kTied = {{{NID_sha256, DigestAlgorithm::sha256},
                                                                     {NID_sha384, DigestAlgorithm::sha384},
                                                                     {NID_sha512, DigestAlgorithm::sha512}}};
  for (const auto& [tied, algorithm] : kTied) {
    if (nid == tied) return algorithm;
  }
  throw Error(ErrorKind::key, "the key of " + in_quotes(identity_.subject()) +
                                  " is tied to a digest with which nothing is signed here");
}

}  // namespace certstore
