#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/cms.h"
#include "certstore/cms_algorithms.h"
#include "certstore/cms_attributes.h"

#include <algorithm>
#include <array>

namespace certstore::cms {
namespace {

using MaybeRefusal = std::optional<Refusal>;

bool has(const SignerInfo& signer, std::string_view type) {
  return std::ranges::find(signer.signed_attributes, type, &Attribute::type) !=
         signer.signed_attributes.end();
}

// What is to be checked before any certificate: the algorithms among themselves.
MaybeRefusal refuse_algorithms(const SignerInfo& signer, const std::optional<SignatureAlgorithm>& algorithm) {
  if (!signer.digest) return Refusal{Fault::unknown_algorithm, "the digest algorithm is not known here"};
  if (!algorithm) return Refusal{Fault::unknown_algorithm, "the signature algorithm is not known here"};
  if (algorithm->digest && algorithm->digest != signer.digest) {
    return Refusal{Fault::algorithms_disagree,
                   "the signature is made with " + std::string(name_of(*algorithm->digest)) +
                       ", the content digested with " + std::string(name_of(*signer.digest))};
  }
  return std::nullopt;
}

// RFC 5652 11.1 to 11.3, RFC 5035 2, RFC 6211 2: never unsigned. Anyone could put it there, and some readers
// would take it.
MaybeRefusal refuse_unsigned(const SignerInfo& signer) {
  constexpr std::array<std::string_view, 7> kSignedOnly = {
      kContentType,        kMessageDigest,        kSigningTime, kAlgorithmProtection,
      kSigningCertificate, kSigningCertificateV2, kContext};
  for (const Attribute& attribute : signer.unsigned_attributes) {
    if (std::ranges::find(kSignedOnly, attribute.type) == kSignedOnly.end()) continue;
    return Refusal{Fault::attributes_malformed,
                   "the attribute " + attribute.type + " is not among the signed ones"};
  }
  return std::nullopt;
}

// RFC 5652 5.3 for a signature without signed attributes.
MaybeRefusal refuse_bare(const SignerInfo& signer, const Question& question) {
  if (signer.content_type != kData) {
    return Refusal{Fault::attributes_malformed,
                   "a content of type " + signer.content_type + " needs signed attributes"};
  }
  if (!question.context.empty()) return Refusal{Fault::context_differs, "the signature says no purpose"};
  // RFC 8032: over the message itself, which is not here.
  if (signer.scheme == Scheme::ed25519) {
    return Refusal{Fault::unknown_algorithm, "an Ed25519 signature without signed attributes is not read"};
  }
  return std::nullopt;
}

MaybeRefusal refuse_context(const SignerInfo& signer, std::string_view wanted) {
  if (!has(signer, kContext)) {
    if (wanted.empty()) return std::nullopt;
    return Refusal{Fault::context_differs, "the signature says no purpose"};
  }
  const auto value = only_value(signer.signed_attributes, kContext);
  const auto found = value ? text_in(*value) : std::nullopt;
  if (!found) return Refusal{Fault::attributes_malformed, "the purpose of the signature cannot be read"};
  if (!wanted.empty() && *found == wanted) return std::nullopt;
  return Refusal{Fault::context_differs, "the signature was made for " + in_quotes(*found)};
}

// RFC 5652 11.1 to 11.3, RFC 6211: one value each, and what they must be.
MaybeRefusal refuse_attributes(const SignerInfo& signer, const Question& question) {
  const auto bad = [](Fault fault, const char* why) { return Refusal{fault, why}; };
  if (!signer.malformation.empty()) return Refusal{Fault::attributes_malformed, signer.malformation};
  const auto type = only_value(signer.signed_attributes, kContentType);
  const auto type_found = type ? object_in(*type) : std::nullopt;
  if (!type_found) return bad(Fault::attributes_malformed, "there is not exactly one content type");
  if (*type_found != signer.content_type) {
    return Refusal{Fault::content_type_differs,
                   "the content was signed as " + *type_found + ", and is given as " + signer.content_type};
  }
  const auto digest = only_value(signer.signed_attributes, kMessageDigest);
  const auto digest_found = digest ? octets_in(*digest) : std::nullopt;
  if (!digest_found) return bad(Fault::attributes_malformed, "there is not exactly one message digest");
  if (has(signer, kSigningTime)) {
    const auto time = only_value(signer.signed_attributes, kSigningTime);
    if (!time || !time_in(*time)) return bad(Fault::attributes_malformed, "the signing time is not one time");
  }
  if (has(signer, kAlgorithmProtection)) {
    const auto value = only_value(signer.signed_attributes, kAlgorithmProtection);
    if (!value || !is_protection_of(*value, signer.digest_algorithm, signer.signature_algorithm)) {
      return bad(Fault::algorithms_disagree, "the algorithms are not those that were signed");
    }
  }
  if (auto refusal = refuse_context(signer, question.context)) return refusal;
  if (!std::ranges::equal(*digest_found, question.content_digest)) {
    return bad(Fault::content_differs, "the content is not what was signed");
  }
  return std::nullopt;
}

// RFC 5652 5.3: by issuer and serial, or by key identifier, byte for byte. A name decides nothing: the
// signature does.
bool is_named(const SignerInfo& signer, const Certificate& certificate) {
  X509* const x509 = certificate.openssl();
  if (signer.issuer.empty()) {
    const ASN1_OCTET_STRING* const key_id = X509_get0_subject_key_id(x509);
    return key_id != nullptr && std::ranges::equal(asn1::view_of(key_id), signer.key_id);
  }
  const auto issuer = asn1::decode<X509_NAME>(signer.issuer, X509_NAME_it);
  // As RFC 5280 7.1 compares names: writers spell the type of a string anew.
  return issuer && X509_NAME_cmp(issuer.get(), X509_get_issuer_name(x509)) == 0 &&
         asn1::encode(X509_get0_serialNumber(x509), ASN1_INTEGER_it()) == signer.serial;
}

std::vector<Certificate> named_among(const SignerInfo& signer, std::span<const Certificate> candidates) {
  std::vector<Certificate> named;
  for (const Certificate& candidate : candidates) {
    if (named.size() == limits::kCmsCandidates) break;
    if (!is_named(signer, candidate)) continue;
    if (std::ranges::find(named, candidate) == named.end()) named.push_back(candidate);
  }
  return named;
}

MaybeRefusal refuse_signer(const SignerInfo& signer, const SignatureAlgorithm& algorithm,
                           const Certificate& certificate, ByteView content_digest) {
  if (!certificate.key_unsoundness().empty())
    return Refusal{Fault::unsound_key, certificate.key_unsoundness()};
  if (!key_fits(certificate.key_kind(), algorithm.scheme)) {
    return Refusal{Fault::algorithms_disagree,
                   "the key is " + std::string(name_of(certificate.key_kind())) + ", the signature is not"};
  }
  constexpr std::array<std::string_view, 2> kNames = {kSigningCertificate, kSigningCertificateV2};
  for (const std::string_view type : kNames) {
    if (!has(signer, type)) continue;
    const auto value = only_value(signer.signed_attributes, type);
    if (!value || !names_certificate(*value, certificate, type == kSigningCertificate)) {
      return Refusal{Fault::certificate_differs, "the signer named another certificate as its own"};
    }
  }
  const Bytes attributes_digest =
      signer.signed_bytes ? digest(*signer.digest, *signer.signed_bytes) : Bytes();
  Signed what{*signer.digest, std::nullopt, content_digest};
  if (signer.signed_bytes) what = {*signer.digest, *signer.signed_bytes, attributes_digest};
  if (checks(certificate, algorithm, what, signer.signature)) return std::nullopt;
  return Refusal{Fault::signature_differs, "the signature is not by that key over these bytes"};
}

std::optional<SignatureAlgorithm> algorithm_of(const SignerInfo& signer) {
  const auto algorithm = asn1::decode<X509_ALGOR>(signer.signature_algorithm, X509_ALGOR_it);
  return algorithm ? signature_algorithm_of(algorithm.get()) : std::nullopt;
}

}  // namespace

CheckedSigner::CheckedSigner(Certificate certificate, const SignerInfo& signer,
                             std::optional<Instant> claimed_time)
    : certificate_(std::move(certificate)),
      digest_(signer.digest.value()),
      scheme_(signer.scheme.value()),
      claimed_time_(claimed_time),
      has_signed_attributes_(signer.signed_bytes.has_value()) {}

Answer check(const SignerInfo& signer, const Question& question) {
  const auto algorithm = algorithm_of(signer);
  if (auto refusal = refuse_algorithms(signer, algorithm)) return *std::move(refusal);
  if (question.content_digest.size() != size_of(*signer.digest)) {
    throw Error(ErrorKind::internal, "the content was not digested with the signer's algorithm");
  }
  if (auto refusal = refuse_unsigned(signer)) return *std::move(refusal);
  auto refusal = signer.signed_bytes ? refuse_attributes(signer, question) : refuse_bare(signer, question);
  if (refusal) return *std::move(refusal);
  refusal = Refusal{Fault::certificate_missing, "the certificate that the signer names is not here"};
  for (const Certificate& certificate : named_among(signer, question.candidates)) {
    refusal = refuse_signer(signer, *algorithm, certificate, question.content_digest);
    if (refusal) continue;
    const auto time = only_value(signer.signed_attributes, kSigningTime);
    return CheckedSigner(certificate, signer, time ? time_in(*time) : std::nullopt);
  }
  return *std::move(refusal);
}

std::string_view name_of(Fault fault) {
  switch (fault) {
    case Fault::certificate_missing:
      return "certificate-missing";
    case Fault::unknown_algorithm:
      return "unknown-algorithm";
    case Fault::algorithms_disagree:
      return "algorithms-disagree";
    case Fault::attributes_malformed:
      return "attributes-malformed";
    case Fault::content_type_differs:
      return "content-type-differs";
    case Fault::content_differs:
      return "content-differs";
    case Fault::certificate_differs:
      return "certificate-differs";
    case Fault::context_differs:
      return "context-differs";
    case Fault::unsound_key:
      return "unsound-key";
    case Fault::signature_differs:
      return "signature-differs";
  }
  throw Error(ErrorKind::internal, "a fault without a case");
}

}  // namespace certstore::cms
