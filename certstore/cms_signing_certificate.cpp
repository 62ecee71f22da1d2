#include "certstore/cms_algorithms.h"
#include "certstore/cms_attributes.h"

#include <algorithm>

namespace certstore::cms {
namespace {

template <typename Value>
asn1::Owner<Value> make(const ASN1_ITEM* (*item)()) {
  asn1::Owner<Value> made(reinterpret_cast<Value*>(ASN1_item_new(item())), openssl::FreeItem{item});
  if (!made) openssl::throw_error("making an attribute");
  return made;
}

// RFC 5035 4: exactly one name of the issuer, its directory name.
bool is_issuer_of(const asn1::IssuerSerial& found, const Certificate& certificate) {
  if (sk_GENERAL_NAME_num(found.issuer) != 1) return false;
  const GENERAL_NAME* const name = sk_GENERAL_NAME_value(found.issuer, 0);
  X509* const x509 = certificate.openssl();
  return name->type == GEN_DIRNAME && X509_NAME_cmp(name->d.directoryName, X509_get_issuer_name(x509)) == 0 &&
         ASN1_INTEGER_cmp(found.serial, X509_get0_serialNumber(x509)) == 0;
}

asn1::IssuerSerial* issuer_serial_of(const Certificate& certificate) {
  auto made = make<asn1::IssuerSerial>(asn1::IssuerSerial_it);
  openssl::GeneralName name(GENERAL_NAME_new());
  X509_NAME* const issuer = X509_NAME_dup(X509_get_issuer_name(certificate.openssl()));
  const Bytes serial = asn1::encode(X509_get0_serialNumber(certificate.openssl()), ASN1_INTEGER_it());
  if (!name || issuer == nullptr) openssl::throw_error("naming an issuer");
  GENERAL_NAME_set0_value(name.get(), GEN_DIRNAME, issuer);
  openssl::replace(made->serial, asn1::decode<ASN1_INTEGER>(serial, ASN1_INTEGER_it));
  if (sk_GENERAL_NAME_push(made->issuer, name.get()) <= 0) openssl::throw_error("naming an issuer");
  static_cast<void>(name.release());
  return made.release();
}

}  // namespace

Bytes signing_certificate_value(const Certificate& certificate) {
  auto id = make<asn1::CertificateId>(asn1::CertificateId_it);
  const Sha256& hash = certificate.sha256();
  openssl::require(ASN1_OCTET_STRING_set(id->value, hash.data(), static_cast<int>(hash.size())),
                   "naming a certificate");
  id->issuer_serial = issuer_serial_of(certificate);
  const auto made = make<asn1::SigningCertificate>(asn1::SigningCertificate_it);
  auto* const ids = reinterpret_cast<OPENSSL_STACK*>(made->certificates);
  if (OPENSSL_sk_push(ids, id.get()) <= 0) openssl::throw_error("naming a certificate");
  static_cast<void>(id.release());
  return asn1::encode(made.get(), asn1::SigningCertificate_it());
}

bool names_certificate(ByteView value, const Certificate& certificate, bool is_first_version) {
  const auto found = asn1::decode<asn1::SigningCertificate>(value, asn1::SigningCertificate_it);
  if (!found) return false;
  const auto* const ids = reinterpret_cast<const OPENSSL_STACK*>(found->certificates);
  if (OPENSSL_sk_num(ids) < 1) return false;
  // RFC 5035 3: the first is the signer's, further ones restrict the path.
  const auto* const id = static_cast<const asn1::CertificateId*>(OPENSSL_sk_value(ids, 0));
  std::optional<DigestAlgorithm> algorithm =
      is_first_version ? DigestAlgorithm::sha1 : DigestAlgorithm::sha256;
  if (id->hash != nullptr) algorithm = is_first_version ? std::nullopt : digest_of(id->hash);
  if (!algorithm) return false;
  if (!std::ranges::equal(digest(*algorithm, certificate.der()), asn1::view_of(id->value))) return false;
  return id->issuer_serial == nullptr || is_issuer_of(*id->issuer_serial, certificate);
}

}  // namespace certstore::cms
