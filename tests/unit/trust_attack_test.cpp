// A signer who was refused tries to come back: as another form of its certificate, through its CA, in the
// past.
#include "certstore/base/error.h"
#include "certstore/trust.h"
#include "certstore/trust_record_json.h"
#include "tests/unit/trust_cases.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace certstore;
using tests::evidence_of;
using tests::has;
using tests::kNow;
using tests::policy;
using tests::record_of;

namespace {

const tests::CertificateWish kCa{.common_name = "CA",
                                 .extensions = {{NID_basic_constraints, "critical,CA:TRUE"}}};

Certificate leaf_of(const Certificate& ca, EVP_PKEY* ca_key, const std::string& end = "2040-01-01") {
  return tests::make_certificate({.common_name = "Leaf", .not_after = parse_instant(end)},
                                 tests::key_named("Leaf").openssl(), &ca, ca_key);
}

bool is_malformed(const Error& error) {
  return error.kind() == ErrorKind::malformed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(trust_attack)

BOOST_AUTO_TEST_CASE(a_certificate_in_ber_is_not_another_certificate) {
  const Bytes der = tests::make_self_signed_certificate({}).der();
  BOOST_REQUIRE(der.at(1) == 0x82);
  Bytes ber = {0x30, 0x83, 0x00};
  append(ber, ByteView(der).subspan(2));
  BOOST_CHECK_EXCEPTION(static_cast<void>(Certificate::from_der(ber, "it")), Error, is_malformed);
}

BOOST_AUTO_TEST_CASE(a_retired_certificate_does_not_come_back_as_another_of_its_key) {
  const Certificate ca = tests::make_self_signed_certificate(kCa);
  EVP_PKEY* const ca_key = tests::key_named("CA").openssl();
  const TrustRecord retired = record_of(leaf_of(ca, ca_key), TrustRecord::Kind::retire);
  const Certificate again = leaf_of(ca, ca_key, "2039-01-01");
  BOOST_TEST(decide(evidence_of(again), policy({record_of(ca)})).trusted);
  const TrustDecision decision = decide(evidence_of(again), policy({record_of(ca), retired}));
  BOOST_TEST(!decision.trusted);
  BOOST_TEST(has(decision, IssueCode::retired_key));
}

BOOST_AUTO_TEST_CASE(what_a_retired_authority_issued_is_not_trusted) {
  const Certificate ca = tests::make_self_signed_certificate(kCa);
  const Certificate leaf = leaf_of(ca, tests::key_named("CA").openssl());
  TrustPolicy rules = policy({record_of(ca), record_of(ca, TrustRecord::Kind::retire)});
  rules.trusted = {ca};
  const TrustDecision decision = decide(evidence_of(leaf), rules);
  BOOST_TEST(!decision.trusted);
  BOOST_TEST(has(decision, IssueCode::retired_key));
}

BOOST_AUTO_TEST_CASE(a_look_back_does_not_give_a_retired_key_back) {
  const Certificate signer = tests::make_self_signed_certificate({});
  TrustRecord retired = record_of(signer, TrustRecord::Kind::retire);
  retired.from = parse_instant("2026-06-01");
  TrustPolicy rules = policy({record_of(signer), retired});
  rules.at = parse_instant("2026-03-01");
  BOOST_TEST(decide(evidence_of(signer), rules).trusted);  // in a world where it is March
  rules.now = kNow;
  BOOST_TEST(has(decide(evidence_of(signer), rules), IssueCode::retired_key));
}

BOOST_AUTO_TEST_CASE(the_keys_and_digests_of_a_path_are_judged_like_those_of_a_signer) {
  const openssl::Key short_key(EVP_RSA_gen(1024));
  const Certificate ca = tests::make_certificate(kCa, short_key.get(), nullptr, short_key.get());
  const Certificate leaf = leaf_of(ca, short_key.get());
  BOOST_TEST(has(decide(evidence_of(leaf), policy({record_of(ca)})), IssueCode::short_key));
  TrustPolicy rules = policy({record_of(ca)});
  rules.public_keys_known = {ca.public_key_sha256()};
  BOOST_TEST(has(decide(evidence_of(leaf), rules), IssueCode::known_public_key));
}

BOOST_AUTO_TEST_CASE(a_weak_digest_on_a_link_of_the_path_counts_and_one_on_its_anchor_does_not) {
  EVP_PKEY* const ca_key = tests::key_named("CA").openssl();
  const auto decided = [&](const EVP_MD* on_anchor, const EVP_MD* on_leaf) {
    const Certificate ca = tests::make_certificate(kCa, ca_key, nullptr, ca_key, on_anchor);
    const Certificate leaf = tests::make_certificate(
        {.common_name = "Leaf"}, tests::key_named("Leaf").openssl(), &ca, ca_key, on_leaf);
    return decide(evidence_of(leaf), policy({record_of(ca)}));
  };
  BOOST_TEST(!has(decided(EVP_sha256(), EVP_sha256()), IssueCode::weak_digest));
  BOOST_TEST(!has(decided(EVP_sha1(), EVP_sha256()), IssueCode::weak_digest));
  const TrustDecision by_sha1 = decided(EVP_sha256(), EVP_sha1());
  BOOST_TEST(has(by_sha1, IssueCode::weak_digest));
  BOOST_TEST(by_sha1.weaknesses.contains("sha1"));
  BOOST_TEST(decided(EVP_sha256(), EVP_md5()).weaknesses.contains("md5"));
}

BOOST_AUTO_TEST_CASE(a_ca_whose_key_is_not_sound_vouches_for_nobody) {
  const openssl::Key key = tests::rsa_key_with_exponent_three();
  const Certificate ca = tests::make_certificate(kCa, key.get(), nullptr, key.get());
  const TrustDecision decision = decide(evidence_of(leaf_of(ca, key.get())), policy({record_of(ca)}));
  BOOST_TEST(!decision.trusted);
  BOOST_TEST(has(decision, IssueCode::untrusted_signer));
}

BOOST_AUTO_TEST_CASE(a_broken_record_is_a_trouble_of_the_store_and_no_verdict_on_the_package) {
  const Certificate signer = tests::make_self_signed_certificate({});
  TrustRecord broken = record_of(signer);
  broken.certificate = {0x30, 0x00};
  broken.sha256 = sha256(broken.certificate);
  BOOST_CHECK_EXCEPTION(static_cast<void>(decide(evidence_of(signer), policy({broken}))), Error,
                        [](const Error& error) { return error.kind() == ErrorKind::store; });
}

BOOST_AUTO_TEST_CASE(a_record_nested_half_a_million_deep_is_refused) {
  const std::string text = R"({"allowed":)" + std::string(500'000, '[') + std::string(500'000, ']') + "}";
  BOOST_CHECK_EXCEPTION(static_cast<void>(parse_trust_record(as_bytes(text))), Error,
                        [](const Error& error) { return error.kind() == ErrorKind::store; });
}

BOOST_AUTO_TEST_SUITE_END()
