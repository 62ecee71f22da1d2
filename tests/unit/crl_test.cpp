// Revocation lists: what is read, and what they mean for a signer. NIST's PKITS holds the rest.
#include "certstore/base/error.h"
#include "tests/unit/crls.h"
#include "tests/unit/trust_cases.h"

#include <boost/test/unit_test.hpp>

namespace {

using certstore::Certificate;
using certstore::Crl;
using certstore::IssueCode;
using certstore::TrustDecision;
using certstore::TrustPolicy;
using tests::CrlWish;
using tests::has;
using tests::kNow;
using tests::make_crl;

EVP_PKEY* ca_key() {
  return tests::key_named("CA").openssl();
}

const Certificate& ca() {
  static const Certificate made = tests::make_certificate(
      {.common_name = "CA", .extensions = {{NID_basic_constraints, "critical,CA:TRUE"}}}, ca_key(), nullptr,
      ca_key());
  return made;
}

const Certificate& leaf() {
  static const Certificate made =
      tests::make_certificate({.common_name = "Leaf"}, tests::key_named("Leaf").openssl(), &ca(), ca_key());
  return made;
}

TrustPolicy trusting(const Certificate& trusted, std::vector<Crl> lists) {
  TrustPolicy policy;
  policy.trusted = {trusted};
  policy.at = kNow;
  policy.crls.lists = std::move(lists);
  policy.crls.issuers = {ca()};
  return policy;
}

TrustDecision judged(const Certificate& trusted, std::vector<Crl> lists) {
  return certstore::decide(tests::evidence_of(leaf()), trusting(trusted, std::move(lists)));
}

Crl revoking_leaf(std::optional<int> reason = std::nullopt, std::optional<std::string> lost = std::nullopt) {
  return make_crl({.revoked = {{.certificate = leaf(), .reason = reason, .lost_since = lost}}}, ca(),
                  ca_key());
}

// What holds for a signature that was stamped on that day.
certstore::CrlJudgement stamped(const std::string& day, const Crl& list) {
  certstore::CrlPolicy policy;
  policy.lists = {list};
  return certstore::judge_by_crls(
      {.path = {leaf(), ca()}, .offered = {}, .stamped_at = certstore::parse_instant(day), .now = kNow},
      policy);
}

std::string refusal(const CrlWish& wish) {
  try {
    static_cast<void>(make_crl(wish, ca(), ca_key()));
  } catch (const certstore::Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(crl)

BOOST_AUTO_TEST_CASE(a_list_says_its_number_dates_and_entries) {
  const Crl list = revoking_leaf();
  BOOST_TEST(list.issuer() == "CN=CA");
  BOOST_TEST(list.number_hex() == "7");
  BOOST_TEST(!list.is_delta());
  BOOST_TEST(list.entries() == 1U);
  BOOST_TEST(list.is_signed_by(ca()));
  BOOST_TEST(!list.is_signed_by(leaf()));
  BOOST_TEST(list.is_current(kNow));
  BOOST_TEST(!list.is_current(certstore::parse_instant("2026-12-01")));
}

BOOST_AUTO_TEST_CASE(a_list_without_number_or_end_is_refused) {
  BOOST_TEST(refusal({}).empty());
  BOOST_TEST(refusal({.number = 0}).find("no number") != std::string::npos);
  BOOST_TEST(refusal({.next_update = ""}).find("until when") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_byte_changed_anywhere_is_noticed) {
  const certstore::Bytes der = revoking_leaf().der();
  for (std::size_t i = 0; i < der.size(); ++i) {
    certstore::Bytes changed = der;
    changed[i] ^= 0x01;
    try {
      BOOST_TEST(!Crl::from_der(changed, "a test").is_signed_by(ca()), "byte " << i);
    } catch (const certstore::Error&) {
    }
  }
}

BOOST_AUTO_TEST_CASE(numbers_are_compared_as_numbers) {
  const Crl nine = make_crl({.number = 9}, ca(), ca_key());
  const Crl many = make_crl({.number = 0x1000}, ca(), ca_key());
  BOOST_TEST(many.is_after(nine));
  BOOST_TEST(!nine.is_after(many));
  BOOST_TEST(!nine.is_after(nine));
}

BOOST_AUTO_TEST_CASE(a_file_is_read_as_der_and_as_pem) {
  const certstore::Bytes der = revoking_leaf().der();
  BOOST_TEST(certstore::read_crl_file(der, "a.crl").size() == 1U);
  const std::string pem =
      "text\n-----BEGIN X509 CRL-----\n" + certstore::to_base64(der) + "\n-----END X509 CRL-----\n";
  BOOST_TEST(certstore::read_crl_file(certstore::as_bytes(pem + pem), "a.pem").size() == 2U);
  BOOST_CHECK_THROW(certstore::read_crl_file(ca().der(), "ca.der"), certstore::Error);
  BOOST_CHECK_EXCEPTION(
      certstore::read_crl_file(certstore::Bytes(), "empty"), certstore::Error,
      [](const certstore::Error& error) { return error.kind() == certstore::ErrorKind::key; });
  BOOST_CHECK_THROW(certstore::read_crl_file(certstore::as_bytes("nothing"), "a"), certstore::Error);
}

BOOST_AUTO_TEST_CASE(a_list_that_does_not_name_the_signer_changes_nothing) {
  const TrustDecision decision = judged(ca(), {make_crl({}, ca(), ca_key())});
  BOOST_TEST(decision.trusted);
  BOOST_TEST(decision.issues.empty());
}

BOOST_AUTO_TEST_CASE(a_signer_of_a_ca_that_the_list_names_is_retired) {
  const TrustDecision decision = judged(ca(), {revoking_leaf()});
  BOOST_TEST(!decision.trusted);
  BOOST_TEST(has(decision, IssueCode::revoked_key));
}

BOOST_AUTO_TEST_CASE(a_pinned_signer_that_the_list_names_is_retired) {
  const TrustDecision decision = judged(leaf(), {revoking_leaf()});
  BOOST_TEST(!decision.trusted);
  BOOST_TEST(has(decision, IssueCode::revoked_key));
}

BOOST_AUTO_TEST_CASE(a_stranger_that_the_list_names_is_exposed) {
  BOOST_TEST(has(judged(tests::make_self_signed_certificate({.common_name = "Other"}), {revoking_leaf()}),
                 IssueCode::revoked_key));
}

BOOST_AUTO_TEST_CASE(a_stranger_who_only_says_that_the_ca_issued_him_is_not) {
  EVP_PKEY* const own = tests::key_named("Leaf").openssl();
  const Certificate false_leaf = tests::make_certificate({.common_name = "Leaf"}, own, &ca(), own);
  const TrustDecision decision =
      certstore::decide(tests::evidence_of(false_leaf), trusting(ca(), {revoking_leaf()}));
  BOOST_TEST(!decision.trusted);
  BOOST_TEST(!has(decision, IssueCode::revoked_key));
}

BOOST_AUTO_TEST_CASE(a_successor_falls_with_the_certificate_before_it) {
  const Certificate next = tests::make_self_signed_certificate({.common_name = "Next"});
  certstore::TrustRecord base = tests::record_of(leaf());
  certstore::TrustRecord followed = tests::record_of(next);
  followed.id = "r2";
  followed.origin = certstore::TrustRecord::Origin::succession;
  followed.succession = {.record = base.id, .public_key = leaf().public_key_sha256(), .document = {}};
  TrustPolicy policy = tests::policy({base, followed});
  policy.crls.issuers = {ca()};
  policy.crls.lists = {make_crl({}, ca(), ca_key())};
  BOOST_TEST(certstore::decide(tests::evidence_of(next), policy).trusted);
  policy.crls.lists = {revoking_leaf()};
  BOOST_TEST(!certstore::decide(tests::evidence_of(next), policy).trusted);
}

BOOST_AUTO_TEST_CASE(looking_back_never_takes_a_revocation_back) {
  TrustPolicy policy = trusting(ca(), {revoking_leaf()});
  policy.at = certstore::parse_instant("2026-01-01");
  policy.now = kNow;
  BOOST_TEST(has(certstore::decide(tests::evidence_of(leaf()), policy), IssueCode::revoked_key));
}

BOOST_AUTO_TEST_CASE(a_list_that_has_ended_is_stale_and_still_revokes) {
  const CrlWish ended{.this_update = "2026-09-01", .next_update = "2026-10-01"};
  const TrustDecision stale = judged(ca(), {make_crl(ended, ca(), ca_key())});
  BOOST_TEST(stale.trusted);
  BOOST_TEST(has(stale, IssueCode::crl_stale));
  CrlWish naming = ended;
  naming.revoked = {{.certificate = leaf()}};
  BOOST_TEST(has(judged(ca(), {make_crl(naming, ca(), ca_key())}), IssueCode::revoked_key));
}

BOOST_AUTO_TEST_CASE(without_a_list_only_a_requirement_is_a_finding) {
  BOOST_TEST(judged(ca(), {}).issues.empty());
  TrustPolicy policy = trusting(ca(), {});
  policy.crls.required = true;
  const TrustDecision decision = certstore::decide(tests::evidence_of(leaf()), policy);
  BOOST_TEST(decision.trusted);
  BOOST_TEST(has(decision, IssueCode::crl_missing));
}

BOOST_AUTO_TEST_CASE(nobody_is_asked_about_a_self_signed_certificate) {
  const Certificate alone = tests::make_self_signed_certificate({.common_name = "Alone"});
  TrustPolicy policy = trusting(alone, {});
  policy.crls.required = true;
  BOOST_TEST(certstore::decide(tests::evidence_of(alone), policy).issues.empty());
}

BOOST_AUTO_TEST_CASE(a_list_by_another_key_of_that_name_is_missing) {
  const Crl forged = make_crl({}, ca(), tests::key_named("Thief").openssl());
  BOOST_TEST(has(judged(ca(), {forged}), IssueCode::crl_missing));
}

BOOST_AUTO_TEST_CASE(a_delta_counts_beside_the_complete_list) {
  const Crl complete = make_crl({.number = 7}, ca(), ca_key());
  const Crl delta = make_crl({.revoked = {{.certificate = leaf()}}, .number = 8, .base = 7}, ca(), ca_key());
  BOOST_TEST(delta.is_delta());
  BOOST_TEST(delta.series() != complete.series());
  BOOST_TEST(has(judged(ca(), {complete, delta}), IssueCode::revoked_key));
  const Crl newer = make_crl({.this_update = "2026-11-02", .number = 9}, ca(), ca_key());
  BOOST_TEST(judged(ca(), {newer, delta}).issues.empty());
}

BOOST_AUTO_TEST_CASE(a_stamp_before_the_revocation_keeps_the_signature) {
  const certstore::CrlJudgement before = stamped("2026-05-31", revoking_leaf(CRL_REASON_KEY_COMPROMISE));
  BOOST_TEST(!before.revoked);
  BOOST_TEST((before.issues.at(0).code == IssueCode::revoked_later));
  BOOST_TEST(stamped("2026-06-01", revoking_leaf(CRL_REASON_SUPERSEDED)).revoked);
}

BOOST_AUTO_TEST_CASE(a_key_that_was_lost_earlier_takes_the_signatures_since_then) {
  for (const int reason : {CRL_REASON_KEY_COMPROMISE, CRL_REASON_UNSPECIFIED}) {
    BOOST_TEST(stamped("2026-05-01", revoking_leaf(reason, "2026-04-01")).revoked);
    BOOST_TEST(!stamped("2026-03-31", revoking_leaf(reason, "2026-04-01")).revoked);
  }
  BOOST_TEST(!stamped("2026-05-01", revoking_leaf(CRL_REASON_SUPERSEDED, "2026-04-01")).revoked);
}

BOOST_AUTO_TEST_CASE(a_lost_key_of_an_authority_could_stamp_any_time) {
  certstore::CrlPolicy policy;
  const certstore::CrlSubject subject{
      .path = {leaf(), ca()}, .offered = {}, .stamped_at = std::nullopt, .now = kNow};
  const auto fault = [&](int reason, const std::string& day) {
    policy.lists = {revoking_leaf(reason)};
    return !certstore::fault_by_crls(subject, certstore::parse_instant(day), policy).empty();
  };
  BOOST_TEST(fault(CRL_REASON_KEY_COMPROMISE, "2026-01-01"));
  BOOST_TEST(!fault(CRL_REASON_SUPERSEDED, "2026-01-01"));
  BOOST_TEST(fault(CRL_REASON_SUPERSEDED, "2026-07-01"));
}

BOOST_AUTO_TEST_CASE(lists_are_fetched_only_for_who_is_trusted_and_only_when_missing) {
  const Certificate pointing =
      tests::make_certificate({.common_name = "Pointing",
                               .extensions = {{NID_crl_distribution_points, "URI:http://ca.example/a.crl"}}},
                              tests::key_named("Leaf").openssl(), &ca(), ca_key());
  std::vector<std::string> asked;
  TrustPolicy policy = trusting(ca(), {});
  policy.crls.required = true;
  policy.crls.fetch = [&](const std::string& address) -> std::vector<Crl> {
    asked.push_back(address);
    return {make_crl({}, ca(), ca_key())};
  };
  BOOST_TEST(certstore::decide(tests::evidence_of(pointing), policy).issues.empty());
  BOOST_TEST(asked == std::vector<std::string>{"http://ca.example/a.crl"});
  asked.clear();
  policy.crls.issuers.clear();
  policy.trusted = {tests::make_self_signed_certificate({.common_name = "Other"})};
  static_cast<void>(certstore::decide(tests::evidence_of(pointing), policy));
  BOOST_TEST(asked.empty());
}

BOOST_AUTO_TEST_SUITE_END()
