#include "certstore/ca_answer.h"
#include "certstore/base/error.h"
#include "certstore/certificate_file.h"
#include "tests/unit/certificates.h"

#include <boost/test/unit_test.hpp>

using namespace certstore;
using namespace tests;

namespace {

const Instant kNow = parse_instant("2026-11-23");
const std::string kCa = "critical,CA:TRUE";

// Issued by the named one with the key of its own name.
Certificate issued(const CertificateWish& wish, const Certificate& issuer, const std::string& issuer_key) {
  return make_certificate(wish, key_named(wish.common_name).openssl(), &issuer,
                          key_named(issuer_key).openssl());
}

struct Family {
  Certificate root =
      make_self_signed_certificate({.common_name = "Root", .extensions = {{NID_basic_constraints, kCa}}});
  Certificate upper =
      issued({.common_name = "Upper", .extensions = {{NID_basic_constraints, kCa}}}, root, "Root");
  Certificate lower =
      issued({.common_name = "Lower", .extensions = {{NID_basic_constraints, kCa}}}, upper, "Upper");
  Certificate ours = make_self_signed_certificate({.common_name = "Ours"});
  Certificate leaf = issued({.common_name = "Ours"}, lower, "Lower");
};

// The message of the error; a test that expects it names a part.
auto says(ErrorKind kind, std::string part) {
  return [kind, part](const Error& error) {
    BOOST_TEST_MESSAGE(error.what());
    return error.kind() == kind && std::string(error.what()).find(part) != std::string::npos;
  };
}

std::vector<Certificate> read_text(const std::string& text) {
  return read_certificate_file(as_bytes(text), "answer.pem").certificates;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(ca_answer, Family)

BOOST_AUTO_TEST_CASE(any_order_becomes_the_order_of_the_chain) {
  const CaAnswer answer = arrange_ca_answer({root, lower, leaf, upper, lower}, {}, ours, kNow);
  BOOST_CHECK(answer.certificate == leaf);
  BOOST_REQUIRE_EQUAL(answer.chain.size(), 3);
  BOOST_CHECK(answer.chain[0] == lower && answer.chain[1] == upper && answer.chain[2] == root);
}

BOOST_AUTO_TEST_CASE(what_the_store_knows_of_the_ca_completes_the_chain) {
  BOOST_CHECK_EQUAL(arrange_ca_answer({leaf}, {lower, upper, root}, ours, kNow).chain.size(), 3);
}

BOOST_AUTO_TEST_CASE(the_missing_issuer_is_named) {
  BOOST_CHECK_EXCEPTION(arrange_ca_answer({leaf}, {}, ours, kNow), Error,
                        says(ErrorKind::key, "issuer 'CN=Lower' of 'CN=Ours' is missing"));
  BOOST_CHECK_EXCEPTION(arrange_ca_answer({leaf, lower, root}, {}, ours, kNow), Error,
                        says(ErrorKind::key, "issuer 'CN=Upper' of 'CN=Lower' is missing"));
  BOOST_CHECK_EXCEPTION(arrange_ca_answer({leaf, lower, upper}, {}, ours, kNow), Error,
                        says(ErrorKind::key, "issuer 'CN=Root' of 'CN=Upper' is missing"));
}

BOOST_AUTO_TEST_CASE(an_issuer_of_the_right_name_with_another_key_is_told_from_a_missing_one) {
  const Certificate impostor =
      make_certificate({.common_name = "Lower", .extensions = {{NID_basic_constraints, kCa}}},
                       key_named("Impostor").openssl(), &upper, key_named("Upper").openssl());
  BOOST_CHECK_EXCEPTION(arrange_ca_answer({leaf, impostor, upper, root}, {}, ours, kNow), Error,
                        says(ErrorKind::key, "was not signed by the 'CN=Lower' that is here"));
}

BOOST_AUTO_TEST_CASE(it_must_be_for_our_key_and_only_one_may_be) {
  BOOST_CHECK_EXCEPTION(arrange_ca_answer({lower, upper, root}, {}, ours, kNow), Error,
                        says(ErrorKind::key, "no certificate here is for the key"));
  BOOST_CHECK_EXCEPTION(arrange_ca_answer({ours}, {}, ours, kNow), Error,
                        says(ErrorKind::key, "has already"));
  const Certificate second =
      issued({.common_name = "Ours", .not_after = parse_instant("2041-01-01")}, lower, "Lower");
  BOOST_CHECK_EXCEPTION(arrange_ca_answer({leaf, second, lower, upper, root}, {}, ours, kNow), Error,
                        says(ErrorKind::key, "2 certificates for the key"));
  BOOST_CHECK_EXCEPTION(arrange_ca_answer({ours}, {}, leaf, kNow), Error,
                        says(ErrorKind::key, "is self-signed"));
}

BOOST_AUTO_TEST_CASE(an_issuer_that_is_no_ca_is_refused) {
  const Certificate plain = issued({.common_name = "Lower"}, upper, "Upper");
  BOOST_CHECK_EXCEPTION(arrange_ca_answer({leaf, plain, upper, root}, {}, ours, kNow), Error,
                        says(ErrorKind::key, "'CN=Lower' issued a certificate and is no CA"));
}

BOOST_AUTO_TEST_CASE(a_path_that_is_longer_than_a_ca_allows_is_refused) {
  const Certificate narrow =
      issued({.common_name = "Upper", .extensions = {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"}}},
             root, "Root");
  BOOST_CHECK_EXCEPTION(arrange_ca_answer({leaf, lower, narrow, root}, {}, ours, kNow), Error,
                        says(ErrorKind::key, "breaks a rule"));
}

BOOST_AUTO_TEST_CASE(the_signer_must_be_no_ca_and_may_sign_packages) {
  const auto with = [&](int nid, const std::string& text) {
    const Certificate other = issued({.common_name = "Ours", .extensions = {{nid, text}}}, lower, "Lower");
    return arrange_ca_answer({other, lower, upper, root}, {}, ours, kNow);
  };
  BOOST_CHECK_EXCEPTION(with(NID_basic_constraints, kCa), Error, says(ErrorKind::key, "certificate of a CA"));
  BOOST_CHECK_EXCEPTION(with(NID_ext_key_usage, "clientAuth,emailProtection"), Error,
                        says(ErrorKind::key, "not issued for signing packages"));
  BOOST_CHECK_EXCEPTION(with(NID_key_usage, "keyEncipherment"), Error,
                        says(ErrorKind::key, "not issued for signing packages"));
  BOOST_CHECK_NO_THROW(with(NID_ext_key_usage, "serverAuth,codeSigning"));
  BOOST_CHECK_NO_THROW(with(NID_ext_key_usage, "serverAuth"));
}

BOOST_AUTO_TEST_CASE(the_dates_of_each_certificate_count) {
  const auto at = [&](const char* date) {
    return arrange_ca_answer({leaf, lower, upper, root}, {}, ours, parse_instant(date));
  };
  BOOST_CHECK_EXCEPTION(at("2040-01-02"), Error, says(ErrorKind::dates, "'CN=Ours' ended on 2040-01-01"));
  BOOST_CHECK_EXCEPTION(at("2019-12-31"), Error, says(ErrorKind::dates, "not valid before 2020-01-01"));
  const Certificate old = issued({.common_name = "Upper",
                                  .not_after = parse_instant("2026-11-22"),
                                  .extensions = {{NID_basic_constraints, kCa}}},
                                 root, "Root");
  BOOST_CHECK_EXCEPTION(arrange_ca_answer({leaf, lower, old, root}, {}, ours, kNow), Error,
                        says(ErrorKind::dates, "'CN=Upper' ended on 2026-11-22"));
}

BOOST_AUTO_TEST_CASE(two_cas_that_signed_each_other_end_the_search) {
  const CertificateWish upper_wish{.common_name = "Upper", .extensions = {{NID_basic_constraints, kCa}}};
  const Certificate around = issued(upper_wish, lower, "Lower");
  BOOST_CHECK_EXCEPTION(arrange_ca_answer({leaf, lower, around}, {}, ours, kNow), Error,
                        says(ErrorKind::key, "none of them is a root"));
  BOOST_CHECK_EQUAL(arrange_ca_answer({leaf, lower, around, upper, root}, {}, ours, kNow).chain.size(), 3);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(ca_answer_file, Family)

BOOST_AUTO_TEST_CASE(text_around_and_between_is_passed_over) {
  const auto found =
      read_text("\xEF\xBB\xBF" + to_pem(root) + "0\nsome words\r\n" + to_pem(leaf) + "the end");
  BOOST_REQUIRE_EQUAL(found.size(), 2);
  BOOST_CHECK(found[0] == root && found[1] == leaf);
}

BOOST_AUTO_TEST_CASE(a_text_that_begins_with_the_digit_zero_is_no_der) {
  BOOST_CHECK_EQUAL(read_text("0 s:CN=Ours\n" + to_pem(leaf)).size(), 1);
}

BOOST_AUTO_TEST_CASE(one_der_certificate_is_taken_and_bytes_after_it_are_not) {
  BOOST_CHECK(read_certificate_file(leaf.der(), "answer.cer").certificates.front() == leaf);
  Bytes longer = leaf.der();
  longer.push_back(0);
  BOOST_CHECK_EXCEPTION(read_certificate_file(longer, "answer.cer"), Error,
                        says(ErrorKind::key, "answer.cer"));
}

BOOST_AUTO_TEST_CASE(a_damaged_or_empty_file_says_so) {
  BOOST_CHECK_EXCEPTION(read_text(""), Error, says(ErrorKind::key, "is empty"));
  BOOST_CHECK_EXCEPTION(read_text("no PEM at all\n"), Error, says(ErrorKind::key, "holds no certificate"));
  std::string cut = to_pem(leaf);
  cut.resize(cut.size() / 2);
  BOOST_CHECK_EXCEPTION(read_text(cut), Error, says(ErrorKind::key, "cut short or not base64"));
  for (std::size_t size = 1; size < leaf.der().size(); size += 7) {
    const ByteView part = ByteView(leaf.der()).first(size);
    BOOST_CHECK_THROW(read_certificate_file(part, "answer.cer"), Error);
  }
}

BOOST_AUTO_TEST_SUITE_END()
