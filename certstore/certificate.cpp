#include "certstore/certificate.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/public_key.h"
#include "certstore/x509_values.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <algorithm>

namespace certstore {
namespace {

Error malformed(std::string_view what, const std::string& reason) {
  return {ErrorKind::malformed, in_quotes(what) + " " + reason};
}

// OpenSSL also reads BER, in which one certificate has many forms, each with a fingerprint of its own: a
// retired one would come back as another.
bool is_der_of(X509* certificate, ByteView bytes) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  if (size <= 0) return false;
  const bool same = std::ranges::equal(ByteView(der, static_cast<std::size_t>(size)), bytes);
  OPENSSL_free(der);
  return same;
}

// A signature with zeros in front (RFC 8017 8.2.2 refuses it) is such a second form too.
bool has_padded_signature(const X509* certificate, const EVP_PKEY* key) {
  const ASN1_BIT_STRING* signature = nullptr;
  X509_get0_signature(&signature, nullptr, certificate);
  const bool own_rsa =
      key != nullptr && EVP_PKEY_is_a(key, "RSA") == 1 &&
      X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
  return own_rsa && signature->length > EVP_PKEY_get_size(key) && signature->data[0] == 0;
}

bool has_extension(const X509* certificate, const char* oid) {
  const openssl::Asn1Object object(OBJ_txt2obj(oid, 1));
  return object && X509_get_ext_by_OBJ(certificate, object.get(), -1) >= 0;
}

Sha256 public_key_digest(X509* certificate, std::string_view what) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (size <= 0) throw malformed(what, "has a public key that cannot be read");
  const Sha256 value = sha256({der, static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return value;
}

bool signed_by_itself(X509* certificate, EVP_PKEY* key) {
  if (key == nullptr ||
      X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) != 0) {
    return false;
  }
  const bool matches = X509_verify(certificate, key) == 1;
  openssl::clear_errors();
  return matches;
}

}  // namespace

std::string_view name_of(KeyKind kind) {
  switch (kind) {
    case KeyKind::rsa:
      return "RSA";
    case KeyKind::rsa_pss:
      return "RSA-PSS";
    case KeyKind::ec:
      return "EC";
    case KeyKind::ed25519:
      return "Ed25519";
    case KeyKind::dsa:
      return "DSA";
    case KeyKind::other:
      return "unknown";
  }
  throw Error(ErrorKind::internal, "a key kind without a case");
}

Certificate Certificate::from_der(ByteView der, std::string_view what) {
  if (der.size() > limits::kCertificateSize) throw malformed(what, "is too large for a certificate");
  const unsigned char* position = der.data();
  auto facts = std::make_shared<Facts>();
  facts->x509.reset(d2i_X509(nullptr, &position, static_cast<long>(der.size())));
  openssl::clear_errors();
  if (!facts->x509) throw malformed(what, "is not a DER certificate");
  if (position != der.data() + der.size()) throw malformed(what, "has bytes after the certificate");
  X509* const x509 = facts->x509.get();
  if (!is_der_of(x509, der)) throw malformed(what, "is a certificate in BER, not in DER");
  facts->der.assign(der.begin(), der.end());
  facts->sha256 = certstore::sha256(der);
  facts->public_key_sha256 = public_key_digest(x509, what);
  facts->subject = text_of(X509_get_subject_name(x509), what);
  facts->issuer = text_of(X509_get_issuer_name(x509), what);
  facts->serial_hex = hex_of(X509_get0_serialNumber(x509));
  facts->not_before = instant_of(X509_get0_notBefore(x509), what);
  facts->not_after = instant_of(X509_get0_notAfter(x509), what);
  EVP_PKEY* const key = X509_get0_pubkey(x509);
  if (has_padded_signature(x509, key)) throw malformed(what, "has a signature longer than its key");
  openssl::clear_errors();
  facts->key_kind = public_key::kind_of(key);
  facts->key_bits = key == nullptr ? 0 : EVP_PKEY_get_bits(key);
  facts->key_unsoundness = public_key::unsoundness_of(key);
  facts->self_signed = facts->key_unsoundness.empty() && signed_by_itself(x509, key);
  facts->promises_bound_packages = has_extension(x509, kAlwaysBoundOid);
  return Certificate(std::move(facts));
}

std::string Certificate::subject_part(std::string_view short_name) const {
  const int nid = OBJ_sn2nid(std::string(short_name).c_str());
  const X509_NAME* const name = X509_get_subject_name(facts_->x509.get());
  const int index = nid == NID_undef ? -1 : X509_NAME_get_index_by_NID(name, nid, -1);
  if (index < 0) return {};
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
  openssl::clear_errors();
  if (size < 0) return {};
  std::string part(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
  OPENSSL_free(utf8);
  return part;
}

bool Certificate::checks_rsa_signature(DigestAlgorithm algorithm, ByteView message_digest,
                                       ByteView signature) const {
  // An unsound key (e = 1) verifies anything; so it never gets as far as OpenSSL.
  if (facts_->key_kind != KeyKind::rsa || !facts_->key_unsoundness.empty()) return false;
  const openssl::KeyContext context(EVP_PKEY_CTX_new(X509_get0_pubkey(facts_->x509.get()), nullptr));
  if (!context) openssl::throw_error("making a verification context");
  openssl::require(EVP_PKEY_verify_init(context.get()), "starting a verification");
  openssl::require(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING), "choosing PKCS#1 v1.5");
  openssl::require(EVP_PKEY_CTX_set_signature_md(context.get(), evp(algorithm)), "choosing the digest");
  const bool matches = EVP_PKEY_verify(context.get(), signature.data(), signature.size(),
                                       message_digest.data(), message_digest.size()) == 1;
  openssl::clear_errors();
  return matches;
}

std::optional<Bytes> Certificate::digest_in_rsa_signature(DigestAlgorithm algorithm,
                                                          ByteView signature) const {
  if (facts_->key_kind != KeyKind::rsa || !facts_->key_unsoundness.empty()) return std::nullopt;
  const openssl::KeyContext context(EVP_PKEY_CTX_new(X509_get0_pubkey(facts_->x509.get()), nullptr));
  if (!context) openssl::throw_error("making a verification context");
  openssl::require(EVP_PKEY_verify_recover_init(context.get()), "starting a recovery");
  openssl::require(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING), "choosing PKCS#1 v1.5");
  openssl::require(EVP_PKEY_CTX_set_signature_md(context.get(), evp(algorithm)), "choosing the digest");
  // OpenSSL writes up to the size of the modulus before it knows that the padding is wrong.
  Bytes found(limits::kRsaBits / 8);
  std::size_t size = found.size();
  const bool is_signature =
      EVP_PKEY_verify_recover(context.get(), found.data(), &size, signature.data(), signature.size()) == 1;
  openssl::clear_errors();
  if (!is_signature || size != size_of(algorithm)) return std::nullopt;
  found.resize(size);
  return found;
}

std::string to_pem(const Certificate& certificate) {
  const openssl::Bio memory(BIO_new(BIO_s_mem()));
  if (!memory) openssl::throw_error("writing PEM");
  openssl::require(PEM_write_bio_X509(memory.get(), certificate.openssl()), "writing PEM");
  const char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace certstore
