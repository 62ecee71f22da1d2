// Trust bundles: the attacks that TUF's conformance suite names, and what is no bundle.
#include "certstore/base/error.h"
#include "tests/unit/bundles.h"
#include "tests/unit/signed_documents.h"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <optional>

using namespace tests;
using certstore::ErrorKind;

namespace {

std::optional<ErrorKind> refusal(const std::function<void()>& doing) {
  try {
    doing();
  } catch (const certstore::Error& error) {
    return error.kind();
  }
  return std::nullopt;
}

std::optional<ErrorKind> answer_to(const Bytes& file, const BundleRoot& root) {
  return refusal([&] { require_acceptable(certstore::read_signed_bundle(file, "test"), root); });
}

std::string text_of(const TrustBundle& bundle) {
  return std::string(certstore::as_text(certstore::write_bundle(bundle)));
}

Bytes forged(const std::string& document, const std::vector<const Signer*>& signers,
             std::string_view context = certstore::kBundleContext) {
  return signed_document(document, signers, context);
}

bool is_malformed(const Bytes& file) {
  return refusal([&] { static_cast<void>(certstore::read_signed_bundle(file, "test")); }) ==
         ErrorKind::malformed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(trust_bundle)

BOOST_AUTO_TEST_CASE(what_is_written_and_signed_is_read_and_accepted) {
  TrustBundle bundle = bundle_of({&anna(), &bert()}, 2);
  bundle.policy = "bound = require\n";
  const SignedBundle found = certstore::read_signed_bundle(signed_bundle(bundle, {&anna(), &bert()}), "test");
  BOOST_TEST(found.bundle.name == "site");
  BOOST_TEST(found.bundle.version == 5U);
  BOOST_TEST((found.bundle.expires == bundle.expires));
  BOOST_TEST((found.bundle.records == bundle.records));
  BOOST_TEST((found.bundle.policy == bundle.policy));
  BOOST_TEST(found.signers.size() == 2U);
  BOOST_TEST(!refusal([&] { require_acceptable(found, root_of({&anna(), &bert()}, 2)); }).has_value());
}

BOOST_AUTO_TEST_CASE(a_key_may_be_named_by_its_certificate_or_by_itself) {
  const Bytes file = signed_bundle(bundle_of({&anna()}, 1), {&anna()});
  BundleRoot root = root_of({&anna()}, 1);
  root.keys = {anna().certificate().public_key_sha256()};
  BOOST_TEST(!answer_to(file, root).has_value());
}

// Rollback: an older bundle that was good once.
BOOST_AUTO_TEST_CASE(rollback_to_an_older_version_is_refused) {
  const Bytes file = signed_bundle(bundle_of({&anna()}, 1, 5), {&anna()});
  BundleRoot root = root_of({&anna()}, 1);
  root.least_version = 5;
  BOOST_TEST(!answer_to(file, root).has_value());
  root.least_version = 6;
  BOOST_TEST((answer_to(file, root) == ErrorKind::policy));
}

// Freeze: nothing newer ever arrives.
BOOST_AUTO_TEST_CASE(freeze_ends_with_the_bundle) {
  const Bytes file = signed_bundle(bundle_of({&anna()}, 1), {&anna()});
  BundleRoot root = root_of({&anna()}, 1);
  root.now = certstore::parse_instant("2026-04-01") - std::chrono::seconds(1);
  BOOST_TEST(!answer_to(file, root).has_value());
  root.now = certstore::parse_instant("2026-04-01");
  BOOST_TEST((answer_to(file, root) == ErrorKind::dates));
}

BOOST_AUTO_TEST_CASE(freeze_ends_what_it_trusts_and_not_what_it_retires) {
  TrustBundle bundle = bundle_of({&anna()}, 1);
  TrustRecord retired = record_of(after().certificate());
  retired.kind = TrustRecord::Kind::retire;
  retired.until.reset();
  bundle.records.push_back(retired);
  const auto records = records_in_force(bundle);
  BOOST_REQUIRE(records.size() == 2U);
  BOOST_TEST((records[0].until == bundle.expires));
  BOOST_TEST((records[0].origin == TrustRecord::Origin::bundle));
  BOOST_TEST(!records[1].until.has_value());
}

// Mix and match: parts of two bundles that were signed apart.
BOOST_AUTO_TEST_CASE(mix_and_match_of_document_and_signatures_is_refused) {
  const Bytes five = signed_bundle(bundle_of({&anna()}, 1, 5), {&anna()});
  const std::string six = text_of(bundle_of({&anna()}, 1, 6));
  Bytes mixed = five;
  const std::string old = text_of(bundle_of({&anna()}, 1, 5));
  BOOST_REQUIRE(old.size() == six.size());
  const auto document = std::search(mixed.begin(), mixed.end(), old.begin(), old.end());
  BOOST_REQUIRE(document != mixed.end());
  std::copy(six.begin(), six.end(), document);
  BOOST_TEST(is_malformed(mixed));
}

BOOST_AUTO_TEST_CASE(mix_and_match_of_signers_of_two_bundles_reaches_no_threshold) {
  const Bytes by_anna = signed_bundle(bundle_of({&anna(), &bert()}, 2, 5), {&anna()});
  const Bytes by_bert = signed_bundle(bundle_of({&anna(), &bert()}, 2, 6), {&bert()});
  for (const Bytes& file : {by_anna, by_bert}) {
    BOOST_TEST((answer_to(file, root_of({&anna(), &bert()}, 1)) == ErrorKind::untrusted));
  }
}

// Threshold: k of n, each key once.
BOOST_AUTO_TEST_CASE(threshold_of_its_own_keys_must_be_reached) {
  const TrustBundle bundle = bundle_of({&anna(), &bert(), &cleo()}, 2);
  const BundleRoot root = root_of({&anna(), &bert(), &cleo()}, 1);
  BOOST_TEST((answer_to(signed_bundle(bundle, {&anna()}), root) == ErrorKind::untrusted));
  BOOST_TEST(!answer_to(signed_bundle(bundle, {&anna(), &cleo()}), root).has_value());
  BOOST_TEST(!answer_to(signed_bundle(bundle, {&cleo(), &bert(), &anna()}), root).has_value());
}

BOOST_AUTO_TEST_CASE(threshold_of_the_one_who_reads_must_be_reached) {
  const Bytes file = signed_bundle(bundle_of({&anna()}, 1), {&anna()});
  BOOST_TEST((answer_to(file, root_of({&anna(), &bert()}, 2)) == ErrorKind::untrusted));
  BOOST_TEST(!answer_to(file, root_of({&anna(), &bert()}, 1)).has_value());
  BOOST_TEST((answer_to(file, root_of({&bert()}, 1)) == ErrorKind::untrusted));
  BOOST_TEST((answer_to(file, root_of({}, 0)) == ErrorKind::untrusted));
}

BOOST_AUTO_TEST_CASE(threshold_counts_the_same_key_once) {
  const TrustBundle bundle = bundle_of({&anna(), &bert()}, 2);
  const Bytes twice = forged(text_of(bundle), {&anna(), &anna()});
  BOOST_TEST((answer_to(twice, root_of({&anna(), &bert()}, 1)) == ErrorKind::untrusted));
  BOOST_TEST((refusal([&] {
                static_cast<void>(
                    certstore::sign_bundle(signed_bundle(bundle, {&anna()}), "test", anna(), kSigned));
              }) == ErrorKind::usage));
  BundleRoot by_two_names = root_of({&anna()}, 2);
  by_two_names.keys.push_back(anna().certificate().public_key_sha256());
  BOOST_TEST(
      (answer_to(signed_bundle(bundle_of({&anna()}, 1), {&anna()}), by_two_names) == ErrorKind::untrusted));
}

BOOST_AUTO_TEST_CASE(threshold_that_nobody_can_reach_is_never_written) {
  for (const unsigned threshold : {0U, 2U}) {
    BOOST_TEST((refusal([&] { static_cast<void>(write_bundle(bundle_of({&anna()}, threshold))); }) ==
                ErrorKind::usage));
  }
  BOOST_TEST((refusal([&] {
                static_cast<void>(write_bundle(bundle_of({&anna(), &anna()}, 1)));
              }) == ErrorKind::usage));
  BOOST_TEST((refusal([&] { static_cast<void>(write_bundle(bundle_of({}, 1))); }) == ErrorKind::usage));
}

// Key rotation: the old keys and the new ones sign the first bundle of the new keys.
BOOST_AUTO_TEST_CASE(key_rotation_needs_the_old_keys_and_the_new_ones) {
  const TrustBundle next = bundle_of({&cleo()}, 1, 6);
  const BundleRoot old = root_of({&anna(), &bert()}, 2);
  BOOST_TEST((answer_to(signed_bundle(next, {&cleo()}), old) == ErrorKind::untrusted));
  BOOST_TEST((answer_to(signed_bundle(next, {&anna(), &bert()}), old) == ErrorKind::untrusted));
  BOOST_TEST((answer_to(signed_bundle(next, {&anna(), &cleo()}), old) == ErrorKind::untrusted));
  BOOST_TEST(!answer_to(signed_bundle(next, {&anna(), &bert(), &cleo()}), old).has_value());
  BOOST_TEST((answer_to(signed_bundle(bundle_of({&anna()}, 1, 7), {&anna()}), root_of({&cleo()}, 1)) ==
              ErrorKind::untrusted));
}

BOOST_AUTO_TEST_CASE(key_rotation_leaves_no_voice_to_a_retired_key) {
  const Bytes file = signed_bundle(bundle_of({&anna(), &bert()}, 1), {&anna(), &bert()});
  BundleRoot root = root_of({&anna(), &bert()}, 1);
  root.retired = {anna().certificate().public_key_sha256()};
  BOOST_TEST((answer_to(file, root) == ErrorKind::exposed_key));
}

// Fast-forward: a version that nothing can follow.
BOOST_AUTO_TEST_CASE(fast_forward_to_a_last_version_is_refused) {
  constexpr std::uint64_t kLast = (std::uint64_t{1} << 53) - 1;
  BOOST_TEST((refusal([&] { static_cast<void>(write_bundle(bundle_of({&anna()}, 1, kLast))); }) ==
              ErrorKind::usage));
  const std::string good = text_of(bundle_of({&anna()}, 1, 5));
  BOOST_TEST(!is_malformed(forged(good, {&anna()})));
  for (const std::string_view version : {"9007199254740991", "18446744073709551615", "0"}) {
    const std::string last = replaced(good, "\"version\":5", "\"version\":" + std::string(version));
    BOOST_TEST(is_malformed(forged(last, {&anna()})), version);
  }
}

BOOST_AUTO_TEST_CASE(a_key_that_signs_packages_signs_no_bundle) {
  const TrustBundle bundle = bundle_of({&anna()}, 1);
  BOOST_TEST((refusal([&] {
                static_cast<void>(certstore::sign_bundle(write_bundle(bundle), "test", before(), kSigned));
              }) == ErrorKind::key));
  BOOST_TEST(is_malformed(forged(text_of(bundle), {&before()})));
  BOOST_TEST(is_malformed(forged(text_of(bundle), {&anna(), &before()})));
  BOOST_TEST(
      (refusal([&] { static_cast<void>(write_bundle(bundle_of({&before()}, 1))); }) == ErrorKind::usage));
}

BOOST_AUTO_TEST_CASE(a_signature_for_something_else_is_refused) {
  const std::string document = text_of(bundle_of({&anna()}, 1));
  BOOST_TEST(is_malformed(forged(document, {&anna()}, "")));
  BOOST_TEST(is_malformed(forged(document, {&anna()}, certstore::kSuccessionContext)));
  const Bytes file = signed_bundle(bundle_of({&anna()}, 1), {&anna()});
  BOOST_TEST((refusal([&] { static_cast<void>(certstore::read_succession(file, "test")); }) ==
              ErrorKind::malformed));
}

BOOST_AUTO_TEST_CASE(a_document_that_says_anything_else_is_refused) {
  const std::string good = text_of(bundle_of({&anna()}, 1));
  const auto is_refused = [&](const std::string& document) {
    return is_malformed(forged(document, {&anna()}));
  };
  BOOST_TEST(is_refused(replaced(good, "\"bundle\"", "\"receipt\"")));
  BOOST_TEST(is_refused(replaced(good, "\"schema\":1", "\"schema\":2")));
  BOOST_TEST(is_refused(replaced(good, "{", "{ ")));
  BOOST_TEST(is_refused(replaced(good, "{", "{\"more\":1,")));
  BOOST_TEST(is_refused(replaced(good, "{", "{\"version\":9,")));
  BOOST_TEST(is_refused(replaced(good, "2026-04-01", "2025-04-01")));
  BOOST_TEST(is_refused(replaced(good, "\"name\":\"site\"", "\"name\":\"\"")));
  BOOST_TEST(is_refused("{}"));
  BOOST_TEST(is_refused(""));
  BOOST_TEST(is_malformed(Bytes(good.begin(), good.end())));  // nobody has signed it
}

BOOST_AUTO_TEST_CASE(a_record_that_follows_from_a_succession_does_not_travel) {
  TrustBundle bundle = bundle_of({&anna()}, 1);
  bundle.records.front().origin = TrustRecord::Origin::succession;
  bundle.records.front().succession = certstore::SucceededFrom{"0123456789abcdef", {}, {}};
  BOOST_TEST((refusal([&] { static_cast<void>(write_bundle(bundle)); }) == ErrorKind::usage));
}

BOOST_AUTO_TEST_CASE(no_flipped_byte_says_anything_else) {
  const TrustBundle bundle = bundle_of({&anna()}, 1);
  const Bytes whole = signed_bundle(bundle, {&anna()});
  for (std::size_t i = 0; i < whole.size(); i += 5) {
    Bytes damaged = whole;
    damaged[i] = static_cast<std::uint8_t>(damaged[i] ^ 1U);
    try {
      const SignedBundle found = certstore::read_signed_bundle(damaged, "damaged");
      BOOST_TEST(certstore::as_text(write_bundle(found.bundle)) == text_of(bundle), "byte " << i);
    } catch (const certstore::Error& error) {
      BOOST_TEST((error.kind() == ErrorKind::malformed), "byte " << i);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
