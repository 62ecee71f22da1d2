#include "certstore/cms_create.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/cms_attributes.h"

#include <openssl/pem.h>

#include <algorithm>
#include <array>

namespace certstore::cms {
namespace {

constexpr std::string_view kSignedData = "1.2.840.113549.1.7.2";

template <typename Value>
asn1::Owner<Value> make(const ASN1_ITEM* (*item)()) {
  asn1::Owner<Value> made(reinterpret_cast<Value*>(ASN1_item_new(item())), openssl::FreeItem{item});
  if (!made) openssl::throw_error("making a CMS signature");
  return made;
}

// Puts the value that `der` is in the place of a part; our own DER, so that it cannot fail to be one.
template <typename Value>
void put(Value*& part, ByteView der, const ASN1_ITEM* (*item)()) {
  auto value = asn1::decode<Value>(der, item);
  if (!value) openssl::throw_error("making a CMS signature");
  openssl::replace(part, std::move(value));
}

void push(STACK_OF(ASN1_TYPE) * &set, ByteView der) {
  if (set == nullptr) set = sk_ASN1_TYPE_new_null();
  auto value = asn1::decode<ASN1_TYPE>(der, ASN1_ANY_it);
  if (set == nullptr || !value || sk_ASN1_TYPE_push(set, value.get()) <= 0) {
    openssl::throw_error("making a CMS signature");
  }
  static_cast<void>(value.release());
}

void set_number(ASN1_INTEGER* place, int number) {
  openssl::require(ASN1_INTEGER_set(place, number), "making a CMS signature");
}

void set_object(ASN1_OBJECT*& place, std::string_view dotted) {
  put(place, object_value(dotted), ASN1_OBJECT_it);
}

// RFC 5754 2: SHA-2 without parameters.
Bytes digest_identifier(DigestAlgorithm digest) {
  const openssl::Algorithm made(X509_ALGOR_new());
  if (!made) openssl::throw_error("naming a digest");
  openssl::require(
      X509_ALGOR_set0(made.get(), OBJ_nid2obj(EVP_MD_get_type(evp(digest))), V_ASN1_UNDEF, nullptr),
      "naming a digest");
  return asn1::encode(made.get(), X509_ALGOR_it());
}

void require_strong(const Signer& signer, const Signing& signing) {
  const bool is_sha2 = signing.digest == DigestAlgorithm::sha256 ||
                       signing.digest == DigestAlgorithm::sha384 || signing.digest == DigestAlgorithm::sha512;
  const bool is_ed25519 = signer.certificate().key_kind() == KeyKind::ed25519;
  if (is_sha2 && (!is_ed25519 || signing.digest == DigestAlgorithm::sha512)) return;
  throw Error(ErrorKind::key,
              "a CMS signature by a key of kind " + std::string(name_of(signer.certificate().key_kind())) +
                  " is not made with " + std::string(name_of(signing.digest)),
              is_ed25519 ? "Ed25519 goes with SHA-512 (RFC 8419)" : "choose SHA-256, SHA-384 or SHA-512");
}

void add_signed_attributes(asn1::SignerInfo& info, const Signer& signer, const Signing& signing,
                           ByteView digest, ByteView signature_algorithm) {
  const auto add = [&](std::string_view type, ByteView value) {
    push(info.signed_attributes, attribute(type, value));
  };
  add(kContentType, object_value(signing.content_type));
  add(kSigningTime, time_value(signing.time));
  add(kMessageDigest, octets_value(signing.content_digest));
  add(kAlgorithmProtection, protection_value(digest, signature_algorithm));
  add(kSigningCertificateV2, signing_certificate_value(signer.certificate()));
  if (!signing.context.empty()) add(kContext, text_value(signing.context));
}

asn1::Owner<asn1::SignerInfo> make_signer(const Signer& signer, const Signing& signing, ByteView digest) {
  auto info = make<asn1::SignerInfo>(asn1::SignerInfo_it);
  set_number(info->version, 1);
  auto name = make<asn1::IssuerAndSerial>(asn1::IssuerAndSerial_it);
  X509* const x509 = signer.certificate().openssl();
  put(name->issuer, asn1::encode(X509_get_issuer_name(x509), X509_NAME_it()), X509_NAME_it);
  put(name->serial, asn1::encode(X509_get0_serialNumber(x509), ASN1_INTEGER_it()), ASN1_INTEGER_it);
  info->signer->type = 0;
  info->signer->value.issuer_and_serial = name.release();
  const Bytes algorithm = signer.signature_algorithm(signing.digest);
  put(info->digest, digest, X509_ALGOR_it);
  put(info->signature_algorithm, algorithm, X509_ALGOR_it);
  add_signed_attributes(*info, signer, signing, digest, algorithm);
  // RFC 5652 5.4: signed as a SET OF, not with the tag that they have in the file.
  const Bytes signature =
      signer.sign(signing.digest, asn1::encode(info->signed_attributes, ASN1_SET_ANY_it()));
  put(info->signature, octets_value(signature), ASN1_OCTET_STRING_it);
  return info;
}

bool has(const STACK_OF(ASN1_TYPE) * set, ByteView der) {
  for (int i = 0; i < sk_ASN1_TYPE_num(set); ++i) {
    if (std::ranges::equal(asn1::encode(sk_ASN1_TYPE_value(set, i), ASN1_ANY_it()), der)) return true;
  }
  return false;
}

void add_digest(STACK_OF(X509_ALGOR) * digests, ByteView digest) {
  auto algorithm = asn1::decode<X509_ALGOR>(digest, X509_ALGOR_it);
  for (int i = 0; i < sk_X509_ALGOR_num(digests); ++i) {
    if (X509_ALGOR_cmp(sk_X509_ALGOR_value(digests, i), algorithm.get()) == 0) return;
  }
  if (sk_X509_ALGOR_push(digests, algorithm.get()) <= 0) openssl::throw_error("making a CMS signature");
  static_cast<void>(algorithm.release());
}

void add_to(asn1::SignedData& data, const Signer& signer, const Signing& signing) {
  require_strong(signer, signing);
  if (signing.content_digest.size() != size_of(signing.digest)) {
    throw Error(ErrorKind::internal, "the content was not digested with the algorithm that is to be named");
  }
  const Bytes digest = digest_identifier(signing.digest);
  add_digest(data.digests, digest);
  std::vector<Certificate> carried;
  if (signing.carries_certificates) {
    carried = signer.chain();
    carried.insert(carried.begin(), signer.certificate());
  }
  for (const Certificate& certificate : carried) {
    if (!has(data.certificates, certificate.der())) push(data.certificates, certificate.der());
  }
  auto made = make_signer(signer, signing, digest);
  if (OPENSSL_sk_push(reinterpret_cast<OPENSSL_STACK*>(data.signers), made.get()) <= 0) {
    openssl::throw_error("making a CMS signature");
  }
  static_cast<void>(made.release());
}

asn1::Owner<asn1::ContentInfo> read_info(ByteView file) {
  auto info = asn1::decode<asn1::ContentInfo>(file, asn1::ContentInfo_it);
  if (!info || asn1::dotted(info->type) != kSignedData) {
    throw Error(ErrorKind::malformed, "the file is not a CMS signature in DER");
  }
  return info;
}

}  // namespace

Bytes create(const Signer& signer, const Signing& signing) {
  const auto info = make<asn1::ContentInfo>(asn1::ContentInfo_it);
  set_object(info->type, kSignedData);
  asn1::SignedData& data = *info->signed_data;
  // RFC 5652 5.1.
  set_number(data.version, signing.content_type == kData ? 1 : 3);
  set_object(data.content->type, signing.content_type);
  if (signing.content) {
    put(data.content->content, octets_value(*signing.content), ASN1_OCTET_STRING_it);
  }
  add_to(data, signer, signing);
  return asn1::encode(info.get(), asn1::ContentInfo_it());
}

Bytes add_signer(ByteView file, const Signer& signer, const Signing& signing) {
  const auto info = read_info(file);
  if (asn1::dotted(info->signed_data->content->type) != signing.content_type) {
    throw Error(ErrorKind::malformed, "the CMS signature is over a content of another type");
  }
  add_to(*info->signed_data, signer, signing);
  return asn1::encode(info.get(), asn1::ContentInfo_it());
}

Bytes add_unsigned_attribute(ByteView file, std::size_t signer, std::string_view type, ByteView value) {
  const auto info = read_info(file);
  auto* const signers = reinterpret_cast<OPENSSL_STACK*>(info->signed_data->signers);
  if (signer >= static_cast<std::size_t>(OPENSSL_sk_num(signers))) {
    throw Error(ErrorKind::malformed, "the CMS signature has no signer " + std::to_string(signer + 1));
  }
  auto* const found = static_cast<asn1::SignerInfo*>(OPENSSL_sk_value(signers, static_cast<int>(signer)));
  push(found->unsigned_attributes, attribute(type, value));
  return asn1::encode(info.get(), asn1::ContentInfo_it());
}

std::string to_pem(ByteView signed_data) {
  const openssl::Bio memory(BIO_new(BIO_s_mem()));
  if (!memory) openssl::throw_error("writing PEM");
  // RFC 7468 9 and 8: "CMS" is the name of today, "PKCS7" the one that GnuTLS reads too.
  if (PEM_write_bio(memory.get(), "PKCS7", "", signed_data.data(), static_cast<long>(signed_data.size())) <=
      0) {
    openssl::throw_error("writing PEM");
  }
  const char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace certstore::cms
