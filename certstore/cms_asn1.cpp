#include "certstore/cms_asn1.h"

#include "certstore/base/error.h"

#include <algorithm>
#include <array>

namespace certstore::cms::asn1 {

// clang-format takes these templates for one statement.
// clang-format off
ASN1_SEQUENCE(IssuerAndSerial) = {
  ASN1_SIMPLE(IssuerAndSerial, issuer, X509_NAME),
  ASN1_SIMPLE(IssuerAndSerial, serial, ASN1_INTEGER),
} ASN1_SEQUENCE_END(IssuerAndSerial)

ASN1_CHOICE(SignerIdentifier) = {
  ASN1_SIMPLE(SignerIdentifier, value.issuer_and_serial, IssuerAndSerial),
  ASN1_IMP(SignerIdentifier, value.key_id, ASN1_OCTET_STRING, 0),
} static_ASN1_CHOICE_END(SignerIdentifier)

ASN1_SEQUENCE(SignerInfo) = {
  ASN1_SIMPLE(SignerInfo, version, ASN1_INTEGER),
  ASN1_SIMPLE(SignerInfo, signer, SignerIdentifier),
  ASN1_SIMPLE(SignerInfo, digest, X509_ALGOR),
  ASN1_IMP_SET_OF_OPT(SignerInfo, signed_attributes, ASN1_ANY, 0),
  ASN1_SIMPLE(SignerInfo, signature_algorithm, X509_ALGOR),
  ASN1_SIMPLE(SignerInfo, signature, ASN1_OCTET_STRING),
  ASN1_IMP_SET_OF_OPT(SignerInfo, unsigned_attributes, ASN1_ANY, 1),
} ASN1_SEQUENCE_END(SignerInfo)

ASN1_SEQUENCE(EncapsulatedContent) = {
  ASN1_SIMPLE(EncapsulatedContent, type, ASN1_OBJECT),
  ASN1_EXP_OPT(EncapsulatedContent, content, ASN1_OCTET_STRING, 0),
} static_ASN1_SEQUENCE_END(EncapsulatedContent)

ASN1_SEQUENCE(SignedData) = {
  ASN1_SIMPLE(SignedData, version, ASN1_INTEGER),
  ASN1_SET_OF(SignedData, digests, X509_ALGOR),
  ASN1_SIMPLE(SignedData, content, EncapsulatedContent),
  ASN1_IMP_SET_OF_OPT(SignedData, certificates, ASN1_ANY, 0),
  ASN1_IMP_SET_OF_OPT(SignedData, revocation_lists, ASN1_ANY, 1),
  ASN1_SET_OF(SignedData, signers, SignerInfo),
} static_ASN1_SEQUENCE_END(SignedData)

ASN1_SEQUENCE(ContentInfo) = {
  ASN1_SIMPLE(ContentInfo, type, ASN1_OBJECT),
  ASN1_EXP(ContentInfo, signed_data, SignedData, 0),
} ASN1_SEQUENCE_END(ContentInfo)

ASN1_SEQUENCE(AlgorithmProtection) = {
  ASN1_SIMPLE(AlgorithmProtection, digest, X509_ALGOR),
  ASN1_IMP_OPT(AlgorithmProtection, signature, X509_ALGOR, 1),
  ASN1_IMP_OPT(AlgorithmProtection, mac, X509_ALGOR, 2),
} ASN1_SEQUENCE_END(AlgorithmProtection)

ASN1_SEQUENCE(IssuerSerial) = {
  ASN1_SEQUENCE_OF(IssuerSerial, issuer, GENERAL_NAME),
  ASN1_SIMPLE(IssuerSerial, serial, ASN1_INTEGER),
} ASN1_SEQUENCE_END(IssuerSerial)

ASN1_SEQUENCE(CertificateId) = {
  ASN1_OPT(CertificateId, hash, X509_ALGOR),
  ASN1_SIMPLE(CertificateId, value, ASN1_OCTET_STRING),
  ASN1_OPT(CertificateId, issuer_serial, IssuerSerial),
} ASN1_SEQUENCE_END(CertificateId)

ASN1_SEQUENCE(SigningCertificate) = {
  ASN1_SEQUENCE_OF(SigningCertificate, certificates, CertificateId),
  ASN1_SEQUENCE_OF_OPT(SigningCertificate, policies, ASN1_ANY),
} ASN1_SEQUENCE_END(SigningCertificate)
    // clang-format on

    Bytes encode(const void* value, const ASN1_ITEM* item) {
  unsigned char* der = nullptr;
  const int size = ASN1_item_i2d(static_cast<const ASN1_VALUE*>(value), &der, item);
  if (size <= 0) openssl::throw_error("writing ASN.1");
  const Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

ByteView view_of(const ASN1_STRING* string) {
  return {ASN1_STRING_get0_data(string), static_cast<std::size_t>(ASN1_STRING_length(string))};
}

std::string dotted(const ASN1_OBJECT* object) {
  std::array<char, 256> text{};
  const int size = OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 1);
  if (size <= 0 || static_cast<std::size_t>(size) >= text.size()) {
    openssl::clear_errors();
    throw Error(ErrorKind::malformed, "an object identifier is longer than any in use");
  }
  return text.data();
}

Bytes magnitude(const ASN1_INTEGER* integer) {
  if (integer == nullptr || ASN1_STRING_type(integer) != V_ASN1_INTEGER) return {};
  const ByteView bytes = view_of(integer);
  const auto start = std::ranges::find_if(bytes, [](std::uint8_t byte) { return byte != 0; });
  return {start, bytes.end()};
}

}  // namespace certstore::cms::asn1
