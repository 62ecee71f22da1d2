// The cases of x509-limbo that are not judged, and those that are judged otherwise, each with the reason.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace tests {

using Reasons = std::map<std::string, std::string_view, std::less<>>;

// Left out.
inline constexpr std::string_view kHostName = "asks for the name of a host, and a package has none";
inline constexpr std::string_view kOfTheAnchor =
    "asks for extensions of the root, which a person chose by its fingerprint";
// False accepts.
inline constexpr std::string_view kHostNames =
    "names of hosts and mailboxes, which decide nothing about a package, are written or constrained oddly";
inline constexpr std::string_view kIdentifier =
    "private CAs leave key identifiers out; who issued it is told by the signature";
inline constexpr std::string_view kOpposite = "webpki::nc::permitted-dns-match-noncritical asks the opposite";
inline constexpr std::string_view kPkits = "NIST's PKITS has the same in valid paths";
inline constexpr std::string_view kAnchor = "it is about the root, which a person chose by its fingerprint";
inline constexpr std::string_view kPurpose =
    "a rule of the web's CAs: here a certificate for any purpose, or with none stated, may sign";
inline constexpr std::string_view kKeyOfWeb =
    "a rule of the web's CAs: here RSA below 2048 bits is weak, and other sizes and curves are not";
inline constexpr std::string_view kVersion1 =
    "RFC 5280 4.1.2.1 allows it for a certificate without extensions, and private CAs issue it";
inline constexpr std::string_view kCaSigns =
    "a rule of the web's CAs: the product's own certificates are often CAs that sign packages";
// False rejects.
inline constexpr std::string_view kNoSigner =
    "its keyUsage lacks digitalSignature, so it may not sign packages";
inline constexpr std::string_view kOnePath =
    "the way out leads over another issuer of the same key, which OpenSSL does not go back for";

inline const Reasons kLeftOut = {
    {"webpki::aki::root-with-aki-missing-keyidentifier", kOfTheAnchor},
    {"webpki::aki::root-with-aki-authoritycertissuer", kOfTheAnchor},
    {"webpki::aki::root-with-aki-authoritycertserialnumber", kOfTheAnchor},
    {"webpki::aki::root-with-aki-all-fields", kOfTheAnchor},
    {"webpki::aki::root-with-aki-ski-mismatch", kOfTheAnchor},
    {"webpki::cn::ipv4-hex-mismatch", kHostName},
    {"webpki::cn::ipv4-leading-zeros-mismatch", kHostName},
    {"webpki::cn::ipv6-uppercase-mismatch", kHostName},
    {"webpki::cn::ipv6-uncompressed-mismatch", kHostName},
    {"webpki::cn::ipv6-non-rfc5952-mismatch", kHostName},
    {"webpki::cn::punycode-not-in-san", kHostName},
    {"webpki::cn::utf8-vs-punycode-mismatch", kHostName},
    {"webpki::cn::not-in-san", kHostName},
    {"webpki::cn::case-mismatch", kHostName},
    {"webpki::san::exact-dns-san", kHostName},
    {"webpki::san::exact-localhost-ip-san", kHostName},
    {"webpki::san::mismatch-domain-san", kHostName},
    {"webpki::san::mismatch-subdomain-san", kHostName},
    {"webpki::san::mismatch-subdomain-apex-san", kHostName},
    {"webpki::san::mismatch-apex-subdomain-san", kHostName},
    {"webpki::san::public-suffix-wildcard-san", kHostName},
    {"webpki::san::public-suffix-multi-label-wildcard-san", kHostName},
    {"webpki::san::public-suffix-private-namespace-wildcard-san", kHostName},
    {"webpki::san::leftmost-wildcard-san", kHostName},
    {"webpki::san::wildcard-embedded-leftmost-san", kHostName},
    {"webpki::san::wildcard-not-in-leftmost-san", kHostName},
    {"webpki::san::wildcard-match-across-labels-san", kHostName},
    {"webpki::san::wildcard-embedded-ulabel-san", kHostName},
    {"webpki::san::unicode-emoji-san", kHostName},
    {"webpki::san::no-san", kHostName},
    {"webpki::san::san-critical-with-nonempty-subject", kHostName},
    {"webpki::san::san-wildcard-only", kHostName},
    {"webpki::san::san-wildcard-only-tld", kHostName},
};

inline const Reasons kDiffers = {
    {"cve::cve-2025-61727", kHostNames},
    {"pathlen::validation-ignores-pathlen-in-leaf", kNoSigner},
    {"rfc5280::aki::leaf-missing-aki", kIdentifier},
    {"rfc5280::aki::intermediate-missing-aki", kIdentifier},
    {"rfc5280::aki::cross-signed-root-missing-aki", kIdentifier},
    {"rfc5280::nc::permitted-dns-match-noncritical", kOpposite},
    {"rfc5280::nc::invalid-dnsname-leading-period", kHostNames},
    {"rfc5280::nc::nc-permits-invalid-dns-san", kHostNames},
    {"rfc5280::nc::nc-permits-invalid-email-san", kHostNames},
    {"rfc5280::nc::nc-forbids-alternate-chain-ica", kOnePath},
    {"rfc5280::nc::nc-forbids-dnsname-wildcard-san", kHostNames},
    {"rfc5280::pc::ica-noncritical-pc", kPkits},
    {"rfc5280::san::underscore-dns", kHostNames},
    {"rfc5280::san::ip-in-dns", kHostNames},
    {"rfc5280::serial::negative", kPkits},
    {"rfc5280::ski::root-missing-ski", kAnchor},
    {"rfc5280::ski::intermediate-missing-ski", kIdentifier},
    {"rfc5280::root-non-critical-basic-constraints", kAnchor},
    {"rfc5280::ca-as-leaf", kNoSigner},
    {"webpki::eku::ee-anyeku", kPurpose},
    {"webpki::eku::ee-critical-eku", kPurpose},
    {"webpki::eku::ee-without-eku", kPurpose},
    {"webpki::eku::root-has-eku", kAnchor},
    {"webpki::forbidden-p192-root", kKeyOfWeb},
    {"webpki::forbidden-p192-leaf", kKeyOfWeb},
    {"webpki::forbidden-rsa-not-divisible-by-8-in-root", kKeyOfWeb},
    {"webpki::forbidden-rsa-key-not-divisible-by-8-in-leaf", kKeyOfWeb},
    {"webpki::v1-cert", kVersion1},
    {"webpki::ee-basicconstraints-ca", kCaSigns},
};

}  // namespace tests
