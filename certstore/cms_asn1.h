// The ASN.1 of CMS as OpenSSL's templates (asn1t.h), shared by the reader and the writer. OpenSSL's own CMS
// is not used: it knows no Ed25519, and takes a content type other than the one that was signed.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/openssl.h"

#include <openssl/asn1t.h>

#include <memory>

namespace certstore::cms::asn1 {

// RFC 5652 10.2.4.
struct IssuerAndSerial {
  X509_NAME* issuer;
  ASN1_INTEGER* serial;
};

// RFC 5652 5.3. `type` is the place in the CHOICE: 0 issuer and serial, 1 key identifier.
struct SignerIdentifier {
  int type;
  union {
    IssuerAndSerial* issuer_and_serial;
    ASN1_OCTET_STRING* key_id;
  } value;
};

// Signed attributes stay raw, since their bytes are what was signed.
struct SignerInfo {
  ASN1_INTEGER* version;
  SignerIdentifier* signer;
  X509_ALGOR* digest;
  STACK_OF(ASN1_TYPE) * signed_attributes;
  X509_ALGOR* signature_algorithm;
  ASN1_OCTET_STRING* signature;
  STACK_OF(ASN1_TYPE) * unsigned_attributes;
};

struct EncapsulatedContent {
  ASN1_OBJECT* type;
  ASN1_OCTET_STRING* content;
};

// RFC 5652 5.1. Certificates and CRLs stay raw: a certificate is its bytes.
struct SignedData {
  ASN1_INTEGER* version;
  STACK_OF(X509_ALGOR) * digests;
  EncapsulatedContent* content;
  STACK_OF(ASN1_TYPE) * certificates;
  STACK_OF(ASN1_TYPE) * revocation_lists;
  STACK_OF(void) * signers;  // of SignerInfo
};

struct ContentInfo {
  ASN1_OBJECT* type;
  SignedData* signed_data;
};

// RFC 6211 2.
struct AlgorithmProtection {
  X509_ALGOR* digest;
  X509_ALGOR* signature;
  X509_ALGOR* mac;
};

// RFC 5035 3 and 4; the first version (RFC 2634 5.4) is the same without `hash`, and means SHA-1.
struct IssuerSerial {
  GENERAL_NAMES* issuer;
  ASN1_INTEGER* serial;
};
struct CertificateId {
  X509_ALGOR* hash;
  ASN1_OCTET_STRING* value;
  IssuerSerial* issuer_serial;
};
struct SigningCertificate {
  STACK_OF(void) * certificates;  // of CertificateId
  STACK_OF(ASN1_TYPE) * policies;
};

[[nodiscard]] const ASN1_ITEM* ContentInfo_it();
[[nodiscard]] const ASN1_ITEM* SignerInfo_it();
[[nodiscard]] const ASN1_ITEM* IssuerAndSerial_it();
[[nodiscard]] const ASN1_ITEM* AlgorithmProtection_it();
[[nodiscard]] const ASN1_ITEM* CertificateId_it();
[[nodiscard]] const ASN1_ITEM* IssuerSerial_it();
[[nodiscard]] const ASN1_ITEM* SigningCertificate_it();

template <typename Value>
using Owner = openssl::Item<Value>;

// Returns null, with an empty error queue, unless `der` is one such value and nothing after it.
template <typename Value>
Owner<Value> decode(ByteView der, const ASN1_ITEM* (*item)()) {
  const unsigned char* position = der.data();
  Owner<Value> value(
      reinterpret_cast<Value*>(ASN1_item_d2i(nullptr, &position, static_cast<long>(der.size()), item())),
      openssl::FreeItem{item});
  openssl::clear_errors();
  if (position != der.data() + der.size()) value.reset();
  return value;
}
// The DER of `value`.
[[nodiscard]] Bytes encode(const void* value, const ASN1_ITEM* item);

[[nodiscard]] ByteView view_of(const ASN1_STRING* string);
// The dotted number; throws Error(malformed) for one that is longer than any in use.
[[nodiscard]] std::string dotted(const ASN1_OBJECT* object);
// Big-endian, without leading zeros; empty for none, and for a negative one.
[[nodiscard]] Bytes magnitude(const ASN1_INTEGER* integer);

}  // namespace certstore::cms::asn1
