#include "certstore/certificate_request.h"
#include "certstore/base/error.h"
#include "certstore/base/file.h"
#include "tests/unit/certificates.h"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>

using namespace certstore;

namespace {

const PrivateKey& key() {
  static const PrivateKey made = PrivateKey::make_rsa(2048);
  return made;
}

SubjectName whole_subject() {
  return {.common_name = "build.example.org",
          .organization = "Beispiel Zürich",
          .organizational_unit = "Release",
          .city = "Zürich",
          .state = "ZH",
          .country = "CH"};
}

CertificateTerms terms(Profile profile, SubjectName subject = whole_subject()) {
  return {.subject = std::move(subject),
          .profile = profile,
          .not_before = parse_instant("2026-01-02T03:04:05Z"),
          .not_after = parse_instant("2036-01-02T03:04:05Z")};
}

// What `openssl x509` says of the certificate: a judge that is not our code.
std::string openssl_says(const Certificate& certificate, const std::string& options) {
  std::string path = (std::filesystem::temp_directory_path() / "pkgtrust-test-XXXXXX").string();
  const FileDescriptor file(::mkstemp(path.data()));
  std::ofstream(path) << to_pem(certificate);
  FILE* const pipe = ::popen(("openssl x509 -in " + path + " -noout " + options + " 2>&1").c_str(), "r");
  BOOST_REQUIRE(pipe != nullptr);
  std::string text;
  std::array<char, 4096> buffer{};
  for (std::size_t got = 1; got > 0;) {
    got = std::fread(buffer.data(), 1, buffer.size(), pipe);
    text.append(buffer.data(), got);
  }
  ::pclose(pipe);
  std::filesystem::remove(path);
  return text;
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Empty if the subject is sound, else the message of the refusal.
std::string refusal(const SubjectName& subject) {
  try {
    require_sound_subject(subject);
    return {};
  } catch (const Error& error) {
    BOOST_TEST(bool(error.kind() == ErrorKind::usage));
    return error.what();
  }
}

std::string codes(std::string_view wanted) {
  std::string text;
  for (const Country& country : find_countries(wanted)) {
    text += (text.empty() ? "" : " ") + std::string(country.code);
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(profiles)

BOOST_AUTO_TEST_CASE(openssl_reads_the_server_profile_as_the_issue_wants_it) {
  const std::string text = openssl_says(make_self_signed(key(), terms(Profile::server)), "-text");
  BOOST_TEST(holds(text, "Version: 3"));
  BOOST_TEST(holds(text, "Signature Algorithm: sha256WithRSAEncryption"));
  BOOST_TEST(
      holds(text, "X509v3 Key Usage: critical\n                Digital Signature, Key Encipherment\n"));
  BOOST_TEST(holds(text, "X509v3 Basic Constraints: critical\n                CA:FALSE\n"));
  BOOST_TEST(holds(text,
                   "X509v3 Extended Key Usage: \n                TLS Web Server Authentication, Code "
                   "Signing\n"));
  BOOST_TEST(holds(text, "Not Before: Jan  2 03:04:05 2026 GMT"));
  BOOST_TEST(holds(text, "Not After : Jan  2 03:04:05 2036 GMT"));
  BOOST_TEST(holds(text, std::string(kAlwaysBoundOid) + ": \n"));
}

BOOST_AUTO_TEST_CASE(the_identifiers_of_key_and_issuer_are_equal) {
  const Certificate made = make_self_signed(key(), terms(Profile::server));
  const std::string text = openssl_says(made, "-ext subjectKeyIdentifier,authorityKeyIdentifier");
  const auto value_after = [&](const std::string& title) {
    const std::size_t start = text.find("    ", text.find(title));
    return text.substr(start, text.find('\n', start) - start);
  };
  BOOST_TEST(value_after("Subject Key").size() == 4 + 59);
  BOOST_TEST(value_after("Subject Key") == value_after("Authority Key"));
}

BOOST_AUTO_TEST_CASE(the_product_profile_has_two_critical_extensions_and_no_other) {
  const Certificate made = make_self_signed(key(), terms(Profile::product));
  const std::string text = openssl_says(made, "-text");
  BOOST_TEST(
      holds(text, "X509v3 Key Usage: critical\n                Digital Signature, Key Encipherment\n"));
  BOOST_TEST(holds(text,
                   "X509v3 Extended Key Usage: critical\n                TLS Web Server "
                   "Authentication\n    Signature"));
  for (const char* absent : {"Basic Constraints", "Key Identifier", "Code Signing", kAlwaysBoundOid}) {
    BOOST_TEST(!holds(text, absent), absent);
  }
  BOOST_TEST(!made.promises_bound_packages());
}

BOOST_AUTO_TEST_CASE(our_own_reader_agrees) {
  const Certificate made = make_self_signed(key(), terms(Profile::server));
  BOOST_TEST(made.promises_bound_packages());
  BOOST_TEST(made.is_self_signed());
  BOOST_TEST(made.key_unsoundness() == "");
  BOOST_TEST(key().matches(made));
  BOOST_TEST(to_rfc3339(made.not_after()) == "2036-01-02T03:04:05Z");
}

BOOST_AUTO_TEST_CASE(openssl_verifies_the_signature_by_its_own_key) {
  const Certificate made = make_self_signed(key(), terms(Profile::product));
  BOOST_TEST(X509_verify(made.openssl(), key().openssl()) == 1);
}

BOOST_AUTO_TEST_CASE(a_date_after_2049_is_written_and_read) {
  CertificateTerms long_lived = terms(Profile::server);
  long_lived.not_after = parse_instant("2076-05-06T07:08:09Z");
  const Certificate made = make_self_signed(key(), long_lived);
  BOOST_TEST(to_rfc3339(made.not_after()) == "2076-05-06T07:08:09Z");
  BOOST_TEST(holds(openssl_says(made, "-enddate"), "May  6 07:08:09 2076 GMT"));
}

BOOST_AUTO_TEST_CASE(serials_are_random_and_of_128_bits) {
  std::set<std::string> seen;
  std::size_t longest = 0;
  std::array<bool, 16> digits{};
  for (int i = 0; i < 40; ++i) {
    const std::string serial = make_self_signed(key(), terms(Profile::product)).serial_hex();
    BOOST_TEST(serial.find_first_not_of('0') != std::string::npos);
    BOOST_TEST(seen.insert(serial).second);
    longest = std::max(longest, serial.size());
    if (serial.size() == 32)
      digits[static_cast<std::size_t>(std::stoi(serial.substr(0, 1), nullptr, 16))] = true;
  }
  BOOST_TEST(longest == 32u);  // hex digits: 16 octets of magnitude
  // Over 40 serials the first bit is set somewhere, and clear somewhere (but for one time in 10^12).
  BOOST_TEST(std::count(digits.begin(), digits.begin() + 8, true) > 0);
  BOOST_TEST(std::count(digits.begin() + 8, digits.end(), true) > 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(successors)

// What a CA may have made of a request.
Certificate issued() {
  const PrivateKey ca_key = PrivateKey::make_rsa(2048);
  const auto ca = tests::make_certificate({.common_name = "CA", .extensions = {}}, ca_key.openssl(), nullptr,
                                          ca_key.openssl());
  return tests::make_certificate({.common_name = "server",
                                  .extensions = {{NID_basic_constraints, "critical,CA:FALSE"},
                                                 {NID_key_usage, "critical,digitalSignature,keyEncipherment"},
                                                 {NID_ext_key_usage, "serverAuth,codeSigning"},
                                                 {NID_subject_alt_name, "DNS:a.example,IP:192.0.2.1"},
                                                 {NID_crl_distribution_points, "URI:http://ca.example/crl"},
                                                 {NID_info_access, "OCSP;URI:http://ca.example/ocsp"},
                                                 {NID_subject_key_identifier, "00112233"}}},
                                 key().openssl(), &ca, ca_key.openssl());
}

BOOST_AUTO_TEST_CASE(a_successor_has_the_wishes_and_nothing_that_a_ca_added) {
  const auto other = PrivateKey::make_rsa(2048);
  const auto next = make_successor(other, issued(), parse_instant("2026-01-01"), parse_instant("2027-01-01"));
  BOOST_TEST(next.is_self_signed());
  BOOST_TEST(other.matches(next));
  BOOST_TEST(next.subject() == "CN=server");
  BOOST_TEST((next.not_after() == parse_instant("2027-01-01")));
  const std::string text = openssl_says(next, "-text");
  BOOST_TEST(holds(text, "DNS:a.example, IP Address:192.0.2.1"));
  BOOST_TEST(holds(text, "Digital Signature, Key Encipherment"));
  BOOST_TEST(holds(text, "TLS Web Server Authentication, Code Signing"));
  BOOST_TEST(holds(text, "CA:FALSE"));
  BOOST_TEST(!holds(text, "ca.example"));
  BOOST_TEST(!holds(text, "00:11:22:33"));
  BOOST_TEST(holds(text, "X509v3 Subject Key Identifier"));
}

BOOST_AUTO_TEST_CASE(a_successor_of_another_kind_has_no_use_that_its_kind_cannot_have) {
  const auto other = PrivateKey::make("ed25519");
  const auto next = make_successor(other, issued(), parse_instant("2026-01-01"), parse_instant("2027-01-01"));
  BOOST_TEST(!holds(openssl_says(next, "-text"), "Key Encipherment"));
  BOOST_TEST(holds(openssl_says(next, "-ext keyUsage"), "critical\n    Digital Signature\n"));
}

BOOST_AUTO_TEST_CASE(a_successor_keeps_the_promise_of_its_profile) {
  for (const Profile profile : {Profile::server, Profile::code_signing, Profile::product}) {
    const auto before = make_self_signed(key(), terms(profile));
    const auto next = make_successor(PrivateKey::make_rsa(2048), before, parse_instant("2026-01-01"),
                                     parse_instant("2027-01-01"));
    BOOST_TEST(next.promises_bound_packages() == before.promises_bound_packages());
    const std::string what = "-subject -ext basicConstraints,keyUsage,extendedKeyUsage";
    BOOST_TEST(openssl_says(next, what) == openssl_says(before, what));
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(names)

BOOST_AUTO_TEST_CASE(the_rfc_4514_string_reads_as_that_of_the_product) {
  const SubjectName as_product{
      .common_name = "vRO a.example 4fb7", .organization = "VMware", .organizational_unit = "Unknown"};
  BOOST_TEST(make_self_signed(key(), terms(Profile::product, as_product)).subject() ==
             "O=VMware,OU=Unknown,CN=vRO a.example 4fb7");
  BOOST_TEST(make_self_signed(key(), terms(Profile::server)).subject() ==
             "C=CH,ST=ZH,L=Zürich,O=Beispiel Zürich,OU=Release,CN=build.example.org");
}

BOOST_AUTO_TEST_CASE(keys_that_cannot_encipher_do_not_say_so) {
  for (const char* kind : {"rsa-pss-2048", "p-256", "p-384", "ed25519"}) {
    const std::string text =
        openssl_says(make_self_signed(PrivateKey::make(kind), terms(Profile::server)), "-text");
    BOOST_TEST(holds(text, "Digital Signature"), kind);
    BOOST_TEST(!holds(text, "Key Encipherment"), kind);
  }
  BOOST_CHECK_THROW(PrivateKey::make("p-521"), Error);
}

BOOST_AUTO_TEST_CASE(a_profile_says_what_the_key_is_for_and_nothing_more) {
  const auto text = [](Profile profile) {
    return openssl_says(make_self_signed(key(), terms(profile)), "-text");
  };
  BOOST_TEST(holds(text(Profile::code_signing), "Code Signing"));
  BOOST_TEST(!holds(text(Profile::code_signing), "TLS Web Server"));
  BOOST_TEST(!holds(text(Profile::code_signing), "Key Encipherment"));
  BOOST_TEST(!holds(text(Profile::statement), "Code Signing"));
  BOOST_TEST(holds(text(Profile::statement), std::string("Extended Key Usage: critical")));
  BOOST_TEST(holds(text(Profile::statement), kStatementPurposeOid));
  BOOST_TEST(!holds(text(Profile::statement), kAlwaysBoundOid));
  BOOST_TEST(holds(text(Profile::code_signing), kAlwaysBoundOid));
}

BOOST_AUTO_TEST_CASE(country_is_a_printable_string_and_the_rest_utf8) {
  const std::string text = openssl_says(make_self_signed(key(), terms(Profile::server)),
                                        "-subject -nameopt show_type,sname,sep_multiline");
  BOOST_TEST(holds(text, "C=PRINTABLESTRING:CH"));
  BOOST_TEST(holds(text, "CN=UTF8STRING:build.example.org"));
  BOOST_TEST(holds(text, "O=UTF8STRING:"));
}

BOOST_AUTO_TEST_CASE(a_whole_subject_is_sound_and_a_name_alone_too) {
  BOOST_TEST(refusal(whole_subject()) == "");
  BOOST_TEST(refusal({.common_name = "x"}) == "");
  BOOST_TEST(refusal({.organization = "x"}) == "the name is missing");
}

BOOST_AUTO_TEST_CASE(bounds_count_characters_not_bytes) {
  std::string umlauts;
  for (int i = 0; i < 64; ++i) umlauts += "ü";
  BOOST_TEST(refusal({.common_name = umlauts}) == "");
  BOOST_TEST(refusal({.common_name = umlauts + "ü"}) ==
             "the name has 65 characters, at most 64 are allowed (RFC 5280)");
  BOOST_TEST(refusal({.common_name = "x", .city = std::string(128, 'c')}) == "");
  BOOST_TEST(refusal({.common_name = "x", .city = std::string(129, 'c')}) != "");
  BOOST_TEST(refusal({.common_name = "x", .state = std::string(129, 'c')}) != "");
  BOOST_TEST(refusal({.common_name = "x", .organization = std::string(65, 'c')}) != "");
  BOOST_TEST(refusal({.common_name = "x", .organizational_unit = std::string(65, 'c')}) != "");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_in_a_file_name_is_refused) {
  for (const char* text : {"a/b", "a\\b", "a\"b", "a<b", "a>b", "#a", " a", "a "}) {
    BOOST_TEST(refusal({.common_name = text}) != "", text);
    BOOST_TEST(refusal({.common_name = "x", .organization = text}) != "", text);
  }
  BOOST_TEST(refusal({.common_name = "a=b #1 (c) & d", .organization = "Example, Inc. + Co; Sons"}) == "");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_seen_is_refused) {
  for (const char* text : {"a\nb", "a\x7f", "a\u202Eb", "a\u200Bb", "a\u0085b", "\xC3("}) {
    BOOST_TEST(refusal({.common_name = text}) != "");
  }
}

BOOST_AUTO_TEST_CASE(a_country_must_be_on_the_list_in_capitals) {
  BOOST_TEST(refusal({.common_name = "x", .country = "CH"}) == "");
  for (const char* text : {"ch", "XX", "CHE", "Z"}) {
    BOOST_TEST(refusal({.common_name = "x", .country = text}) != "", text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(countries)

BOOST_AUTO_TEST_CASE(the_list_is_whole_and_sorted) {
  const auto all = all_countries();
  BOOST_TEST(all.size() >= 249u);
  for (std::size_t i = 1; i < all.size(); ++i) BOOST_TEST((all[i - 1].code < all[i].code));
  for (const Country& country : all) {
    BOOST_TEST(country.code.size() == 2u);
    BOOST_TEST(!country.name.empty());
  }
}

BOOST_AUTO_TEST_CASE(code_and_name_find_in_any_case) {
  for (const char* text : {"CH", "ch", "Switzerland", "sWITZERLAND", "che", "Swiss Confederation"}) {
    BOOST_TEST(codes(text) == "CH", text);
  }
  BOOST_TEST(codes("Bolivia") == "BO");
}

BOOST_AUTO_TEST_CASE(accents_may_be_left_out) {
  BOOST_TEST(codes("cote d'ivoire") == "CI");
  BOOST_TEST(codes("Côte d'Ivoire") == "CI");
  BOOST_TEST(codes("aland islands") == "AX");
  BOOST_TEST(codes("reunion") == "RE");
}

BOOST_AUTO_TEST_CASE(a_whole_name_wins_over_a_part) {
  BOOST_TEST(codes("Georgia") == "GE");  // and not South Georgia
  BOOST_TEST(codes("Niger") == "NE");    // and not Nigeria
}

BOOST_AUTO_TEST_CASE(a_part_finds_all_that_have_it) {
  BOOST_TEST(codes("korea") == "KP KR");
  BOOST_TEST(codes("switz") == "CH");
  BOOST_TEST(codes("atlantis") == "");
}

BOOST_AUTO_TEST_CASE(two_letters_are_a_code_or_nothing) {
  BOOST_TEST(codes("uk") == "");  // and not Ukraine
  BOOST_TEST(codes("") == "");
}

BOOST_AUTO_TEST_SUITE_END()
