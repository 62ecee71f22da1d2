// The signed attributes of CMS: what each says, written and read strictly.
#pragma once

#include "certstore/cms.h"
#include "certstore/cms_asn1.h"

namespace certstore::cms {

inline constexpr std::string_view kContentType = "1.2.840.113549.1.9.3";
inline constexpr std::string_view kMessageDigest = "1.2.840.113549.1.9.4";
inline constexpr std::string_view kSigningTime = "1.2.840.113549.1.9.5";
inline constexpr std::string_view kAlgorithmProtection = "1.2.840.113549.1.9.52";
inline constexpr std::string_view kSigningCertificate = "1.2.840.113549.1.9.16.2.12";
inline constexpr std::string_view kSigningCertificateV2 = "1.2.840.113549.1.9.16.2.47";

// A SET OF Attribute as found.
struct AttributeSet {
  std::vector<Attribute> attributes;
  Bytes der;                 // as SET OF, sorted
  std::string malformation;  // why `der` is not what was found, or no type may be there twice; else empty
};
// Throws Error(malformed) for what is no Attribute (RFC 5652 5.3) and beyond limits::kCmsAttributes.
[[nodiscard]] AttributeSet read_attributes(const STACK_OF(ASN1_TYPE) * found, std::string_view what);

// The attribute's text in DER: `type` with the one value. `value` is DER.
[[nodiscard]] Bytes attribute(std::string_view type, ByteView value);

// One value each, DER. An empty answer: not one such value in DER.
[[nodiscard]] std::optional<std::string> object_in(ByteView value);
[[nodiscard]] std::optional<Bytes> octets_in(ByteView value);
[[nodiscard]] std::optional<std::string> text_in(ByteView value);
[[nodiscard]] std::optional<Instant> time_in(ByteView value);
[[nodiscard]] Bytes object_value(std::string_view dotted);
[[nodiscard]] Bytes octets_value(ByteView octets);
[[nodiscard]] Bytes text_value(std::string_view text);
[[nodiscard]] Bytes time_value(Instant time);

// RFC 6211 2: both AlgorithmIdentifiers in DER.
[[nodiscard]] Bytes protection_value(ByteView digest, ByteView signature);
[[nodiscard]] bool is_protection_of(ByteView value, ByteView digest, ByteView signature);

// RFC 5035 4, with SHA-256, which is its default, and with issuer and serial. `value` may also name further
// certificates: those of the path. `is_first_version`: of RFC 2634 5.4.
[[nodiscard]] Bytes signing_certificate_value(const Certificate& certificate);
[[nodiscard]] bool names_certificate(ByteView value, const Certificate& certificate, bool is_first_version);

}  // namespace certstore::cms
