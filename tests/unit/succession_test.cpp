// The document of a succession: made, read, and nothing else taken for one.
#include "certstore/base/error.h"
#include "tests/unit/signed_documents.h"
#include "tests/unit/successions.h"

#include <boost/test/unit_test.hpp>

using namespace tests;

namespace {

certstore::ErrorKind kind_of_error(const std::function<void()>& doing) {
  try {
    doing();
  } catch (const certstore::Error& error) {
    return error.kind();
  }
  BOOST_ERROR("nothing was thrown");
  return certstore::ErrorKind::internal;
}

bool is_refused(const Bytes& file) {
  return kind_of_error([&] { static_cast<void>(certstore::read_succession(file, "test")); }) ==
         certstore::ErrorKind::malformed;
}

std::string document_in(const Bytes& file) {
  return std::string(certstore::as_text(*cms::parse(file, "test").content));
}

Bytes signed_by(const std::vector<const Signer*>& signers, const std::string& document,
                std::string_view context = certstore::kSuccessionContext) {
  return signed_document(document, signers, context);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(succession_document)

BOOST_AUTO_TEST_CASE(what_is_made_is_read) {
  const SuccessionTerms terms{
      .made = kSigned, .until = certstore::parse_instant("2028-01-01"), .package = "com.example"};
  const Succession found = succession(before(), after(), terms);
  BOOST_TEST((found.before == before().certificate()));
  BOOST_TEST((found.after == after().certificate()));
  BOOST_TEST((found.terms.made == kSigned));
  BOOST_TEST((found.terms.until == terms.until));
  BOOST_TEST((found.terms.package == terms.package));
}

BOOST_AUTO_TEST_CASE(every_kind_of_key_can_precede_and_succeed) {
  for (const std::string kind : {"rsa-2048", "rsa-pss-2048", "p-256", "p-384", "ed25519"}) {
    BOOST_TEST((succession(signer_of(kind), after()).before == signer_of(kind).certificate()), kind);
    BOOST_TEST((succession(before(), signer_of(kind)).after == signer_of(kind).certificate()), kind);
  }
}

BOOST_AUTO_TEST_CASE(one_key_does_not_succeed_itself) {
  const Signer renewed = signer_named("before", {.not_after = certstore::parse_instant("2039-01-01")});
  BOOST_TEST((kind_of_error([&] { succession(before(), renewed); }) == certstore::ErrorKind::usage));
}

BOOST_AUTO_TEST_CASE(it_is_made_while_both_certificates_are_valid) {
  const auto at = [&](std::string_view time) {
    return kind_of_error([&] { succession(before(), after(), {.made = certstore::parse_instant(time)}); });
  };
  BOOST_TEST((at("2019-12-31") == certstore::ErrorKind::dates));
  BOOST_TEST((at("2040-01-02") == certstore::ErrorKind::dates));
}

BOOST_AUTO_TEST_CASE(an_end_before_its_beginning_is_refused) {
  BOOST_TEST((kind_of_error([&] { succession(before(), after(), {.made = kSigned, .until = kSigned}); }) ==
              certstore::ErrorKind::usage));
}

BOOST_AUTO_TEST_CASE(the_same_document_signed_anew_is_good) {
  const std::string document =
      document_in(certstore::create_succession(before(), after(), {.made = kSigned}));
  const Bytes file = signed_by({&after(), &before()}, document);
  BOOST_TEST((certstore::read_succession(file, "test").after == after().certificate()));
}

BOOST_AUTO_TEST_CASE(both_must_sign_and_nobody_else) {
  const std::string document =
      document_in(certstore::create_succession(before(), after(), {.made = kSigned}));
  const Signer stranger = signer_named("stranger");
  BOOST_TEST(is_refused(signed_by({&before()}, document)));
  BOOST_TEST(is_refused(signed_by({&after()}, document)));
  BOOST_TEST(is_refused(signed_by({&before(), &before()}, document)));
  BOOST_TEST(is_refused(signed_by({&after(), &after()}, document)));
  BOOST_TEST(is_refused(signed_by({&before(), &stranger}, document)));
  BOOST_TEST(is_refused(signed_by({&stranger, &after()}, document)));
  BOOST_TEST(is_refused(signed_by({&before(), &after(), &stranger}, document)));
}

BOOST_AUTO_TEST_CASE(a_signature_for_something_else_is_refused) {
  const std::string document =
      document_in(certstore::create_succession(before(), after(), {.made = kSigned}));
  BOOST_TEST(is_refused(signed_by({&before(), &after()}, document, "")));
  BOOST_TEST(is_refused(signed_by({&before(), &after()}, document, "pkgtrust receipt 1")));
}

BOOST_AUTO_TEST_CASE(a_succession_is_no_signature_over_a_file) {
  const Bytes file = certstore::create_succession(before(), after(), {.made = kSigned});
  const cms::SignedData data = cms::parse(file, "test");
  const std::vector<Certificate> known = {before().certificate(), after().certificate()};
  for (const cms::SignerInfo& signer : data.signers) {
    const Bytes digest = certstore::digest(*signer.digest, *data.content);
    BOOST_TEST(word_of(cms::check(signer, {.content_digest = digest, .candidates = known})) ==
               "context-differs");
  }
}

BOOST_AUTO_TEST_CASE(a_document_that_says_anything_else_is_refused) {
  const std::string good = document_in(certstore::create_succession(before(), after(), {.made = kSigned}));
  const auto other = [&](const std::string& document) {
    return is_refused(signed_by({&before(), &after()}, document));
  };
  BOOST_TEST(!good.empty());
  BOOST_TEST(other(replaced(good, "\"succession\"", "\"receipt\"")));
  BOOST_TEST(other(replaced(good, "\"package\"", "\"timestamp\"")));
  BOOST_TEST(other(replaced(good, "\"schema\":1", "\"schema\":2")));
  BOOST_TEST(other(replaced(good, "{", "{ ")));
  BOOST_TEST(other(replaced(good, "{", "{\"more\":1,")));
  BOOST_TEST(other(replaced(good, "{", "{\"package\":\"\",")));
  BOOST_TEST(other(
      replaced(good, certstore::to_hex(after().certificate().public_key_sha256()), std::string(64, '0'))));
  BOOST_TEST(other("{}"));
  BOOST_TEST(other(""));
}

BOOST_AUTO_TEST_CASE(a_detached_one_is_refused) {
  BOOST_TEST(is_refused(sign(before(), kContent, certstore::kSuccessionContext)));
}

BOOST_AUTO_TEST_CASE(no_flipped_byte_names_other_certificates) {
  const Bytes whole = certstore::create_succession(before(), after(), {.made = kSigned});
  for (std::size_t i = 0; i < whole.size(); i += 3) {
    Bytes damaged = whole;
    damaged[i] = static_cast<std::uint8_t>(damaged[i] ^ 1U);
    try {
      const Succession found = certstore::read_succession(damaged, "damaged");
      BOOST_TEST((found.before == before().certificate()), "byte " << i);
      BOOST_TEST((found.after == after().certificate()), "byte " << i);
      BOOST_TEST((found.terms.made == kSigned), "byte " << i);
    } catch (const certstore::Error& error) {
      BOOST_TEST((error.kind() == certstore::ErrorKind::malformed), "byte " << i);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
