// What follows from a succession: never more than a person confirmed.
#include "certstore/trust_record_json.h"
#include "tests/unit/successions.h"
#include "tests/unit/timestamp_tokens.h"

#include <boost/test/unit_test.hpp>

using namespace tests;

namespace {

using certstore::parse_instant;
using certstore::SuccessionAnswer;

SuccessionAnswer judged(const Succession& one, const TrustPolicy& policy) {
  return judge(one, {&one, 1}, policy);
}

SuccessionAnswer judged_by(TrustRecord base, SuccessionTerms terms = {}) {
  return judged(succession(before(), after(), std::move(terms)), policy_of({std::move(base)}));
}

TrustRecord base() {
  return record_of(before().certificate());
}

// As the store keeps it.
TrustRecord kept(TrustRecord record, std::string id) {
  record.id = std::move(id);
  record.label = "after";
  return record;
}

bool is_trusted(const Certificate& certificate, const TrustPolicy& policy, const std::string& package) {
  return decide({.identity = certificate,
                 .offered = {},
                 .digests = {DigestAlgorithm::sha256},
                 .package_name = package,
                 .bound = true,
                 .serial = {}},
                policy)
      .trusted;
}

TrustRecord retirement_of(const Certificate& certificate) {
  TrustRecord record = base();
  record.id = "fedcba9876543210";
  record.kind = TrustRecord::Kind::retire;
  record.sha256 = certificate.sha256();
  record.certificate = certificate.der();
  record.scope = TrustRecord::Scope::everything;
  record.scope_text.clear();
  record.until.reset();
  return record;
}

certstore::Stamper stamper_at(const Authority& authority, const std::string& time) {
  return [&authority, time](ByteView signature) -> std::optional<Bytes> {
    return make_token(authority, {.signature = {signature.begin(), signature.end()}, .time = time});
  };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(succession_rules)

BOOST_AUTO_TEST_CASE(the_successor_is_trusted_exactly_as_the_one_before) {
  TrustRecord confirmed = base();
  confirmed.allowed = {{.name = "md5", .until = parse_instant("2027-01-01")}};
  confirmed.bound_required = true;
  const SuccessionAnswer answer = judged_by(confirmed);
  BOOST_REQUIRE(answer.may_be_followed());
  BOOST_REQUIRE(answer.records.size() == 1U);
  const TrustRecord& record = answer.records.front();
  BOOST_TEST((record.sha256 == after().certificate().sha256()));
  BOOST_TEST((record.use == confirmed.use));
  BOOST_TEST((record.scope == confirmed.scope));
  BOOST_TEST(record.scope_text == confirmed.scope_text);
  BOOST_TEST((record.from == kSigned));
  BOOST_TEST((record.until == confirmed.until));
  BOOST_TEST((record.allowed == confirmed.allowed));
  BOOST_TEST(record.bound_required);
  BOOST_TEST(!record.compared);
  BOOST_TEST((record.origin == TrustRecord::Origin::succession));
  BOOST_REQUIRE(record.succession.has_value());
  BOOST_TEST(record.succession->record == confirmed.id);
  BOOST_TEST((record.succession->public_key == before().certificate().public_key_sha256()));
  BOOST_CHECK_NO_THROW(certstore::require_consistent(record));
}

BOOST_AUTO_TEST_CASE(the_record_survives_being_written_and_read) {
  TrustRecord record = judged_by(base()).records.at(0);
  record.label = "after";
  const TrustRecord read = certstore::parse_trust_record(certstore::to_json(record));
  record.id = read.id;
  BOOST_TEST((read == record));
  TrustRecord by_hand = record;
  by_hand.origin = TrustRecord::Origin::command;
  BOOST_CHECK_THROW(certstore::require_consistent(by_hand), std::exception);
}

BOOST_AUTO_TEST_CASE(a_trusted_key_is_succeeded_by_a_key) {
  TrustRecord confirmed = base();
  confirmed.subject = TrustRecord::Subject::public_key;
  confirmed.sha256 = before().certificate().public_key_sha256();
  const SuccessionAnswer answer = judged_by(confirmed);
  BOOST_REQUIRE(answer.may_be_followed());
  BOOST_TEST((answer.records[0].sha256 == after().certificate().public_key_sha256()));
}

BOOST_AUTO_TEST_CASE(its_terms_only_narrow) {
  TrustRecord everything = base();
  everything.scope = TrustRecord::Scope::everything;
  everything.scope_text.clear();
  const SuccessionTerms narrow{
      .made = kSigned, .until = parse_instant("2028-01-01"), .package = "com.example"};
  const SuccessionAnswer answer = judged_by(everything, narrow);
  BOOST_REQUIRE(answer.may_be_followed());
  BOOST_TEST(answer.records[0].scope_text == "com.example");
  BOOST_TEST((answer.records[0].until == narrow.until));
  const SuccessionTerms later{.made = kSigned, .until = parse_instant("2035-01-01")};
  BOOST_TEST((judged_by(base(), later).records.at(0).until == base().until));
  BOOST_TEST(!judged_by(base(), {.made = kSigned, .package = "com.example.other"}).may_be_followed());
}

BOOST_AUTO_TEST_CASE(a_glob_is_narrowed_only_to_a_name_in_it) {
  TrustRecord glob = base();
  glob.scope = TrustRecord::Scope::package_glob;
  glob.scope_text = "com.example.*";
  BOOST_TEST(judged_by(glob, {.made = kSigned, .package = "com.example.net"}).may_be_followed());
  BOOST_TEST(!judged_by(glob, {.made = kSigned, .package = "org.example"}).may_be_followed());
}

BOOST_AUTO_TEST_CASE(nobody_is_followed_whom_no_record_names) {
  const Succession one = succession(before(), after());
  BOOST_TEST(!judged(one, policy_of({})).may_be_followed());
  BOOST_TEST(!judged(one, policy_of({record_of(after().certificate())})).may_be_followed());
  TrustPolicy given = policy_of({});
  given.trusted = {before().certificate()};
  BOOST_TEST(!judged(one, given).may_be_followed());
}

BOOST_AUTO_TEST_CASE(a_record_out_of_force_reaches_nothing) {
  TrustRecord ended = base();
  ended.until = kSigned;
  BOOST_TEST(!judged_by(ended).may_be_followed());
  TrustRecord to_come = base();
  to_come.from = parse_instant("2027-06-01");
  BOOST_TEST(!judged_by(to_come).may_be_followed());
  TrustRecord stamps = base();
  stamps.use = TrustRecord::Use::timestamp;
  BOOST_TEST(!judged_by(stamps).may_be_followed());
}

BOOST_AUTO_TEST_CASE(one_step_is_followed_and_no_second) {
  const Signer third = signer_named("third");
  const TrustRecord first = kept(judged_by(base()).records.at(0), "1111111111111111");
  const Succession second = succession(after(), third);
  BOOST_TEST(!judged(second, policy_of({base(), first})).may_be_followed());
  // Until a person confirms the one in between.
  TrustRecord confirmed = record_of(after().certificate());
  confirmed.id = "2222222222222222";
  BOOST_TEST(judged(second, policy_of({base(), first, confirmed})).may_be_followed());
  TrustRecord bundled = record_of(after().certificate());
  bundled.origin = TrustRecord::Origin::bundle;
  BOOST_TEST(!judged(second, policy_of({base(), bundled})).may_be_followed());
}

BOOST_AUTO_TEST_CASE(of_two_successors_of_one_key_neither_is_followed) {
  const Signer other = signer_named("other");
  const std::vector<Succession> both = {succession(before(), after()), succession(before(), other)};
  const TrustPolicy policy = policy_of({base()});
  for (const Succession& one : both) {
    const SuccessionAnswer answer = judge(one, both, policy);
    BOOST_TEST(!answer.may_be_followed());
    BOOST_TEST(answer.contested);
    BOOST_TEST(answer.records.size() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_second_successor_contests_one_that_was_followed) {
  const TrustRecord first = kept(judged_by(base()).records.at(0), "1111111111111111");
  const Succession second = succession(before(), signer_named("other"));
  const TrustPolicy policy = policy_of({base(), first});
  const SuccessionAnswer answer = judged(second, policy);
  BOOST_TEST(answer.contested);
  BOOST_TEST(!answer.may_be_followed());
  const auto followed = followed_from(before().certificate().public_key_sha256(), policy.records);
  BOOST_REQUIRE(followed.size() == 1U);
  BOOST_TEST((followed[0] == first));
  // What is remembered of the contest has no force and goes on contesting.
  const TrustRecord remembered = kept(voided(first), "3333333333333333");
  BOOST_CHECK_NO_THROW(certstore::require_consistent(remembered));
  const TrustPolicy later = policy_of({base(), remembered});
  BOOST_TEST(!is_trusted(after().certificate(), later, "com.example"));
  BOOST_TEST(!judged(succession(before(), after()), later).may_be_followed());
  BOOST_TEST(followed_from(before().certificate().public_key_sha256(), later.records).empty());
}

BOOST_AUTO_TEST_CASE(the_same_succession_again_contests_nothing) {
  const TrustRecord first = kept(judged_by(base()).records.at(0), "1111111111111111");
  BOOST_TEST(judged(succession(before(), after()), policy_of({base(), first})).may_be_followed());
}

BOOST_AUTO_TEST_CASE(a_retired_key_names_no_successor_and_is_none) {
  const Succession one = succession(before(), after());
  for (const Signer* const retired : {&before(), &after()}) {
    const SuccessionAnswer answer = judged(one, policy_of({base(), retirement_of(retired->certificate())}));
    BOOST_TEST(!answer.may_be_followed());
    BOOST_TEST(answer.exposed);
  }
}

BOOST_AUTO_TEST_CASE(a_key_known_to_be_public_names_no_successor_and_is_none) {
  const Succession one = succession(before(), after());
  for (const Signer* const known : {&before(), &after()}) {
    TrustPolicy policy = policy_of({base()});
    policy.public_keys_known = {known->certificate().public_key_sha256()};
    const SuccessionAnswer answer = judged(one, policy);
    BOOST_TEST(!answer.may_be_followed());
    BOOST_TEST(answer.exposed);
  }
}

BOOST_AUTO_TEST_CASE(an_expired_certificate_names_no_successor_even_where_it_is_allowed) {
  TrustRecord confirmed = base();
  confirmed.until.reset();
  confirmed.allowed = {{.name = "expired", .until = {}}};
  TrustPolicy policy = policy_of({confirmed});
  const Succession one = succession(before(), after());
  BOOST_TEST(judged(one, policy).may_be_followed());
  policy.at = policy.now = parse_instant("2040-01-02");
  BOOST_TEST(!judged(one, policy).may_be_followed());
  // Nor does a look back help.
  policy.at = kSigned;
  BOOST_TEST(!judged(one, policy).may_be_followed());
}

BOOST_AUTO_TEST_CASE(a_trusted_stamp_shows_that_a_succession_is_older_than_the_end_of_its_certificate) {
  const Signer ended = signer_named("before", {.not_after = parse_instant("2027-01-01")});
  const Authority authority = make_authority();
  const Succession unstamped = succession(ended, after());
  const Succession stamped = succession(ended, after(), {}, stamper_at(authority, "20261201120000Z"));
  const Succession late = succession(ended, after(), {}, stamper_at(authority, "20270601120000Z"));
  TrustPolicy policy = policy_of({record_of(ended.certificate())});
  policy.at = policy.now = parse_instant("2028-01-01");
  BOOST_TEST(!judged(stamped, policy).may_be_followed());  // nobody trusts the authority
  policy.records.push_back(stamp_record(authority.root));
  BOOST_TEST(judged(stamped, policy).may_be_followed());
  BOOST_TEST(!judged(unstamped, policy).may_be_followed());
  BOOST_TEST(!judged(late, policy).may_be_followed());
  // Who retires a key does not say since when it is in other hands.
  policy.records.push_back(retirement_of(ended.certificate()));
  BOOST_TEST(!judged(stamped, policy).may_be_followed());
}

BOOST_AUTO_TEST_CASE(a_stamp_on_the_signature_of_the_successor_shows_nothing_of_the_one_before) {
  const Signer ended = signer_named("before", {.not_after = parse_instant("2027-01-01")});
  const Authority authority = make_authority();
  const certstore::Stamper stamp = stamper_at(authority, "20261201120000Z");
  std::size_t stamped = 0;
  for (const int wanted : {0, 1}) {
    int asked = 0;
    const auto only_wanted = [&](ByteView signature) {
      return asked++ == wanted ? stamp(signature) : std::optional<Bytes>();
    };
    stamped += succession(ended, after(), {}, only_wanted).stamps.good.size();
  }
  BOOST_TEST(stamped == 1U);  // one of the two signatures is that of the certificate before
}

BOOST_AUTO_TEST_CASE(a_succession_of_the_future_or_the_past_is_not_followed) {
  BOOST_TEST(!judged_by(base(), {.made = kSigned + std::chrono::days(2)}).may_be_followed());
  const SuccessionTerms ended{.made = kSigned - std::chrono::days(9), .until = kSigned};
  BOOST_TEST(!judged_by(base(), ended).may_be_followed());
}

BOOST_AUTO_TEST_CASE(a_successor_out_of_date_is_not_followed) {
  const Signer brief = signer_named("brief", {.not_after = kSigned + std::chrono::hours(1)});
  BOOST_TEST(!judged(succession(before(), brief), policy_of({base()})).may_be_followed());
}

BOOST_AUTO_TEST_CASE(a_certificate_that_could_issue_others_does_not_follow_one_that_could_not) {
  const Signer ca = signer_named("ca", {.extensions = {{NID_basic_constraints, "critical,CA:TRUE"}}});
  const Signer plain = signer_named("plain", {.extensions = {{NID_basic_constraints, "CA:FALSE"}}});
  BOOST_TEST(!judged(succession(plain, ca), policy_of({record_of(plain.certificate())})).may_be_followed());
  BOOST_TEST(judged(succession(ca, plain), policy_of({record_of(ca.certificate())})).may_be_followed());
}

BOOST_AUTO_TEST_CASE(a_followed_successor_stands_and_falls_with_the_record_before) {
  const TrustRecord first = kept(judged_by(base()).records.at(0), "1111111111111111");
  BOOST_TEST(is_trusted(after().certificate(), policy_of({base(), first}), "com.example"));
  BOOST_TEST(!is_trusted(after().certificate(), policy_of({base(), first}), "org.other"));
  BOOST_TEST(!is_trusted(after().certificate(), policy_of({first}), "com.example"));
  TrustRecord ended = base();
  ended.until = kSigned;
  BOOST_TEST(!is_trusted(after().certificate(), policy_of({ended, first}), "com.example"));
  const TrustRecord retired = retirement_of(before().certificate());
  BOOST_TEST(!is_trusted(after().certificate(), policy_of({base(), first, retired}), "com.example"));
  TrustPolicy known = policy_of({base(), first});
  known.public_keys_known = {before().certificate().public_key_sha256()};
  BOOST_TEST(!is_trusted(after().certificate(), known, "com.example"));
}

BOOST_AUTO_TEST_SUITE_END()
