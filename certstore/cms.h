// SignedData (RFC 5652), read and checked: what a signature file claims, and for each signer either evidence
// that the claim is true or the reason why it is not. The content is never here, only its digest. Whether the
// signer is trusted, may sign, and is strong enough is judged elsewhere (trust.h); no S/MIME rule applies.
#pragma once

#include "certstore/base/time.h"
#include "certstore/certificate.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace certstore::cms {

inline constexpr std::string_view kData = "1.2.840.113549.1.7.1";
// Of documents that only this project reads: the signed attribute that says which kind of document it is, a
// UTF8String. A signature with it is none over a file, and the other way round (docs/decisions/0007).
inline constexpr std::string_view kContext =
    "1.2.840.113556.1.8000.2554.5359.62594.35519.16424.42777.7932422.4351657";

struct Attribute {
  std::string type;           // dotted
  std::vector<Bytes> values;  // DER, one or more
};

enum class Scheme { rsa_pkcs1, rsa_pss, ecdsa, dsa, ed25519 };

// What one SignerInfo claims (RFC 5652 5.3). Nothing of it is checked but its shape.
struct SignerInfo {
  Bytes issuer;  // DER Name, with `serial` as DER INTEGER; both empty where `key_id` names the certificate
  Bytes serial;
  Bytes key_id;
  std::string content_type;               // of the SignedData
  std::optional<DigestAlgorithm> digest;  // of content and attributes; empty for one that is not known here
  std::optional<Scheme> scheme;
  Bytes digest_algorithm;     // AlgorithmIdentifier, DER
  Bytes signature_algorithm;  // likewise
  Bytes signature;
  std::vector<Attribute> signed_attributes;
  std::optional<Bytes> signed_bytes;  // their DER as SET OF, which is what was signed; empty: there are none
  std::string malformation;           // what is wrong with them, found while reading; else empty
  std::vector<Attribute> unsigned_attributes;  // time stamp tokens, countersignatures: anyone may add them
};

struct SignedData {
  std::string content_type;  // eContentType, dotted
  std::optional<Bytes> content;
  std::vector<Certificate> certificates;  // offered by whoever made the file: candidates, not to be trusted
  std::vector<SignerInfo> signers;        // none in a file that only carries certificates
};

// Reads DER or BER, or one PEM block ("CMS", "PKCS7") and nothing beside it. Throws Error(malformed) naming
// `what` for anything else, for a certificate in it that is not DER, and beyond limits::kCmsSize,
// kCmsSigners, kCmsAttributes or kCertificates.
[[nodiscard]] SignedData parse(ByteView file, std::string_view what);

// The one value of the attribute of that type, empty if there is none or more.
[[nodiscard]] std::optional<ByteView> only_value(std::span<const Attribute> attributes,
                                                 std::string_view type);

// Why a signer proves nothing.
enum class Fault {
  certificate_missing,   // no candidate is the one that it names
  unknown_algorithm,     // digest or signature
  algorithms_disagree,   // with each other, the key, or CMSAlgorithmProtection (RFC 6211)
  attributes_malformed,  // not DER, a needed one absent, one twice, one with two values
  content_type_differs,  // signed for another type than the file says
  content_differs,       // messageDigest is not that of the content
  certificate_differs,   // signingCertificate names another (RFC 5035)
  context_differs,       // made for another purpose
  unsound_key,           // nothing signed by it is signed by somebody
  signature_differs      // not by that key over those bytes
};
[[nodiscard]] std::string_view name_of(Fault fault);  // "content-differs"

struct Refusal {
  Fault fault;
  std::string detail;  // one lower-case sentence, untrusted text in it escaped
};

struct Question {
  ByteView content_digest;                  // with SignerInfo::digest; of the content as it was signed
  std::span<const Certificate> candidates;  // those that we know first, then those of the file
  std::string_view context = {};            // of kContext, for a document of ours; empty: a file
};

using Answer = std::variant<class CheckedSigner, Refusal>;

// Returns evidence if and only if the signature of this one signer is good: every rule of
// docs/formats/cms.md. Of several candidates that it names, the first with which it is good. Others' verdicts
// do not matter.
[[nodiscard]] Answer check(const SignerInfo& signer, const Question& question);

// A signer whose signature over that content was checked; only check() makes one.
class CheckedSigner {
 public:
  [[nodiscard]] const Certificate& certificate() const { return certificate_; }
  [[nodiscard]] DigestAlgorithm digest() const { return digest_; }
  [[nodiscard]] Scheme scheme() const { return scheme_; }
  // What the signer says; a time stamp token proves a time, this does not.
  [[nodiscard]] std::optional<Instant> claimed_time() const { return claimed_time_; }
  // Without them the signed bytes carry no context: the content must not be able to be a set of attributes.
  [[nodiscard]] bool has_signed_attributes() const { return has_signed_attributes_; }

 private:
  friend Answer check(const SignerInfo& signer, const Question& question);
  CheckedSigner(Certificate certificate, const SignerInfo& signer, std::optional<Instant> claimed_time);
  Certificate certificate_;
  DigestAlgorithm digest_;
  Scheme scheme_;
  std::optional<Instant> claimed_time_;
  bool has_signed_attributes_;
};

}  // namespace certstore::cms
