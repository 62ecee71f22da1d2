#include "certstore/trust.h"
#include "certstore/base/error.h"
#include "tests/unit/trust_cases.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace certstore;
using tests::has;
using tests::kNow;
using tests::policy;

namespace {

const Certificate& signer() {
  static const Certificate certificate = tests::make_self_signed_certificate({});
  return certificate;
}

SignerEvidence evidence(const Certificate& certificate = signer()) {
  return tests::evidence_of(certificate);
}

TrustRecord record(const Certificate& certificate = signer()) {
  return tests::record_of(certificate);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(trust)

BOOST_AUTO_TEST_CASE(nobody_is_trusted_without_a_record) {
  const TrustDecision decision = decide(evidence(), policy({}));
  BOOST_TEST(!decision.trusted);
  BOOST_TEST(!decision.known_before);
  BOOST_TEST(has(decision, IssueCode::untrusted_signer));
}

BOOST_AUTO_TEST_CASE(a_record_trusts_exactly_its_certificate) {
  BOOST_TEST(decide(evidence(), policy({record()})).trusted);
  // Same name, same dates, another key: names identify nobody.
  EVP_PKEY* const other_key = tests::key_named("another").openssl();
  const Certificate namesake = tests::make_certificate({}, other_key, nullptr, other_key);
  BOOST_TEST(namesake.subject() == signer().subject());
  BOOST_TEST(!decide(evidence(namesake), policy({record()})).trusted);
}

BOOST_AUTO_TEST_CASE(a_key_record_trusts_a_new_certificate_of_the_key) {
  TrustRecord of_key = record();
  of_key.subject = TrustRecord::Subject::public_key;
  of_key.sha256 = signer().public_key_sha256();
  tests::CertificateWish wish;
  wish.not_after = parse_instant("2050-01-01");
  const Certificate renewed = tests::make_self_signed_certificate(wish);
  BOOST_TEST(decide(evidence(renewed), policy({of_key})).trusted);
  BOOST_TEST(!decide(evidence(renewed), policy({record()})).trusted);
}

BOOST_AUTO_TEST_CASE(a_record_counts_only_within_its_time_use_and_scope) {
  TrustRecord late = record();
  late.from = parse_instant("2027-01-01");
  TrustRecord ended = record();
  ended.until = kNow;
  TrustRecord stamps = record();
  stamps.use = TrustRecord::Use::timestamp;
  TrustRecord other_name = record();
  other_name.scope = TrustRecord::Scope::package_name;
  other_name.scope_text = "com.example.other";
  for (const TrustRecord& wrong : {late, ended, stamps, other_name}) {
    const TrustDecision decision = decide(evidence(), policy({wrong}));
    BOOST_TEST(!decision.trusted);
    BOOST_TEST(decision.known_before);
  }
  TrustRecord glob = record();
  glob.scope = TrustRecord::Scope::package_glob;
  glob.scope_text = "com.example.*";
  BOOST_TEST(decide(evidence(), policy({glob})).trusted);
  SignerEvidence nameless = evidence();
  nameless.package_name.clear();
  glob.scope_text = "*";
  BOOST_TEST(!decide(nameless, policy({glob})).trusted);
}

BOOST_AUTO_TEST_CASE(a_retired_key_is_trusted_by_no_record_and_no_option) {
  TrustRecord retired = record();
  retired.kind = TrustRecord::Kind::retire;
  TrustPolicy rules = policy({record(), retired});
  rules.trusted = {signer()};
  const TrustDecision decision = decide(evidence(), rules);
  BOOST_TEST(!decision.trusted);
  BOOST_TEST(has(decision, IssueCode::retired_key));
}

BOOST_AUTO_TEST_CASE(a_weakness_is_allowed_by_name_and_date_for_its_signer_alone) {
  SignerEvidence weak = evidence();
  weak.digests = {DigestAlgorithm::md5};
  BOOST_TEST(has(decide(weak, policy({record()})), IssueCode::weak_digest));
  TrustRecord allowing = record();
  allowing.allowed = {{"md5", parse_instant("2027-01-01")}};
  BOOST_TEST(!has(decide(weak, policy({allowing})), IssueCode::weak_digest));
  BOOST_TEST(has(decide(weak, policy({allowing})), IssueCode::weakness_allowed));
  allowing.allowed = {{"md5", kNow}};
  BOOST_TEST(has(decide(weak, policy({allowing})), IssueCode::weak_digest));
  allowing.allowed = {{"sha1", std::nullopt}};
  BOOST_TEST(has(decide(weak, policy({allowing})), IssueCode::weak_digest));
}

BOOST_AUTO_TEST_CASE(dates_are_a_finding_and_not_a_question_of_trust) {
  tests::CertificateWish wish;
  wish.common_name = "Old Signer";
  wish.not_after = parse_instant("2026-01-01");
  const Certificate old = tests::make_self_signed_certificate(wish);
  const TrustDecision decision = decide(evidence(old), policy({record(old)}));
  BOOST_TEST(decision.trusted);
  BOOST_TEST(has(decision, IssueCode::expired));
  wish.common_name = "Future Signer";
  wish.not_before = parse_instant("2027-01-01");
  wish.not_after = parse_instant("2028-01-01");
  const Certificate future = tests::make_self_signed_certificate(wish);
  TrustPolicy rules = policy({record(future)});
  rules.allowed = {"expired"};
  BOOST_TEST(has(decide(evidence(future), rules), IssueCode::not_yet_valid));
}

BOOST_AUTO_TEST_CASE(a_list_of_public_keys_exposes_every_certificate_of_the_key) {
  TrustPolicy rules = policy({record()});
  rules.public_keys_known = {signer().public_key_sha256()};
  BOOST_TEST(has(decide(evidence(), rules), IssueCode::known_public_key));
}

BOOST_AUTO_TEST_CASE(a_record_of_bound_packages_refuses_an_unbound_one) {
  TrustRecord bound = record();
  bound.bound_required = true;
  BOOST_TEST(has(decide(evidence(), policy({bound})), IssueCode::unbound_refused));
  SignerEvidence sealed = evidence();
  sealed.bound = true;
  BOOST_TEST(!has(decide(sealed, policy({bound})), IssueCode::unbound_refused));
}

BOOST_AUTO_TEST_CASE(an_older_serial_than_one_accepted_is_a_rollback) {
  TrustPolicy rules = policy({record()});
  rules.highest_serials[{signer().sha256(), "com.example.app"}] = 100;
  SignerEvidence sealed = evidence();
  sealed.bound = true;
  for (const auto& [serial, is_rollback] : {std::pair{99u, true}, {100u, false}, {101u, false}}) {
    sealed.serial = serial;
    BOOST_TEST(has(decide(sealed, rules), IssueCode::rollback) == is_rollback);
  }
}

BOOST_AUTO_TEST_CASE(an_unbound_package_after_a_bound_one_is_a_rollback) {
  TrustPolicy rules = policy({record()});
  rules.highest_serials[{signer().sha256(), "com.example.app"}] = 100;
  BOOST_TEST(has(decide(evidence(), rules), IssueCode::rollback));
  SignerEvidence other_name = evidence();
  other_name.package_name = "com.example.other";
  BOOST_TEST(!has(decide(other_name, rules), IssueCode::rollback));
}

BOOST_AUTO_TEST_CASE(an_issued_certificate_needs_a_path_to_a_trusted_authority) {
  tests::CertificateWish ca_wish{.common_name = "Test CA",
                                 .extensions = {{NID_basic_constraints, "critical,CA:TRUE"}}};
  const Certificate ca = tests::make_self_signed_certificate(ca_wish);
  EVP_PKEY* const ca_key = tests::key_named("Test CA").openssl();
  EVP_PKEY* const leaf_key = tests::key_named("Leaf").openssl();
  tests::CertificateWish wish{.common_name = "Leaf", .extensions = {{NID_ext_key_usage, "codeSigning"}}};
  const Certificate leaf = tests::make_certificate(wish, leaf_key, &ca, ca_key);
  const TrustDecision decision = decide(evidence(leaf), policy({record(ca)}));
  BOOST_TEST(decision.trusted);
  BOOST_TEST(!has(decision, IssueCode::wrong_purpose));
  BOOST_TEST(!decide(evidence(leaf), policy({record()})).trusted);

  wish.extensions = {{NID_ext_key_usage, "serverAuth"}};
  const Certificate server = tests::make_certificate(wish, leaf_key, &ca, ca_key);
  BOOST_TEST(has(decide(evidence(server), policy({record(ca)})), IssueCode::wrong_purpose));
  certstore::TrustPolicy servers_too = policy({record(ca)});
  servers_too.path.purpose = certstore::PathRules::Purpose::packages_or_servers;
  BOOST_TEST(!has(decide(evidence(server), servers_too), IssueCode::wrong_purpose));
  BOOST_TEST(!has(decide(evidence(leaf), servers_too), IssueCode::wrong_purpose));
  wish.extensions = {{NID_ext_key_usage, "clientAuth"}};
  const Certificate client = tests::make_certificate(wish, leaf_key, &ca, ca_key);
  BOOST_TEST(has(decide(evidence(client), servers_too), IssueCode::wrong_purpose));
  // Pinned itself, it is trusted without purpose checks, as every real package needs.
  BOOST_TEST(!has(decide(evidence(server), policy({record(server)})), IssueCode::wrong_purpose));
}

BOOST_AUTO_TEST_CASE(a_trusted_signer_cannot_issue_further_signers) {
  EVP_PKEY* const signer_key = tests::key_named("Test Signer").openssl();
  EVP_PKEY* const leaf_key = tests::key_named("Leaf").openssl();
  const Certificate leaf = tests::make_certificate({.common_name = "Leaf"}, leaf_key, &signer(), signer_key);
  BOOST_TEST(!decide(evidence(leaf), policy({record()})).trusted);
}

BOOST_AUTO_TEST_CASE(a_content_pin_holds_for_its_bytes_and_its_time) {
  TrustRecord pin;
  pin.subject = TrustRecord::Subject::content;
  pin.sha256 = sha256(as_bytes("the file"));
  pin.until = parse_instant("2027-01-01");
  BOOST_TEST(find_content_pin(policy({pin}), sha256(as_bytes("the file"))) != nullptr);
  BOOST_TEST(find_content_pin(policy({pin}), sha256(as_bytes("another"))) == nullptr);
  pin.until = kNow;
  BOOST_TEST(find_content_pin(policy({pin}), sha256(as_bytes("the file"))) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_key_of_exponent_one_or_three_proves_nothing) {
  for (const unsigned long exponent : {1UL, 3UL}) {
    openssl::Bignum e(BN_new());
    BN_set_word(e.get(), exponent);
    EVP_PKEY* const sound = tests::key_named("Test Signer").openssl();
    BIGNUM* modulus = nullptr;
    EVP_PKEY_get_bn_param(sound, "n", &modulus);
    const openssl::Bignum n(modulus);
    // The certificate is signed by another key; only its own key counts here.
    Bytes n_bytes(static_cast<std::size_t>(BN_num_bytes(n.get())));
    Bytes e_bytes = {static_cast<std::uint8_t>(exponent)};
    BN_bn2nativepad(n.get(), n_bytes.data(), static_cast<int>(n_bytes.size()));
    const std::array parameters = {OSSL_PARAM_construct_BN("n", n_bytes.data(), n_bytes.size()),
                                   OSSL_PARAM_construct_BN("e", e_bytes.data(), e_bytes.size()),
                                   OSSL_PARAM_construct_end()};
    const openssl::KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* raw = nullptr;
    EVP_PKEY_fromdata_init(context.get());
    EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_PUBLIC_KEY, const_cast<OSSL_PARAM*>(parameters.data()));
    const openssl::Key weak(raw);
    const Certificate certificate =
        tests::make_certificate({.common_name = "Weak"}, weak.get(), &signer(), sound);
    BOOST_TEST(!certificate.key_unsoundness().empty());
    BOOST_TEST(has(decide(evidence(certificate), policy({record(certificate)})), IssueCode::unsound_key));
    // With e = 1 the padded digest is its own signature; it must not pass.
    BOOST_TEST(
        !certificate.checks_rsa_signature(DigestAlgorithm::sha256, sha256(as_bytes("x")), Bytes(256, 1)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
