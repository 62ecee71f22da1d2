#include "certstore/test_signature.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

#include <sodium.h>

namespace certstore {
namespace {

// The prefix keeps the bytes from being anything that somebody verifies.
Bytes test_message() {
  Bytes message(32);
  randombytes_buf(message.data(), message.size());
  Bytes whole;
  append(whole, as_bytes("pkgtrust test signature, says nothing\n"));
  append(whole, message);
  return whole;
}

// RFC 8032: Ed25519 takes the message itself.
const EVP_MD* digest_for(KeyKind kind) {
  return kind == KeyKind::ed25519 ? nullptr : evp(DigestAlgorithm::sha256);
}

Bytes sign(const PrivateKey& key, ByteView message) {
  const openssl::DigestContext context(EVP_MD_CTX_new());
  if (!context) openssl::throw_error("making a signing context");
  openssl::require(EVP_DigestSignInit(context.get(), nullptr, digest_for(key.kind()), nullptr, key.openssl()),
                   "starting a signature");
  std::size_t size = 0;
  openssl::require(EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()), "signing");
  Bytes signature(size);
  openssl::require(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()),
                   "signing");
  signature.resize(size);
  return signature;
}

bool checks(const Certificate& certificate, ByteView message, ByteView signature) {
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

}  // namespace

void require_signs(const PrivateKey& key, const Certificate& certificate, std::string_view what) {
  const Bytes message = test_message();
  if (key.matches(certificate) && checks(certificate, message, sign(key, message))) return;
  throw Error(ErrorKind::key, "the key of " + in_quotes(what) + " is not that of its certificate");
}

}  // namespace certstore
