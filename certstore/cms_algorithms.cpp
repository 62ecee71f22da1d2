#include "certstore/cms_algorithms.h"

#include "certstore/base/error.h"
#include "certstore/base/limits.h"

#include <openssl/rsa.h>

#include <algorithm>
#include <array>

namespace certstore::cms {
namespace {

struct DigestRow {
  int nid;
  DigestAlgorithm digest;
};
constexpr std::array<DigestRow, 6> kDigests = {{
    {NID_md5, DigestAlgorithm::md5},
    {NID_sha1, DigestAlgorithm::sha1},
    {NID_sha224, DigestAlgorithm::sha224},
    {NID_sha256, DigestAlgorithm::sha256},
    {NID_sha384, DigestAlgorithm::sha384},
    {NID_sha512, DigestAlgorithm::sha512},
}};

struct SignatureRow {
  int nid;
  Scheme scheme;
  std::optional<DigestAlgorithm> digest;
};
// RFC 3370, 5754, 5753. Writers that name a key's algorithm for that of the signature mean the digest beside
// it.
constexpr std::array<SignatureRow, 20> kSignatures = {{
    {NID_rsaEncryption, Scheme::rsa_pkcs1, std::nullopt},
    {NID_md5WithRSAEncryption, Scheme::rsa_pkcs1, DigestAlgorithm::md5},
    {NID_sha1WithRSAEncryption, Scheme::rsa_pkcs1, DigestAlgorithm::sha1},
    {NID_sha224WithRSAEncryption, Scheme::rsa_pkcs1, DigestAlgorithm::sha224},
    {NID_sha256WithRSAEncryption, Scheme::rsa_pkcs1, DigestAlgorithm::sha256},
    {NID_sha384WithRSAEncryption, Scheme::rsa_pkcs1, DigestAlgorithm::sha384},
    {NID_sha512WithRSAEncryption, Scheme::rsa_pkcs1, DigestAlgorithm::sha512},
    {NID_X9_62_id_ecPublicKey, Scheme::ecdsa, std::nullopt},
    {NID_ecdsa_with_SHA1, Scheme::ecdsa, DigestAlgorithm::sha1},
    {NID_ecdsa_with_SHA224, Scheme::ecdsa, DigestAlgorithm::sha224},
    {NID_ecdsa_with_SHA256, Scheme::ecdsa, DigestAlgorithm::sha256},
    {NID_ecdsa_with_SHA384, Scheme::ecdsa, DigestAlgorithm::sha384},
    {NID_ecdsa_with_SHA512, Scheme::ecdsa, DigestAlgorithm::sha512},
    {NID_dsa, Scheme::dsa, std::nullopt},
    {NID_dsaWithSHA1, Scheme::dsa, DigestAlgorithm::sha1},
    {NID_dsa_with_SHA224, Scheme::dsa, DigestAlgorithm::sha224},
    {NID_dsa_with_SHA256, Scheme::dsa, DigestAlgorithm::sha256},
    {NID_dsa_with_SHA384, Scheme::dsa, DigestAlgorithm::sha384},
    {NID_dsa_with_SHA512, Scheme::dsa, DigestAlgorithm::sha512},
    {NID_ED25519, Scheme::ed25519, DigestAlgorithm::sha512},  // RFC 8419 3.1
}};

struct Parts {
  int nid;
  int parameters;  // V_ASN1_UNDEF: none
  const void* value;
};

Parts parts_of(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* object = nullptr;
  int type = V_ASN1_UNDEF;
  const void* value = nullptr;
  X509_ALGOR_get0(&object, &type, &value, algorithm);
  return {OBJ_obj2nid(object), type, value};
}

bool has_no_parameters(const Parts& parts) {
  return parts.parameters == V_ASN1_UNDEF || parts.parameters == V_ASN1_NULL;
}

// RFC 4055 3.1, with its defaults; the mask's digest is to be the message's, as every writer has it.
std::optional<SignatureAlgorithm> pss_of(const Parts& parts) {
  if (parts.parameters != V_ASN1_SEQUENCE) return std::nullopt;
  const auto* const sequence = static_cast<const ASN1_STRING*>(parts.value);
  const auto found = asn1::decode<RSA_PSS_PARAMS>(asn1::view_of(sequence), RSA_PSS_PARAMS_it);
  if (!found) return std::nullopt;
  const auto digest =
      found->hashAlgorithm == nullptr ? DigestAlgorithm::sha1 : digest_of(found->hashAlgorithm);
  std::optional<DigestAlgorithm> mask = DigestAlgorithm::sha1;
  if (found->maskGenAlgorithm != nullptr) {
    const Parts generator = parts_of(found->maskGenAlgorithm);
    if (generator.nid != NID_mgf1 || generator.parameters != V_ASN1_SEQUENCE) return std::nullopt;
    const auto* const inner = static_cast<const ASN1_STRING*>(generator.value);
    const auto hash = asn1::decode<X509_ALGOR>(asn1::view_of(inner), X509_ALGOR_it);
    mask = hash ? digest_of(hash.get()) : std::nullopt;
  }
  std::int64_t salt = 20;
  if (found->saltLength != nullptr && ASN1_INTEGER_get_int64(&salt, found->saltLength) != 1) salt = -1;
  std::int64_t trailer = 1;
  if (found->trailerField != nullptr && ASN1_INTEGER_get_int64(&trailer, found->trailerField) != 1)
    trailer = 0;
  openssl::clear_errors();
  if (!digest || mask != digest || salt < 0 || salt > limits::kRsaBits / 8 || trailer != 1)
    return std::nullopt;
  return SignatureAlgorithm{Scheme::rsa_pss, digest, static_cast<int>(salt)};
}

bool checks_ed25519(EVP_PKEY* key, ByteView message, ByteView signature) {
  const openssl::DigestContext context(EVP_MD_CTX_new());
  if (!context) openssl::throw_error("making a verification context");
  return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

bool checks_digest(EVP_PKEY* key, const SignatureAlgorithm& algorithm, const Signed& what,
                   ByteView signature) {
  const openssl::KeyContext context(EVP_PKEY_CTX_new(key, nullptr));
  if (!context) openssl::throw_error("making a verification context");
  const bool is_pss = algorithm.scheme == Scheme::rsa_pss;
  // A failure here is the key's refusal: an RSA-PSS key tied to another digest (RFC 4055 3.3).
  if (EVP_PKEY_verify_init(context.get()) != 1) return false;
  if (is_pss || algorithm.scheme == Scheme::rsa_pkcs1) {
    const int padding = is_pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING;
    if (EVP_PKEY_CTX_set_rsa_padding(context.get(), padding) != 1) return false;
  }
  if (EVP_PKEY_CTX_set_signature_md(context.get(), evp(what.digest)) != 1) return false;
  if (is_pss && (EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), evp(what.digest)) != 1 ||
                 EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), algorithm.salt) != 1)) {
    return false;
  }
  return EVP_PKEY_verify(context.get(), signature.data(), signature.size(), what.message_digest.data(),
                         what.message_digest.size()) == 1;
}

}  // namespace

