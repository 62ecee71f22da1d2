#include "certstore/key_file_doctor.h"
#include "certstore/base/error.h"
#include "tests/unit/certificates.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace certstore;
using tests::CertificateWish;
using tests::key_named;

namespace {

const std::map<int, std::string> kCa = {{NID_basic_constraints, "critical,CA:TRUE"}};
const Instant kNow = parse_instant("2026-11-23");

Certificate root() {
  return tests::make_self_signed_certificate({.common_name = "Root", .extensions = kCa});
}

Certificate issued(const std::string& name, const Certificate& issuer, const std::string& issuer_name,
                   std::map<int, std::string> extensions = {}) {
  return tests::make_certificate({.common_name = name, .extensions = std::move(extensions)},
                                 key_named(name).openssl(), &issuer, key_named(issuer_name).openssl());
}

struct Chain {
  Certificate root = ::root();
  Certificate middle = issued("Middle", root, "Root", kCa);
  Certificate leaf = issued("Leaf", middle, "Middle");
};

KeyFile file_of(const std::string& name, std::vector<Certificate> certificates) {
  return {.name = "server.p12",
          .form = "PKCS#12",
          .key = PrivateKey::from_pkcs8(key_named(name).to_pkcs8().view(), name),
          .certificates = std::move(certificates),
          .notes = {}};
}

ImportTerms terms(std::vector<Certificate> more = {}, bool partial = false) {
  return {.more = std::move(more), .partial_chain = partial, .now = kNow};
}

std::string refusal(KeyFile file, const ImportTerms& given, ErrorKind kind = ErrorKind::key) {
  try {
    static_cast<void>(examine(std::move(file), given));
    return {};
  } catch (const Error& error) {
    BOOST_TEST(bool(error.kind() == kind), error.what());
    BOOST_TEST(!error.hint().empty());
    return error.what();
  }
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

bool notes(const ImportedIdentity& identity, std::string_view part) {
  return std::ranges::any_of(identity.notes, [&](const std::string& note) { return holds(note, part); });
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_whole_chain_in_order_needs_no_word) {
  const Chain chain;
  const ImportedIdentity identity = examine(file_of("Leaf", {chain.leaf, chain.middle, chain.root}), terms());
  BOOST_TEST((identity.certificate == chain.leaf));
  BOOST_TEST((identity.chain == std::vector{chain.middle, chain.root}));
  BOOST_TEST(identity.notes.empty());
}

BOOST_AUTO_TEST_CASE(any_order_is_sorted_and_told) {
  const Chain chain;
  std::vector<Certificate> order = {chain.root, chain.leaf, chain.middle};
  const ImportedIdentity identity = examine(file_of("Leaf", order), terms());
  BOOST_TEST((identity.certificate == chain.leaf));
  BOOST_TEST((identity.chain == std::vector{chain.middle, chain.root}));
  BOOST_TEST(notes(identity, "another order"));
}

BOOST_AUTO_TEST_CASE(certificates_of_several_files_are_one_chain) {
  const Chain chain;
  const ImportedIdentity identity =
      examine(file_of("Leaf", {chain.leaf}), terms({chain.leaf, chain.root, chain.middle}));
  BOOST_TEST((identity.chain == std::vector{chain.middle, chain.root}));
}

BOOST_AUTO_TEST_CASE(a_missing_issuer_is_named_and_can_be_gone_without) {
  const Chain chain;
  BOOST_TEST(holds(refusal(file_of("Leaf", {chain.leaf, chain.root}), terms()),
                   "the issuer 'CN=Middle' of 'CN=Leaf' is missing"));
  BOOST_TEST(holds(refusal(file_of("Leaf", {chain.leaf, chain.middle}), terms()),
                   "the issuer 'CN=Root' of 'CN=Middle' is missing"));
  const ImportedIdentity identity = examine(file_of("Leaf", {chain.leaf}), terms({}, true));
  BOOST_TEST(identity.chain.empty());
  BOOST_TEST(notes(identity, "'CN=Middle' of 'CN=Leaf' is missing: importers must have it"));
}

BOOST_AUTO_TEST_CASE(a_namesake_of_the_issuer_is_not_the_issuer) {
  const Chain chain;
  const Certificate namesake =
      tests::make_certificate({.common_name = "Middle", .extensions = kCa}, key_named("Other").openssl(),
                              nullptr, key_named("Other").openssl());
  BOOST_TEST(holds(refusal(file_of("Leaf", {chain.leaf, namesake}), terms()),
                   "'CN=Leaf' was not signed by the 'CN=Middle' that is here"));
}

BOOST_AUTO_TEST_CASE(a_key_of_another_certificate_does_not_match) {
  const Chain chain;
  BOOST_TEST(
      holds(refusal(file_of("Other", {chain.root}), terms()), "does not match the certificate 'CN=Root'"));
  BOOST_TEST(holds(refusal(file_of("Other", {}), terms()), "no certificate in 'server.p12'"));
}

BOOST_AUTO_TEST_CASE(of_two_certificates_of_one_key_the_later_is_taken) {
  CertificateWish old_wish{.common_name = "Twice", .extensions = {}};
  old_wish.not_after = parse_instant("2025-01-01");
  const Certificate old = tests::make_self_signed_certificate(old_wish);
  const Certificate renewed = tests::make_self_signed_certificate({.common_name = "Twice", .extensions = {}});
  const ImportedIdentity identity = examine(file_of("Twice", {old, renewed}), terms());
  BOOST_TEST((identity.certificate == renewed));
  BOOST_TEST(notes(identity, "2 certificates of this key"));
}

BOOST_AUTO_TEST_CASE(dates_strangers_and_false_issuers_are_noted) {
  CertificateWish ended{.common_name = "Ended", .extensions = {}};
  ended.not_after = parse_instant("2025-01-01");
  const ImportedIdentity identity =
      examine(file_of("Ended", {tests::make_self_signed_certificate(ended), root()}), terms());
  BOOST_TEST(notes(identity, "'CN=Ended' ended on 2025-01-01"));
  BOOST_TEST(notes(identity, "'CN=Root' is not of this chain"));
  const Certificate no_ca = tests::make_self_signed_certificate({.common_name = "NoCa", .extensions = {}});
  const ImportedIdentity by_no_ca =
      examine(file_of("Below", {issued("Below", no_ca, "NoCa"), no_ca}), terms());
  BOOST_TEST(notes(by_no_ca, "'CN=NoCa' is not marked as a CA"));
}

BOOST_AUTO_TEST_CASE(kinds_of_key_that_the_store_does_not_take_are_refused) {
  openssl::Key exchange(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"));
  KeyFile file{.name = "x",
               .form = "PEM",
               .key = PrivateKey::from_openssl(std::move(exchange)),
               .certificates = {},
               .notes = {}};
  BOOST_TEST(!refusal(std::move(file), terms()).empty());
}

BOOST_AUTO_TEST_CASE(a_key_whose_exponent_is_three_is_not_sound) {
  KeyFile file{.name = "three.key",
               .form = "PEM",
               .key = PrivateKey::from_openssl(tests::rsa_key_with_exponent_three()),
               .certificates = {},
               .notes = {}};
  BOOST_TEST(holds(refusal(std::move(file), terms()), "is not sound: the RSA exponent is below 65537"));
}
