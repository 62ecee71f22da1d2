#include "certstore/raw_signature.h"

namespace certstore {
namespace {

// RFC 8032: Ed25519 takes the message itself.
const EVP_MD* digest_for(KeyKind kind) {
  return kind == KeyKind::ed25519 ? nullptr : evp(DigestAlgorithm::sha256);
}

}  // namespace

Bytes sign_message(const PrivateKey& key, ByteView message) {
  const openssl::DigestContext context(EVP_MD_CTX_new());
  if (!context) openssl::throw_error("making a signing context");
  openssl::require(EVP_DigestSignInit(context.get(), nullptr, digest_for(key.kind()), nullptr, key.openssl()),
                   "starting a signature");
  return sign_message(context, message);
}

Bytes sign_message(const openssl::DigestContext& ready, ByteView message) {
  std::size_t size = 0;
  openssl::require(EVP_DigestSign(ready.get(), nullptr, &size, message.data(), message.size()), "signing");
  Bytes signature(size);
  openssl::require(EVP_DigestSign(ready.get(), signature.data(), &size, message.data(), message.size()),
                   "signing");
  signature.resize(size);
  return signature;
}

bool checks_message(const Certificate& certificate, ByteView message, ByteView signature) {
  const openssl::DigestContext context(EVP_MD_CTX_new());
  if (!context) openssl::throw_error("making a checking context");
  EVP_PKEY* const key = X509_get0_pubkey(certificate.openssl());
  const bool good =
      key != nullptr &&
      EVP_DigestVerifyInit(context.get(), nullptr, digest_for(certificate.key_kind()), nullptr, key) == 1 &&
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) ==
          1;
  openssl::clear_errors();
  return good;
}

bool checks_ecdsa_signature(const Certificate& certificate, DigestAlgorithm algorithm,
                            ByteView message_digest, ByteView signature) {
  if (certificate.key_kind() != KeyKind::ec || !certificate.key_unsoundness().empty()) return false;
  const openssl::KeyContext context(EVP_PKEY_CTX_new(X509_get0_pubkey(certificate.openssl()), nullptr));
  if (!context) openssl::throw_error("making a verification context");
  openssl::require(EVP_PKEY_verify_init(context.get()), "starting a verification");
  openssl::require(EVP_PKEY_CTX_set_signature_md(context.get(), evp(algorithm)), "choosing the digest");
  const bool good = EVP_PKEY_verify(context.get(), signature.data(), signature.size(), message_digest.data(),
                                    message_digest.size()) == 1;
  openssl::clear_errors();
  return good;
}

}  // namespace certstore