std::string name_of_algorithm(const X509_ALGOR* algorithm) {
  const int nid = parts_of(algorithm).nid;
  return nid != NID_undef ? OBJ_nid2sn(nid) : asn1::dotted(algorithm->algorithm);
}

std::optional<DigestAlgorithm> digest_of(const X509_ALGOR* algorithm) {
  const Parts parts = parts_of(algorithm);
  const auto row = std::ranges::find(kDigests, parts.nid, &DigestRow::nid);
  if (row == kDigests.end() || !has_no_parameters(parts)) return std::nullopt;
  return row->digest;
}

std::optional<SignatureAlgorithm> signature_algorithm_of(const X509_ALGOR* algorithm) {
  const Parts parts = parts_of(algorithm);
  if (parts.nid == NID_rsassaPss) return pss_of(parts);
  const auto row = std::ranges::find(kSignatures, parts.nid, &SignatureRow::nid);
  if (row == kSignatures.end() || !has_no_parameters(parts)) return std::nullopt;
  return SignatureAlgorithm{row->scheme, row->digest};
}

bool key_fits(KeyKind kind, Scheme scheme) {
  switch (scheme) {
    case Scheme::rsa_pkcs1:
      return kind == KeyKind::rsa;
    case Scheme::rsa_pss:
      return kind == KeyKind::rsa || kind == KeyKind::rsa_pss;
    case Scheme::ecdsa:
      return kind == KeyKind::ec;
    case Scheme::dsa:
      return kind == KeyKind::dsa;
    case Scheme::ed25519:
      return kind == KeyKind::ed25519;
  }
  return false;
}

bool checks(const Certificate& certificate, const SignatureAlgorithm& algorithm, const Signed& what,
            ByteView signature) {
  EVP_PKEY* const key = X509_get0_pubkey(certificate.openssl());
  // An unsound key (e = 1) verifies anything; so it never gets as far as OpenSSL.
  if (key == nullptr || !certificate.key_unsoundness().empty()) return false;
  if (!key_fits(certificate.key_kind(), algorithm.scheme)) return false;
  const bool good = algorithm.scheme == Scheme::ed25519
                        ? what.message && checks_ed25519(key, *what.message, signature)
                        : checks_digest(key, algorithm, what, signature);
  openssl::clear_errors();
  return good;
}

}  // namespace certstore::cms
