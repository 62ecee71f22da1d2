#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/cms.h"
#include "certstore/cms_algorithms.h"
#include "certstore/cms_attributes.h"
#include "certstore/cms_create.h"

#include <openssl/pem.h>

#include <algorithm>
#include <array>

namespace certstore::cms {
namespace {

constexpr std::string_view kSignedData = "1.2.840.113549.1.7.2";

Error malformed(std::string_view what, const std::string& why) {
  return {ErrorKind::malformed, in_quotes(what) + " " + why};
}

// RFC 7468 8 and 9 for the labels; "PKCS #7 SIGNED DATA" is what GnuTLS and Netscape write.
Bytes from_pem(ByteView file, std::string_view what) {
  constexpr std::array<std::string_view, 3> kLabels = {"CMS", "PKCS7", "PKCS #7 SIGNED DATA"};
  const openssl::Bio memory(BIO_new_mem_buf(file.data(), static_cast<int>(file.size())));
  if (!memory) openssl::throw_error("reading PEM");
  char* label = nullptr;
  char* header = nullptr;
  unsigned char* bytes = nullptr;
  long size = 0;
  const bool is_pem = PEM_read_bio(memory.get(), &label, &header, &bytes, &size) == 1;
  const bool is_ours = is_pem && *header == '\0' && std::ranges::find(kLabels, label) != kLabels.end();
  const Bytes der = is_ours ? Bytes(bytes, bytes + size) : Bytes();
  OPENSSL_free(label);
  OPENSSL_free(header);
  OPENSSL_free(bytes);
  openssl::clear_errors();
  if (!is_ours) throw malformed(what, "is PEM, and not of a CMS signature");
  std::array<char, 1> rest{};
  while (BIO_read(memory.get(), rest.data(), 1) == 1) {
    if (std::string_view("\r\n\t ").find(rest[0]) == std::string_view::npos) {
      throw malformed(what, "has something after the signature");
    }
  }
  return der;
}

std::optional<std::int64_t> number_in(const ASN1_INTEGER* integer) {
  std::int64_t number = 0;
  const bool fits = ASN1_INTEGER_get_int64(&number, integer) == 1;
  openssl::clear_errors();
  return fits ? std::optional(number) : std::nullopt;
}

void read_name(SignerInfo& signer, const asn1::SignerInfo& found, std::string_view what) {
  const auto version = number_in(found.version);
  if (found.signer->type == 0) {
    signer.issuer = asn1::encode(found.signer->value.issuer_and_serial->issuer, X509_NAME_it());
    signer.serial = asn1::encode(found.signer->value.issuer_and_serial->serial, ASN1_INTEGER_it());
  } else {
    const ByteView key_id = asn1::view_of(found.signer->value.key_id);
    signer.key_id.assign(key_id.begin(), key_id.end());
  }
  if (version != (found.signer->type == 0 ? 1 : 3))
    throw malformed(what, "has a SignerInfo of unknown version");
}

SignerInfo read_signer(const asn1::SignerInfo& found, const std::string& content_type,
                       std::string_view what) {
  SignerInfo signer;
  read_name(signer, found, what);
  signer.content_type = content_type;
  signer.digest = digest_of(found.digest);
  signer.digest_algorithm = asn1::encode(found.digest, X509_ALGOR_it());
  const auto algorithm = signature_algorithm_of(found.signature_algorithm);
  if (algorithm) signer.scheme = algorithm->scheme;
  signer.signature_algorithm = asn1::encode(found.signature_algorithm, X509_ALGOR_it());
  const ByteView signature = asn1::view_of(found.signature);
  signer.signature.assign(signature.begin(), signature.end());
  if (found.signed_attributes != nullptr) {
    AttributeSet set = read_attributes(found.signed_attributes, what);
    signer.signed_attributes = std::move(set.attributes);
    signer.signed_bytes = std::move(set.der);
    signer.malformation = std::move(set.malformation);
  }
  if (found.unsigned_attributes != nullptr) {
    signer.unsigned_attributes = read_attributes(found.unsigned_attributes, what).attributes;
  }
  return signer;
}

// A self-signed certificate is pinned by its bytes and its own signature checked by nobody. RFC 8017 8.2.2
// has one length for it; with another it would be the same certificate under a fingerprint that no record
// knows.
bool has_padded_signature(const Certificate& certificate) {
  X509* const x509 = certificate.openssl();
  if (certificate.key_kind() != KeyKind::rsa || certificate.issuer() != certificate.subject()) return false;
  const ASN1_BIT_STRING* signature = nullptr;
  X509_get0_signature(&signature, nullptr, x509);
  const EVP_PKEY* const key = X509_get0_pubkey(x509);
  return key != nullptr && ASN1_STRING_length(signature) != EVP_PKEY_get_size(key);
}

std::vector<Certificate> read_certificates(const STACK_OF(ASN1_TYPE) * found, std::string_view what) {
  std::vector<Certificate> certificates;
  for (int i = 0; i < sk_ASN1_TYPE_num(found); ++i) {
    const ASN1_TYPE* const any = sk_ASN1_TYPE_value(found, i);
    // Attribute certificates and other kinds (RFC 5652 10.2.2) have a context tag; none names a signer.
    if (any->type == V_ASN1_OTHER) continue;
    if (any->type != V_ASN1_SEQUENCE) throw malformed(what, "has something else among its certificates");
    if (certificates.size() == limits::kCertificates) throw malformed(what, "holds too many certificates");
    certificates.push_back(Certificate::from_der(asn1::view_of(any->value.sequence), what));
    if (has_padded_signature(certificates.back()))
      throw malformed(what, "has a certificate that is spelt anew");
  }
  return certificates;
}

}  // namespace

Bytes der_of(ByteView file, std::string_view what) {
  if (file.size() > limits::kCmsSize) throw malformed(what, "is too large for a CMS signature");
  const bool is_pem = as_text(file).starts_with("-----BEGIN ");
  return is_pem ? from_pem(file, what) : Bytes(file.begin(), file.end());
}

SignedData parse(ByteView file, std::string_view what) {
  const Bytes der = der_of(file, what);
  const auto info = asn1::decode<asn1::ContentInfo>(der, asn1::ContentInfo_it);
  if (!info || asn1::dotted(info->type) != kSignedData) throw malformed(what, "is not a CMS signature");
  const asn1::SignedData& found = *info->signed_data;
  const auto version = number_in(found.version);
  // RFC 5652 5.1: 1, 3, 4 or 5, by what is in it, which says nothing that the rest does not.
  if (!version || *version < 1 || *version > 5) throw malformed(what, "is CMS of an unknown version");
  SignedData data;
  data.content_type = asn1::dotted(found.content->type);
  if (found.content->content != nullptr) {
    const ByteView content = asn1::view_of(found.content->content);
    data.content = Bytes(content.begin(), content.end());
  }
  data.certificates = read_certificates(found.certificates, what);
  const auto* const signers = reinterpret_cast<const OPENSSL_STACK*>(found.signers);
  if (OPENSSL_sk_num(signers) > static_cast<int>(limits::kCmsSigners))
    throw malformed(what, "has too many signers");
  for (int i = 0; i < OPENSSL_sk_num(signers); ++i) {
    const auto* const signer = static_cast<const asn1::SignerInfo*>(OPENSSL_sk_value(signers, i));
    data.signers.push_back(read_signer(*signer, data.content_type, what));
  }
  return data;
}

std::optional<ByteView> only_value(std::span<const Attribute> attributes, std::string_view type) {
  const auto is_it = [&](const Attribute& attribute) { return attribute.type == type; };
  const auto found = std::ranges::find_if(attributes, is_it);
  if (found == attributes.end() || found->values.size() != 1) return std::nullopt;
  if (std::ranges::count_if(attributes, is_it) != 1) return std::nullopt;
  return found->values.front();
}

}  // namespace certstore::cms
