// Each rule of check(): a signature that is good in all else, over attributes that are not.
#include "certstore/base/error.h"
#include "certstore/cms_attributes.h"
#include "tests/unit/cms_files.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>

using namespace tests;

namespace {

using certstore::cms::attribute;
using certstore::cms::object_value;
using certstore::cms::octets_value;

const Signer& rsa() {
  return signer_of("rsa-2048");
}

// What create() signs, by type, so that a test can take one away or put another in its place.
using Wish = std::map<std::string, std::vector<Bytes>>;

cms::SignerInfo ours() {
  return cms::parse(sign(rsa()), "ours").signers.at(0);
}

Wish usual() {
  Wish wish;
  for (const cms::Attribute& found : ours().signed_attributes) {
    wish[found.type] = {attribute(found.type, found.values.front())};
  }
  return wish;
}

// Those attributes in that order, signed as they stand there.
cms::SignerInfo signed_over(const std::vector<Bytes>& attributes) {
  const cms::asn1::Owner<STACK_OF(ASN1_TYPE)> set(sk_ASN1_TYPE_new_null(),
                                                  certstore::openssl::FreeItem{ASN1_SET_ANY_it});
  for (const Bytes& der : attributes) {
    sk_ASN1_TYPE_push(set.get(), cms::asn1::decode<ASN1_TYPE>(der, ASN1_ANY_it).release());
  }
  cms::SignerInfo signer = ours();
  cms::AttributeSet read = cms::read_attributes(set.get(), "test");
  signer.signed_attributes = read.attributes;
  signer.malformation = read.malformation;
  signer.signed_bytes = read.der;
  signer.signature = rsa().sign(*signer.digest, read.der);
  return signer;
}

cms::SignerInfo signed_over(const Wish& wish) {
  std::vector<Bytes> attributes;
  for (const auto& [type, ders] : wish) attributes.insert(attributes.end(), ders.begin(), ders.end());
  std::ranges::sort(attributes);
  return signed_over(attributes);
}

std::string verdict_on(const cms::SignerInfo& signer, std::string_view context = {}) {
  const Bytes digest = certstore::digest(DigestAlgorithm::sha256, as_bytes(kContent));
  const std::vector<Certificate> known = {rsa().certificate()};
  return word_of(cms::check(signer, {.content_digest = digest, .candidates = known, .context = context}));
}

std::string type(std::string_view text) {
  return std::string(text);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cms_rules)

BOOST_AUTO_TEST_CASE(what_create_signs_is_good_when_signed_anew) {
  BOOST_TEST(verdict_on(signed_over(usual())) == "good");
}

BOOST_AUTO_TEST_CASE(content_type_and_message_digest_are_needed_and_nothing_else) {
  for (const auto& [missing, unused] : usual()) {
    Wish wish = usual();
    wish.erase(missing);
    const bool needed = missing == cms::kContentType || missing == cms::kMessageDigest;
    BOOST_TEST(verdict_on(signed_over(wish)) == (needed ? "attributes-malformed" : "good"), missing);
  }
}

BOOST_AUTO_TEST_CASE(an_attribute_that_is_there_twice_is_refused) {
  for (const auto& [repeated, ders] : usual()) {
    Wish wish = usual();
    wish[repeated].push_back(ders.front());
    BOOST_TEST(verdict_on(signed_over(wish)) == "attributes-malformed", repeated);
  }
}

BOOST_AUTO_TEST_CASE(attributes_out_of_order_are_not_der) {
  std::vector<Bytes> attributes;
  for (const auto& [unused, ders] : usual()) attributes.push_back(ders.front());
  std::ranges::sort(attributes);
  BOOST_TEST(verdict_on(signed_over(attributes)) == "good");
  std::ranges::reverse(attributes);
  BOOST_TEST(verdict_on(signed_over(attributes)) == "attributes-malformed");
}

BOOST_AUTO_TEST_CASE(an_attribute_in_ber_is_refused) {
  Wish wish = usual();
  Bytes& type_attribute = wish[type(cms::kContentType)].front();
  // The same length in the long form (X.690 8.1.3.5).
  type_attribute.insert(type_attribute.begin() + 1, 0x81);
  BOOST_TEST(verdict_on(signed_over(wish)) == "attributes-malformed");
}

BOOST_AUTO_TEST_CASE(another_content_type_than_the_files_is_refused) {
  Wish wish = usual();
  wish[type(cms::kContentType)] = {attribute(cms::kContentType, object_value("1.2.840.113549.1.7.2"))};
  BOOST_TEST(verdict_on(signed_over(wish)) == "content-type-differs");
}

BOOST_AUTO_TEST_CASE(a_value_of_another_type_is_refused) {
  for (const std::string_view name : {cms::kContentType, cms::kMessageDigest, cms::kSigningTime}) {
    Wish wish = usual();
    wish[type(name)] = {attribute(name, cms::text_value("2026-11-23"))};
    BOOST_TEST(verdict_on(signed_over(wish)) == "attributes-malformed", name);
  }
}

BOOST_AUTO_TEST_CASE(a_digest_of_another_content_is_refused) {
  Wish wish = usual();
  wish[type(cms::kMessageDigest)] = {attribute(
      cms::kMessageDigest, octets_value(certstore::digest(DigestAlgorithm::sha256, as_bytes("other"))))};
  BOOST_TEST(verdict_on(signed_over(wish)) == "content-differs");
}

BOOST_AUTO_TEST_CASE(a_cut_digest_is_refused) {
  Wish wish = usual();
  const Bytes whole = certstore::digest(DigestAlgorithm::sha256, as_bytes(kContent));
  const Bytes cut(whole.begin(), whole.begin() + 8);
  wish[type(cms::kMessageDigest)] = {attribute(cms::kMessageDigest, octets_value(cut))};
  BOOST_TEST(verdict_on(signed_over(wish)) == "content-differs");
}

BOOST_AUTO_TEST_CASE(algorithms_other_than_the_protected_ones_are_refused) {
  Wish wish = usual();
  const Bytes sha384 = signer_of("p-384").signature_algorithm(DigestAlgorithm::sha384);
  wish[type(cms::kAlgorithmProtection)] = {
      attribute(cms::kAlgorithmProtection, cms::protection_value(ours().digest_algorithm, sha384))};
  BOOST_TEST(verdict_on(signed_over(wish)) == "algorithms-disagree");
}

BOOST_AUTO_TEST_CASE(a_signature_with_another_digest_than_the_content_is_refused) {
  cms::SignerInfo signer = ours();
  signer.signature_algorithm = rsa().signature_algorithm(DigestAlgorithm::sha512);
  BOOST_TEST(verdict_on(signer) == "algorithms-disagree");
}

BOOST_AUTO_TEST_CASE(a_signature_of_another_kind_than_the_key_is_refused) {
  Wish wish = usual();
  wish.erase(type(cms::kAlgorithmProtection));
  cms::SignerInfo signer = signed_over(wish);
  signer.signature_algorithm = signer_of("p-256").signature_algorithm(DigestAlgorithm::sha256);
  BOOST_TEST(verdict_on(signer) == "algorithms-disagree");
}

BOOST_AUTO_TEST_CASE(a_certificate_other_than_the_signed_one_is_refused) {
  for (const bool is_first_version : {false, true}) {
    Wish wish = usual();
    wish.erase(type(cms::kSigningCertificateV2));
    const Bytes named = cms::signing_certificate_value(signer_of("p-256").certificate());
    const std::string_view name = is_first_version ? cms::kSigningCertificate : cms::kSigningCertificateV2;
    wish[type(name)] = {attribute(name, named)};
    BOOST_TEST(verdict_on(signed_over(wish)) == "certificate-differs");
  }
}

BOOST_AUTO_TEST_CASE(another_certificate_of_the_same_key_and_name_is_not_the_signers) {
  // The same issuer, serial and key, other dates: only the signed attribute tells them apart.
  const Certificate twin = make_certificate(
      {.common_name = "Signer rsa-2048", .not_after = certstore::parse_instant("2039-01-01")},
      X509_get0_pubkey(rsa().certificate().openssl()), &rsa().chain().front(),
      key_named("Test Signer").openssl());
  const Bytes digest = certstore::digest(DigestAlgorithm::sha256, as_bytes(kContent));
  const std::vector<Certificate> known = {twin};
  const cms::Question question{.content_digest = digest, .candidates = known};
  BOOST_TEST(word_of(cms::check(ours(), question)) == "certificate-differs");
  Wish wish = usual();
  wish.erase(type(cms::kSigningCertificateV2));
  BOOST_TEST(word_of(cms::check(signed_over(wish), question)) == "good");
}

BOOST_AUTO_TEST_CASE(a_certificate_that_was_not_named_is_not_tried) {
  const Bytes digest = certstore::digest(DigestAlgorithm::sha256, as_bytes(kContent));
  const std::vector<Certificate> known = {signer_of("p-256").certificate(), rsa().chain().front()};
  BOOST_TEST(word_of(cms::check(ours(), {.content_digest = digest, .candidates = known})) ==
             "certificate-missing");
}

BOOST_AUTO_TEST_CASE(a_context_is_taken_where_it_is_asked_for_and_nowhere_else) {
  const auto file = cms::parse(sign(rsa()), "file").signers.at(0);
  const auto document = cms::parse(sign(rsa(), kContent, "test 1"), "document").signers.at(0);
  BOOST_TEST(verdict_on(file) == "good");
  BOOST_TEST(verdict_on(file, "test 1") == "context-differs");
  BOOST_TEST(verdict_on(document, "test 1") == "good");
  BOOST_TEST(verdict_on(document, "test 2") == "context-differs");
  BOOST_TEST(verdict_on(document) == "context-differs");
}

BOOST_AUTO_TEST_CASE(an_attribute_that_must_be_signed_is_refused_beside) {
  for (const std::string_view name : {cms::kSigningTime, cms::kMessageDigest, cms::kContext}) {
    cms::SignerInfo signer = ours();
    signer.unsigned_attributes.push_back({type(name), {octets_value(as_bytes("x"))}});
    BOOST_TEST(verdict_on(signer) == "attributes-malformed", name);
  }
  cms::SignerInfo signer = ours();
  signer.unsigned_attributes.push_back({"1.2.840.113549.1.9.16.2.14", {octets_value(as_bytes("token"))}});
  BOOST_TEST(verdict_on(signer) == "good");
}

BOOST_AUTO_TEST_CASE(without_signed_attributes_the_signature_is_over_the_content) {
  cms::SignerInfo signer = ours();
  signer.signed_attributes.clear();
  signer.signed_bytes.reset();
  BOOST_TEST(verdict_on(signer) == "signature-differs");
  signer.signature = rsa().sign(DigestAlgorithm::sha256, as_bytes(kContent));
  BOOST_TEST(verdict_on(signer) == "good");
  BOOST_TEST(verdict_on(signer, "test 1") == "context-differs");
  // RFC 5652 5.3: only id-data may be signed so.
  signer.content_type = "1.2.840.113549.1.9.16.1.4";
  BOOST_TEST(verdict_on(signer) == "attributes-malformed");
}

BOOST_AUTO_TEST_CASE(ed25519_needs_signed_attributes) {
  cms::SignerInfo signer = cms::parse(sign(signer_of("ed25519")), "ours").signers.at(0);
  signer.signed_attributes.clear();
  signer.signed_bytes.reset();
  signer.signature = signer_of("ed25519").sign(DigestAlgorithm::sha512, as_bytes(kContent));
  const Bytes digest = certstore::digest(DigestAlgorithm::sha512, as_bytes(kContent));
  const std::vector<Certificate> known = {signer_of("ed25519").certificate()};
  BOOST_TEST(word_of(cms::check(signer, {.content_digest = digest, .candidates = known})) ==
             "unknown-algorithm");
}

BOOST_AUTO_TEST_CASE(an_unsound_key_signs_nothing) {
  // e = 1: every message is its own signature, and OpenSSL says that it is good.
  BIGNUM* found = nullptr;
  EVP_PKEY_get_bn_param(key_named("rsa one").openssl(), OSSL_PKEY_PARAM_RSA_N, &found);
  const certstore::openssl::Bignum modulus(found);
  Bytes number(static_cast<std::size_t>(BN_num_bytes(modulus.get())));
  BN_bn2nativepad(modulus.get(), number.data(), static_cast<int>(number.size()));
  unsigned one = 1;
  std::array<OSSL_PARAM, 3> parts = {
      OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, number.data(), number.size()),
      OSSL_PARAM_construct_uint(OSSL_PKEY_PARAM_RSA_E, &one), OSSL_PARAM_construct_end()};
  const certstore::openssl::KeyContext context(EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nullptr));
  EVP_PKEY* made = nullptr;
  BOOST_REQUIRE(EVP_PKEY_fromdata_init(context.get()) == 1);
  BOOST_REQUIRE(EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parts.data()) == 1);
  const certstore::openssl::Key key(made);
  const Certificate unsound = make_certificate({.common_name = "Signer rsa-2048"}, key.get(),
                                               &rsa().chain().front(), key_named("Test Signer").openssl());
  BOOST_REQUIRE(!unsound.key_unsoundness().empty());
  const Bytes digest = certstore::digest(DigestAlgorithm::sha256, as_bytes(kContent));
  const std::vector<Certificate> known = {unsound};
  BOOST_TEST(word_of(cms::check(ours(), {.content_digest = digest, .candidates = known})) == "unsound-key");
}

BOOST_AUTO_TEST_CASE(a_digest_of_the_wrong_size_is_a_bug_of_the_caller) {
  const std::vector<Certificate> known = {rsa().certificate()};
  BOOST_CHECK_THROW(cms::check(ours(), {.content_digest = {}, .candidates = known}), certstore::Error);
}

BOOST_AUTO_TEST_SUITE_END()
