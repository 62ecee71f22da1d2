#include "certstore/timestamp_trust.h"
#include "tests/unit/timestamp_tokens.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace certstore;
using tests::make_authority;
using tests::make_token;
using tests::stamp_record;

namespace {

const Bytes kSignature = {1, 2, 3};

// Ended in 2027; the tokens are of 2026 and the judgement of 2028.
const Certificate& signer() {
  static const Certificate certificate = tests::make_self_signed_certificate(
      {.not_before = parse_instant("2025-01-01"), .not_after = parse_instant("2027-01-01")});
  return certificate;
}

VerifiedTimestamp stamp_of(const tests::Authority& authority, const tests::TokenWish& wish = {}) {
  const TimestampAnswer answer = check_timestamp(make_token(authority, wish), {.signature = kSignature});
  if (const auto* const why = std::get_if<std::string>(&answer)) throw std::runtime_error(*why);
  return std::get<VerifiedTimestamp>(answer);
}

TrustRecord signer_record() {
  TrustRecord record;
  record.id = "signer";
  record.sha256 = signer().sha256();
  record.certificate = signer().der();
  return record;
}

TrustPolicy policy(std::vector<TrustRecord> records, const char* at = "2028-01-01") {
  TrustPolicy policy;
  policy.records = std::move(records);
  policy.records.push_back(signer_record());
  policy.at = parse_instant(at);
  return policy;
}

SignerEvidence evidence(std::vector<std::vector<VerifiedTimestamp>> stamps) {
  return {.identity = signer(),
          .offered = {},
          .digests = {DigestAlgorithm::sha256},
          .package_name = "",
          .bound = false,
          .serial = {},
          .stamps = std::move(stamps)};
}

bool has(const TrustDecision& decision, IssueCode code) {
  return std::any_of(decision.issues.begin(), decision.issues.end(),
                     [&](const Issue& issue) { return issue.code == code; });
}

std::string reason(const VerifiedTimestamp& stamp, const TrustPolicy& rules) {
  return decide_authority(stamp, rules).reason;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(timestamp_trust)

BOOST_AUTO_TEST_CASE(a_trusted_stamp_rescues_an_expired_signer) {
  const tests::Authority authority = make_authority();
  const VerifiedTimestamp stamp = stamp_of(authority);
  for (const Certificate& trusted : {authority.root, authority.certificate}) {
    const TrustDecision stamped = decide(evidence({{stamp}}), policy({stamp_record(trusted)}));
    BOOST_TEST(stamped.trusted);
    BOOST_TEST(!has(stamped, IssueCode::expired));
    BOOST_TEST(has(stamped, IssueCode::timestamped));
    BOOST_TEST((stamped.stamped_at == parse_instant("2026-01-01T12:00:00Z")));
  }
  BOOST_TEST(has(decide(evidence({}), policy({stamp_record(authority.root)})), IssueCode::expired));
}

BOOST_AUTO_TEST_CASE(an_untrusted_stamp_rescues_nothing) {
  const VerifiedTimestamp stamp = stamp_of(make_authority());
  TrustRecord for_packages = stamp_record(make_authority().root);
  for_packages.use = TrustRecord::Use::package;
  TrustRecord ended = stamp_record(make_authority().root);
  ended.until = parse_instant("2027-06-01");
  for (const auto& records : std::vector<std::vector<TrustRecord>>{{}, {for_packages}, {ended}}) {
    const TrustDecision decision = decide(evidence({{stamp}}), policy(records));
    BOOST_TEST(has(decision, IssueCode::expired));
    BOOST_TEST(has(decision, IssueCode::timestamp_not_trusted));
    BOOST_TEST(!decision.stamped_at.has_value());
  }
}

BOOST_AUTO_TEST_CASE(trust_for_time_stamps_is_none_for_packages) {
  TrustPolicy rules = policy({});
  rules.records.back().use = TrustRecord::Use::timestamp;
  BOOST_TEST(!decide(evidence({}), rules).trusted);
}

BOOST_AUTO_TEST_CASE(the_earliest_trusted_stamp_of_a_signature_counts) {
  const tests::Authority authority = make_authority();
  const VerifiedTimestamp late = stamp_of(authority, {.time = "20260601000000Z"});
  const VerifiedTimestamp early = stamp_of(authority, {.time = "20260301000000Z"});
  const TrustPolicy rules = policy({stamp_record(authority.root)});
  const auto time = [&](std::vector<std::vector<VerifiedTimestamp>> stamps) {
    return stamped_time(evidence(std::move(stamps)), rules).time;
  };
  BOOST_TEST((time({{late, early}}) == early.time()));
  // Two signatures: the set of what was signed is as old as the younger, and unproven if one has no stamp.
  BOOST_TEST((time({{late}, {early}}) == late.time()));
  BOOST_TEST((time({{late}, {}}) == std::nullopt));
}

BOOST_AUTO_TEST_CASE(a_stamp_outside_the_validity_of_the_signer_is_useless) {
  const tests::Authority authority = make_authority();
  const TrustPolicy rules = policy({stamp_record(authority.root)});
  for (const char* const time : {"20241231235959Z", "20270101000001Z"}) {
    const TrustDecision decision = decide(evidence({{stamp_of(authority, {.time = time})}}), rules);
    BOOST_TEST(has(decision, IssueCode::expired));
    BOOST_TEST(has(decision, IssueCode::timestamp_useless));
  }
}

BOOST_AUTO_TEST_CASE(a_stamp_from_the_future_is_not_trusted) {
  const tests::Authority authority = make_authority();
  const VerifiedTimestamp stamp = stamp_of(authority);
  BOOST_TEST(reason(stamp, policy({stamp_record(authority.root)}, "2026-01-01T11:54:59Z")) ==
             "its time is after 2026-01-01T11:54:59Z");
  // Clocks differ by minutes.
  BOOST_TEST(reason(stamp, policy({stamp_record(authority.root)}, "2026-01-01T11:55:00Z")) == "");
}

BOOST_AUTO_TEST_CASE(the_path_of_the_authority_is_judged_at_the_stamped_time) {
  // Both ended before 2028, when the judgement is made.
  const tests::Authority fine = make_authority(
      {.not_after = parse_instant("2027-01-01"), .root_not_after = parse_instant("2027-01-01")});
  BOOST_TEST(reason(stamp_of(fine), policy({stamp_record(fine.root)})) == "");
  const tests::Authority ended = make_authority({.root_not_after = parse_instant("2025-12-31")});
  BOOST_TEST(reason(stamp_of(ended), policy({stamp_record(ended.root)})) ==
             "'CN=stamp root' was not valid at 2026-01-01T12:00:00Z");
}

BOOST_AUTO_TEST_CASE(a_weak_imprint_proves_nothing_unless_allowed) {
  const tests::Authority authority = make_authority();
  const VerifiedTimestamp stamp = stamp_of(authority, {.digest = EVP_sha1(), .digest_nid = NID_sha1});
  TrustPolicy rules = policy({stamp_record(authority.root)});
  BOOST_TEST(reason(stamp, rules) == "it is made with SHA-1");
  rules.allowed = {"sha1"};
  BOOST_TEST(reason(stamp, rules) == "");
}

BOOST_AUTO_TEST_CASE(whoever_can_break_the_key_of_a_ca_could_stamp_any_time) {
  const std::map<std::string, std::set<std::string>> weaknesses = {{"RSA", {"short-key"}},
                                                                   {"DSA", {"short-key", "dsa"}}};
  for (const auto& [kind, allowed] : weaknesses) {
    const openssl::Key key = tests::short_key(kind);
    const tests::Authority authority = make_authority({.root_key = key.get()});
    const VerifiedTimestamp stamp = stamp_of(authority);
    TrustPolicy rules = policy({stamp_record(authority.root)});
    BOOST_TEST(reason(stamp, rules) == "'CN=stamp root': the " + kind + " key has 1024 bits");
    rules.allowed = {"md5"};
    BOOST_TEST(reason(stamp, rules) != "");
    rules.allowed = allowed;
    BOOST_TEST(reason(stamp, rules) == "");
  }
}

BOOST_AUTO_TEST_CASE(a_retired_or_public_authority_could_stamp_any_time) {
  const tests::Authority authority = make_authority();
  TrustRecord retired = stamp_record(authority.certificate);
  retired.kind = TrustRecord::Kind::retire;
  retired.from = parse_instant("2027-06-01");  // after the stamped time
  const VerifiedTimestamp stamp = stamp_of(authority);
  BOOST_TEST(reason(stamp, policy({stamp_record(authority.root), retired})) ==
             "'CN=Stamper' is retired by record stamps");
  TrustPolicy known = policy({stamp_record(authority.root)});
  known.public_keys_known = {authority.certificate.public_key_sha256()};
  BOOST_TEST(reason(stamp, known) == "the private key of 'CN=Stamper' is known to be public");
}

BOOST_AUTO_TEST_CASE(a_stamp_predates_a_retirement_and_never_a_public_key) {
  const tests::Authority authority = make_authority();
  TrustRecord retired = signer_record();
  retired.kind = TrustRecord::Kind::retire;
  const auto decided = [&](const char* from) {
    retired.from = parse_instant(from);
    return decide(evidence({{stamp_of(authority)}}), policy({stamp_record(authority.root), retired}));
  };
  BOOST_TEST(decided("2026-06-01").trusted);
  BOOST_TEST(!has(decided("2026-06-01"), IssueCode::retired_key));
  BOOST_TEST(!decided("2025-06-01").trusted);
  BOOST_TEST(has(decided("2025-06-01"), IssueCode::retired_key));
  TrustPolicy known = policy({stamp_record(authority.root)});
  known.public_keys_known = {signer().public_key_sha256()};
  BOOST_TEST(has(decide(evidence({{stamp_of(authority)}}), known), IssueCode::known_public_key));
}

BOOST_AUTO_TEST_SUITE_END()
