#include "certstore/base/error.h"
#include "certstore/base/file.h"
#include "certstore/certificate_file.h"
#include "certstore/timestamp_trust.h"
#include "tests/unit/others_data.h"
#include "tests/unit/timestamp_tokens.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace certstore;
using tests::make_authority;
using tests::make_token;

namespace {

const Bytes kSignature = {1, 2, 3};

// Why the token is refused; "good" if it is not.
std::string why(const Bytes& token, const TimestampRequest* request = nullptr) {
  const TimestampAnswer answer = check_timestamp(token, {.signature = kSignature, .request = request});
  const auto* const reason = std::get_if<std::string>(&answer);
  return reason == nullptr ? "good" : *reason;
}

bool mentions(const std::string& text, std::string_view part) {
  if (text.find(part) != std::string::npos) return true;
  BOOST_TEST_MESSAGE("no \"" << part << "\" in: " << text);
  return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(timestamp)

BOOST_AUTO_TEST_CASE(a_good_token_says_when_and_by_whom) {
  const tests::Authority authority = make_authority();
  const TimestampAnswer answer = check_timestamp(make_token(authority), {.signature = kSignature});
  BOOST_REQUIRE(std::holds_alternative<VerifiedTimestamp>(answer));
  const auto& stamp = std::get<VerifiedTimestamp>(answer);
  BOOST_TEST(to_rfc3339(stamp.time()) == "2026-01-01T12:00:00Z");
  BOOST_TEST((stamp.authority() == authority.certificate));
  BOOST_TEST(stamp.policy() == "1.2.3.4.1");
  BOOST_TEST(stamp.serial_hex() == "1234");
  BOOST_TEST(stamp.digests().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_token_for_another_signature_is_refused) {
  BOOST_TEST(mentions(why(make_token(make_authority(), {.signature = {1, 2, 4}})), "imprint differs"));
}

BOOST_AUTO_TEST_CASE(the_nonce_and_policy_must_be_those_of_the_request) {
  const tests::Authority authority = make_authority();
  TimestampRequest request;
  request.nonce = {0x12, 0x34};
  BOOST_TEST(why(make_token(authority, {.nonce = 0x1234}), &request) == "good");
  BOOST_TEST(mentions(why(make_token(authority, {.nonce = 0x1235}), &request), "nonce differs"));
  BOOST_TEST(mentions(why(make_token(authority), &request), "nonce differs"));
  request.policy = "1.2.3.4.5";
  BOOST_TEST(mentions(why(make_token(authority, {.nonce = 0x1234}), &request), "policy 1.2.3.4.1"));
  // Without a request nothing is known of them.
  BOOST_TEST(why(make_token(authority, {.nonce = 7})) == "good");
}

BOOST_AUTO_TEST_CASE(only_a_certificate_for_time_stamping_alone_may_stamp) {
  for (const char* const usage : {"", "timeStamping", "critical,timeStamping,codeSigning",
                                  "critical,codeSigning", "critical,anyExtendedKeyUsage"}) {
    BOOST_TEST_CONTEXT("extended key usage " << usage) {
      BOOST_TEST(mentions(why(make_token(make_authority({.usage = usage}))), "not for time stamping alone"));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_key_usage_of_the_authority_must_allow_signatures) {
  BOOST_TEST(why(make_token(make_authority({.key_usage = ""}))) == "good");
  BOOST_TEST(why(make_token(make_authority({.key_usage = "nonRepudiation"}))) == "good");
  BOOST_TEST(
      mentions(why(make_token(make_authority({.key_usage = "critical,keyEncipherment"}))), "key usage"));
}

BOOST_AUTO_TEST_CASE(the_time_must_be_within_the_validity_of_the_authority) {
  const tests::Authority authority = make_authority({.not_after = parse_instant("2025-06-01T00:00:00Z")});
  BOOST_TEST(why(make_token(authority, {.time = "20250601000000Z"})) == "good");
  BOOST_TEST(mentions(why(make_token(authority, {.time = "20250601000001Z"})), "outside the validity"));
  BOOST_TEST(why(make_token(authority, {.time = "20200101000000Z"})) == "good");
  BOOST_TEST(mentions(why(make_token(authority, {.time = "20191231235959Z"})), "outside the validity"));
}

BOOST_AUTO_TEST_CASE(a_token_that_is_no_token_is_refused) {
  const tests::Authority authority = make_authority();
  BOOST_TEST(mentions(why(make_token(authority, {.names_certificate = false})), "signingCertificate"));
  BOOST_TEST(mentions(why(make_token(authority, {.carries_content = false})), "no content"));
  BOOST_TEST(mentions(why(make_token(authority, {.content_type = "1.2.840.113549.1.7.1"})),
                      "not a time stamp token"));
  BOOST_TEST(mentions(why(make_token(authority, {.version = 2})), "version"));
  BOOST_TEST(mentions(why(make_token(authority, {.critical_extension = true})), "critical extension"));
  const tests::Authority second = make_authority({.name = "Second"});
  BOOST_TEST(mentions(why(make_token(authority, {.second_signer = &second})), "exactly one signer"));
  BOOST_TEST(why({}) != "good");
  BOOST_TEST(why({0x30, 0x00}) != "good");
}

BOOST_AUTO_TEST_CASE(no_flipped_byte_gives_another_time_or_signature) {
  const tests::Authority authority = make_authority();
  const Bytes token = make_token(authority);
  for (std::size_t i = 0; i < token.size(); ++i) {
    Bytes changed = token;
    changed[i] ^= 0x01;
    const TimestampAnswer answer = check_timestamp(changed, {.signature = kSignature});
    // Unsigned parts (versions, the order of certificates) may differ; what is proven may not.
    if (const auto* const stamp = std::get_if<VerifiedTimestamp>(&answer)) {
      BOOST_TEST(to_rfc3339(stamp->time()) == "2026-01-01T12:00:00Z");
      BOOST_TEST((stamp->authority() == authority.certificate));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_request_has_a_new_nonce_and_asks_for_the_certificate) {
  const TimestampRequest first = make_timestamp_request({.signature = kSignature});
  const TimestampRequest second = make_timestamp_request({.signature = kSignature});
  BOOST_TEST(first.nonce != second.nonce);
  BOOST_TEST(first.nonce.size() <= 8U);
  const Bytes der = to_der(first);
  const unsigned char* position = der.data();
  const openssl::TimestampRequest read(d2i_TS_REQ(nullptr, &position, static_cast<long>(der.size())));
  BOOST_REQUIRE(read);
  BOOST_TEST(TS_REQ_get_cert_req(read.get()) == 1);
  BOOST_TEST((TS_REQ_get_nonce(read.get()) != nullptr));
  BOOST_CHECK_THROW(make_timestamp_request({kSignature, DigestAlgorithm::sha1, {}}), Error);
  BOOST_CHECK_THROW(make_timestamp_request({kSignature, DigestAlgorithm::sha256, "no number"}), Error);
}

BOOST_AUTO_TEST_CASE(a_refusal_is_told_in_escaped_words) {
  // status rejection, text "no\x1b[2J", failure bit 15 (unacceptedPolicy)
  const Bytes refusal = from_hex(
      "3016"
      "3014"
      "020102"
      "300a0c086e6f1b5b324a0d0a"
      "03030000"
      "01");
  try {
    static_cast<void>(token_in_response(refusal, "answer.tsr"));
    BOOST_ERROR("no error");
  } catch (const Error& error) {
    BOOST_TEST((error.kind() == ErrorKind::status));
    BOOST_TEST(mentions(error.what(), "rejected"));
    BOOST_TEST(mentions(error.what(), "policy not served"));
    BOOST_TEST(mentions(error.what(), "'no\\x1b[2J\\x0d\\x0a'"));
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_response_is_said_so) {
  for (const Bytes& wrong : {Bytes{}, Bytes{0x30, 0x00}, Bytes(300 << 10, 0x30), from_hex("30053003020100"),
                             from_hex("3000"
                                      "00"),
                             Bytes{'<', 'h', 't', 'm', 'l', '>'}}) {
    try {
      static_cast<void>(token_in_response(wrong, "answer.tsr"));
      BOOST_ERROR("no error");
    } catch (const Error& error) {
      BOOST_TEST(mentions(error.what(), "is not a time stamp response"));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_token_of_sectigo_is_good_and_trusted_by_either_root) {
  const auto folder = tests::others_data("tsa");
  if (!folder) return;
  const auto read = [&](const char* name) {
    const InputFile file = InputFile::open(*folder / name);
    return file.read_all(1 << 20);
  };
  const Bytes token = token_in_response(read("openssl__sectigo-all-zero.tsr"), "answer");
  const auto certificates = [&](const char* name) {
    return read_certificate_file(read(name), name).certificates;
  };
  // The request is for 32 zero bytes as the digest itself: no signature is known that has it.
  const Bytes imprint(32);
  const TimestampAnswer answer = check_timestamp(token, {.signature = {}, .imprint = imprint});
  BOOST_REQUIRE(std::holds_alternative<VerifiedTimestamp>(answer));
  const auto& stamp = std::get<VerifiedTimestamp>(answer);
  BOOST_TEST(to_rfc3339(stamp.time()) == "2021-02-16T15:42:47Z");
  BOOST_TEST((stamp.authority() == certificates("openssl__sectigo-signer.pem").front()));
  TrustPolicy policy;
  policy.at = parse_instant("2026-11-23");
  BOOST_TEST(decide_authority(stamp, policy).trusted_by.empty());
  const auto decided_by = [&](const char* root) {
    policy.records = {tests::stamp_record(certificates(root).front())};
    return decide_authority(stamp, policy);
  };
  for (const char* const root : {"openssl__sectigo-time-stamping-ca.pem", "openssl__user-trust-ca.pem",
                                 "openssl__user-trust-ca-aaa.pem"}) {
    BOOST_TEST(decided_by(root).reason == "");
    BOOST_TEST(!decided_by(root).trusted_by.empty());
  }
  // The certificate between is not in the token.
  BOOST_TEST(decided_by("openssl__comodo-aaa.pem").trusted_by.empty());
}

BOOST_AUTO_TEST_SUITE_END()
