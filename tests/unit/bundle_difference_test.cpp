// What importing a bundle changes in a store, what the store remembers of it, and what it refuses afterwards.
#include "certstore/bundle_difference.h"
#include "certstore/base/error.h"
#include "tests/unit/bundles.h"
#include "tests/unit/crls.h"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <optional>

using namespace tests;
using certstore::BundleDifference;
using certstore::ErrorKind;
using certstore::KeptBundle;
using certstore::TrustState;

namespace {

SignedBundle taken(const TrustBundle& bundle) {
  return certstore::read_signed_bundle(signed_bundle(bundle, {&anna()}), "test");
}

TrustRecord retirement() {
  TrustRecord record = record_of(before().certificate());
  record.kind = TrustRecord::Kind::retire;
  record.until.reset();
  return record;
}

// The state after the bundle was imported into an empty store.
TrustState after_import(const SignedBundle& bundle) {
  TrustState state;
  state.records = certstore::records_in_force(bundle.bundle);
  state.bundles = {certstore::kept_bundle(bundle)};
  return state;
}

std::optional<ErrorKind> refusal(const std::function<void()>& doing) {
  try {
    doing();
  } catch (const certstore::Error& error) {
    return error.kind();
  }
  return std::nullopt;
}

std::optional<ErrorKind> following(const KeptBundle& kept, const TrustBundle& next, std::uint64_t named = 0) {
  return refusal([&] { require_follows(kept, taken(next), named); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bundle_difference)

BOOST_AUTO_TEST_CASE(what_is_remembered_comes_back_as_it_was_put) {
  TrustBundle bundle = bundle_of({&anna(), &bert()}, 1);
  bundle.policy = "bound = require\n";
  const KeptBundle kept = certstore::kept_bundle(taken(bundle));
  const certstore::Bytes json = to_json(kept);
  const KeptBundle read = certstore::parse_kept_bundle(json);
  BOOST_TEST((to_json(read) == json));
  BOOST_TEST(read.version == 5U);
  BOOST_TEST(read.keys.size() == 2U);
  BOOST_TEST((read.policy == bundle.policy));
  const std::string text(certstore::as_text(json));
  for (const auto& [what, with] : {std::pair{"\"threshold\":1", "\"threshold\":3"},
                                   {"\"threshold\":1", "\"threshold\":0"},
                                   {"\"schema\":1", "\"schema\":2"},
                                   {"{", "{\"more\":1,"}}) {
    std::string changed = text;
    changed.replace(changed.find(what), std::string(what).size(), with);
    BOOST_TEST(
        (refusal([&] { certstore::parse_kept_bundle(certstore::as_bytes(changed)); }) == ErrorKind::store),
        with);
  }
}

BOOST_AUTO_TEST_CASE(the_same_bundle_again_is_nothing) {
  const SignedBundle bundle = taken(bundle_of({&anna()}, 1));
  BOOST_TEST(!difference(bundle, {}).is_nothing());
  const BundleDifference again = difference(bundle, after_import(bundle));
  BOOST_TEST(again.is_nothing());
  BOOST_TEST(again.unchanged == 1U);
}

BOOST_AUTO_TEST_CASE(another_end_is_a_change_and_what_is_left_out_is_withdrawn) {
  const TrustState state = after_import(taken(bundle_of({&anna()}, 1, 5)));
  TrustBundle next = bundle_of({&anna()}, 1, 6);
  next.records[0].until = certstore::parse_instant("2026-03-01");
  const BundleDifference changed = difference(taken(next), state);
  BOOST_TEST(changed.changed.size() == 1U);
  BOOST_TEST(changed.added.empty());
  BOOST_TEST(changed.withdrawn.empty());
  next.records.clear();
  BOOST_TEST(difference(taken(next), state).withdrawn.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_a_person_or_another_bundle_says_is_not_withdrawn) {
  TrustState state = after_import(taken(bundle_of({&anna()}, 1, 5)));
  TrustBundle next = bundle_of({&anna()}, 1, 6);
  next.records.clear();
  KeptBundle other = state.bundles[0];
  other.name = "other";
  state.bundles.push_back(other);
  BOOST_TEST(difference(taken(next), state).withdrawn.empty());
  state.bundles.pop_back();
  state.records[0].origin = TrustRecord::Origin::command;
  BOOST_TEST(difference(taken(next), state).withdrawn.empty());
}

BOOST_AUTO_TEST_CASE(a_bundle_that_is_forgotten_takes_along_what_it_alone_gave) {
  TrustBundle bundle = bundle_of({&anna()}, 1, 5);
  bundle.policy = "bound = require\n";
  TrustState state = after_import(taken(bundle));
  const BundleDifference found = certstore::forgetting(state.bundles[0], state);
  BOOST_TEST(found.withdrawn.size() == 1U);
  BOOST_TEST(found.policy_changes());
  KeptBundle other = state.bundles[0];
  other.name = "other";
  state.bundles.push_back(other);
  BOOST_TEST(certstore::forgetting(state.bundles[0], state).withdrawn.empty());
  state.bundles.pop_back();
  state.records[0].origin = TrustRecord::Origin::command;
  BOOST_TEST(certstore::forgetting(state.bundles[0], state).withdrawn.empty());
}

BOOST_AUTO_TEST_CASE(a_bundle_that_is_forgotten_leaves_its_retirements) {
  TrustBundle bundle = bundle_of({&anna()}, 1, 5);
  bundle.records = {retirement()};
  const TrustState state = after_import(taken(bundle));
  const BundleDifference found = certstore::forgetting(state.bundles[0], state);
  BOOST_TEST(found.withdrawn.empty());
  BOOST_TEST(found.still_retired.size() == 1U);
}

BOOST_AUTO_TEST_CASE(trust_in_a_key_that_the_store_retired_is_named) {
  const SignedBundle bundle = taken(bundle_of({&anna()}, 1));
  TrustState state;
  BOOST_TEST(difference(bundle, state).retired_here.empty());
  state.records = {retirement()};
  BOOST_TEST(difference(bundle, state).retired_here.size() == 1U);
  // Also where it was imported before the retirement.
  state = after_import(bundle);
  state.records.push_back(retirement());
  BOOST_TEST(difference(bundle, state).retired_here.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_retirement_is_not_taken_back_by_leaving_it_out) {
  TrustBundle bundle = bundle_of({&anna()}, 1, 5);
  bundle.records = {retirement()};
  const TrustState state = after_import(taken(bundle));
  TrustBundle next = bundle_of({&anna()}, 1, 6);
  next.records.clear();
  const BundleDifference found = difference(taken(next), state);
  BOOST_TEST(found.withdrawn.empty());
  BOOST_TEST(found.still_retired.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_was_decided_by_hand_and_is_retired_is_named) {
  TrustState state;
  state.records = {record_of(before().certificate())};
  TrustBundle bundle = bundle_of({&anna()}, 1);
  bundle.records = {retirement()};
  BOOST_TEST(difference(taken(bundle), state).overruled.size() == 1U);
  state.records = {record_of(after().certificate())};
  BOOST_TEST(difference(taken(bundle), state).overruled.empty());
}

BOOST_AUTO_TEST_CASE(a_newer_revocation_list_is_taken_and_an_older_one_is_not) {
  EVP_PKEY* const key = key_named("Lists").openssl();
  const Certificate ca = make_certificate(
      {.common_name = "Lists", .extensions = {{NID_key_usage, "critical,keyCertSign,cRLSign"}}}, key, nullptr,
      key);
  const auto list = [&](long number) {
    return certstore::CrlRecord{
        .list = make_crl({.number = number}, ca, key), .chain = {ca}, .added_by = {}, .added = {}};
  };
  TrustState state;
  state.crls = {list(7)};
  TrustBundle bundle = bundle_of({&anna()}, 1);
  bundle.crls = {list(8)};
  BOOST_TEST(difference(taken(bundle), state).lists.size() == 1U);
  BOOST_TEST(difference(taken(bundle), {}).lists.size() == 1U);
  bundle.crls = {list(6)};
  BOOST_TEST(difference(taken(bundle), state).lists_older == 1U);
  BOOST_TEST(difference(taken(bundle), state).lists.empty());
  bundle.crls = {list(7)};
  BOOST_TEST(difference(taken(bundle), state).lists_unchanged == 1U);
  bundle.crls = {list(7), list(8)};
  BOOST_TEST((refusal([&] { difference(taken(bundle), state); }) == ErrorKind::malformed));
}

BOOST_AUTO_TEST_CASE(two_policies_do_not_go_into_one_store) {
  TrustBundle bundle = bundle_of({&anna()}, 1);
  bundle.policy = "bound = require\n";
  TrustState state = after_import(taken(bundle));
  bundle.name = "other";
  BOOST_TEST(!refusal([&] { difference(taken(bundle), state); }).has_value());
  bundle.policy = "seal = require\n";
  BOOST_TEST((refusal([&] { difference(taken(bundle), state); }) == ErrorKind::policy));
}

// Rollback, fast-forward, mix and match: versions of one name.
BOOST_AUTO_TEST_CASE(rollback_is_refused_unless_exactly_that_version_is_named) {
  const KeptBundle kept = certstore::kept_bundle(taken(bundle_of({&anna()}, 1, 7)));
  BOOST_TEST(!following(kept, bundle_of({&anna()}, 1, 8)).has_value());
  BOOST_TEST(!following(kept, bundle_of({&anna()}, 1, 7)).has_value());
  BOOST_TEST((following(kept, bundle_of({&anna()}, 1, 6)) == ErrorKind::policy));
  BOOST_TEST((following(kept, bundle_of({&anna()}, 1, 6), 5) == ErrorKind::policy));
  BOOST_TEST(!following(kept, bundle_of({&anna()}, 1, 6), 6).has_value());
}

BOOST_AUTO_TEST_CASE(mix_and_match_of_two_bundles_of_one_version_is_refused) {
  const KeptBundle kept = certstore::kept_bundle(taken(bundle_of({&anna()}, 1, 7)));
  TrustBundle other = bundle_of({&anna()}, 1, 7);
  other.records.clear();
  BOOST_TEST((following(kept, other) == ErrorKind::policy));
  BOOST_TEST((following(kept, other, 7) == ErrorKind::policy));
}

BOOST_AUTO_TEST_CASE(key_rotation_is_by_the_remembered_keys) {
  const auto now = certstore::parse_instant("2026-02-01");
  const auto root = root_of(certstore::kept_bundle(taken(bundle_of({&anna(), &bert()}, 1, 7))), now);
  const TrustBundle next = bundle_of({&cleo()}, 1, 8);
  const auto answer = [&](const std::vector<const Signer*>& signers) {
    return refusal([&] {
      require_acceptable(certstore::read_signed_bundle(signed_bundle(next, signers), "test"), root);
    });
  };
  BOOST_TEST((answer({&cleo()}) == ErrorKind::untrusted));
  BOOST_TEST(!answer({&bert(), &cleo()}).has_value());
}

BOOST_AUTO_TEST_CASE(a_retirement_of_the_future_silences_nobody_yet) {
  TrustRecord record = retirement();
  record.from = certstore::parse_instant("2026-06-01");
  BOOST_TEST(certstore::retired_keys({record}, certstore::parse_instant("2026-05-01")).empty());
  BOOST_TEST(!certstore::retired_keys({record}, certstore::parse_instant("2026-06-01")).empty());
}

BOOST_AUTO_TEST_SUITE_END()
