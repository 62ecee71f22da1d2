#include "certstore/signer.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

#include <openssl/rsa.h>

namespace certstore {

Signer::Signer(PrivateKey key, Certificate certificate, std::vector<Certificate> chain)
    : key_(std::move(key)), certificate_(std::move(certificate)), chain_(std::move(chain)) {
  if (!key_.matches(certificate_)) {
    throw Error(ErrorKind::key,
                "the private key is not that of the certificate " + in_quotes(certificate_.subject()),
                "name the key and the certificate that belong together");
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

}  // namespace certstore
