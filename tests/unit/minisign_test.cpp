#include "certstore/base/error.h"
#include "certstore/certificate_request.h"
#include "certstore/key.h"
#include "certstore/minisign_limits.h"
#include "certstore/minisign_text.h"
#include "certstore/record_match.h"
#include "certstore/trust_record_json.h"
#include "formats/minisign/signature_file.h"
#include "tests/unit/trust_cases.h"

#include <openssl/x509.h>
#include <boost/test/unit_test.hpp>

namespace {

using namespace certstore;
using namespace formats::minisign;

// Of jedisct1, the author of minisign.
const std::string kKey = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
const std::string kSignature =
    "RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=";
const std::string kGlobal =
    "y/rUw2y8/hOUYjZU71eHp/Wo1KZ40fGy2VJEDl34XMJM+TX48Ss/17u3IvIfbVR1FkZZSNCisQbuQY+bHwhEBg==";
const std::string kComment = "timestamp:1556193335\tfile:test";

std::string file_of(const std::string& untrusted, const std::string& trusted, const std::string& end = "\n") {
  return "untrusted comment: " + untrusted + end + kSignature + end + "trusted comment: " + trusted + end +
         kGlobal + end;
}

bool is_refused(const std::string& text) {
  try {
    static_cast<void>(read_signature_file(as_bytes(text), "s"));
  } catch (const Error& error) {
    return error.kind() == ErrorKind::malformed;
  }
  return false;
}

BareKey key() {
  return read_minisign_public_key(as_bytes("untrusted comment: x\n" + kKey + "\n"), "k");
}

BOOST_AUTO_TEST_SUITE(minisign)

BOOST_AUTO_TEST_CASE(a_key_is_read_and_written_as_minisign_does) {
  BOOST_TEST(to_text(key().id()) == "E7620F1842B4E81F");
  BOOST_TEST(to_minisign_public_key(key()) ==
             "untrusted comment: minisign public key E7620F1842B4E81F\n" + kKey + "\n");
}

BOOST_AUTO_TEST_CASE(a_key_file_with_anything_more_is_refused) {
  const auto read = [](const std::string& text) { return read_minisign_public_key(as_bytes(text), "k"); };
  const std::string good = "untrusted comment: x\n" + kKey;
  BOOST_CHECK_NO_THROW(read(good));
  for (const std::string& text :
       {kKey, good + "\nmore\n", good + "\n\n", "untrusted comment: x\n" + kKey + "=",
        "untrusted comment: x\n" + kSignature + "\n", std::string()}) {
    BOOST_CHECK_THROW(read(text), Error);
  }
}

BOOST_AUTO_TEST_CASE(the_trusted_comment_is_signed_with_the_signature) {
  const SignatureFile found = read_signature_file(as_bytes(file_of("u", kComment)), "s");
  BOOST_TEST(found.prehashed);
  BOOST_CHECK(key().checks(commented(found.signature, found.comment->text), found.comment->signature));
  BOOST_CHECK(!key().checks(commented(found.signature, "other"), found.comment->signature));
  BOOST_CHECK(key().checks(digest(DigestAlgorithm::blake2b_512, as_bytes("test")), found.signature));
}

BOOST_AUTO_TEST_CASE(lines_end_with_lf_or_all_with_crlf) {
  BOOST_CHECK(!is_refused(file_of("u", kComment)));
  BOOST_CHECK(!is_refused(file_of("u", kComment, "\r\n")));
  BOOST_CHECK(is_refused(file_of("u\r", kComment)));
  BOOST_CHECK(is_refused(file_of("u\r\nx", kComment)));
}

BOOST_AUTO_TEST_CASE(the_last_line_may_be_without_end) {
  std::string text = file_of("u", kComment);
  text.pop_back();
  BOOST_CHECK(!is_refused(text));
}

BOOST_AUTO_TEST_CASE(another_number_of_lines_is_refused) {
  const std::string good = file_of("u", kComment);
  BOOST_CHECK(is_refused(good + "\n"));
  BOOST_CHECK(is_refused(good + good));
  BOOST_CHECK(is_refused(good.substr(0, good.find("trusted comment: t"))));  // prehashed needs its comment
  BOOST_CHECK(is_refused("untrusted comment: u\n"));
  BOOST_CHECK(is_refused(""));
}

BOOST_AUTO_TEST_CASE(text_that_a_terminal_would_obey_is_refused) {
  BOOST_CHECK(is_refused(file_of("u", "a\x1b[2J")));
  BOOST_CHECK(is_refused(file_of("\xff", kComment)));
  BOOST_CHECK(is_refused(file_of("u", std::string("a\0b", 3))));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_too_long_is_refused) {
  BOOST_CHECK(!is_refused(file_of("u", std::string(8192, 'x'))));
  BOOST_CHECK(is_refused(file_of("u", std::string(limits::kMinisignFile, 'x'))));
}

BOOST_AUTO_TEST_CASE(the_fields_of_a_comment_are_found_in_any_order) {
  const CommentFields fields = fields_of("sha256:ab\tfile:a b:c\ttimestamp:12\thashed");
  BOOST_TEST(fields.file == "a b:c");
  BOOST_TEST(fields.sha256 == "ab");
  BOOST_CHECK(fields.timestamp == 12u);
  BOOST_CHECK(!fields_of("timestamp:12x").timestamp);
  BOOST_TEST(fields_of("anything").file.empty());
}

BOOST_AUTO_TEST_CASE(trust_in_a_bare_key_is_none_in_a_certificate_of_it) {
  const PrivateKey made = PrivateKey::make("ed25519");
  CertificateTerms terms;
  terms.subject.common_name = "Twin";
  terms.not_before = tests::kNow;
  terms.not_after = parse_instant("2030-01-01");
  const Certificate certificate = make_self_signed(made, terms);
  const Bytes spki = [&] {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(made.openssl(), &der);
    Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
  }();
  const BareKey bare = BareKey::from_spki(spki, {}, "k");
  BOOST_REQUIRE(bare.sha256() == certificate.public_key_sha256());
  const auto decided = [](const SignerIdentity& who, TrustRecord record) {
    record.id = "r1";
    return decide({.identity = who}, tests::policy({std::move(record)}));
  };
  TrustRecord of_key;
  set_subject(of_key, bare);
  TrustRecord of_certificate;
  set_subject(of_certificate, certificate);
  BOOST_TEST(decided(bare, of_key).trusted);
  BOOST_TEST(!decided(certificate, of_key).trusted);
  BOOST_TEST(decided(certificate, of_certificate).trusted);
  BOOST_TEST(!decided(bare, of_certificate).trusted);
  TrustPolicy given = tests::policy({});
  given.trusted = {bare};
  BOOST_TEST(!decide({.identity = certificate}, given).trusted);
  // Lost is lost, in both forms.
  for (const SignerIdentity& who : {SignerIdentity(bare), SignerIdentity(certificate)}) {
    TrustRecord lost;
    lost.kind = TrustRecord::Kind::retire;
    set_subject(lost, who);
    BOOST_TEST(tests::has(decided(bare, lost), IssueCode::retired_key));
    BOOST_TEST(tests::has(decided(certificate, lost), IssueCode::retired_key));
  }
}

BOOST_AUTO_TEST_CASE(a_record_keeps_the_key_and_its_id) {
  TrustRecord record;
  set_subject(record, key());
  record.made_by = "ann";
  const TrustRecord again = parse_trust_record(to_json(record));
  BOOST_CHECK(again.subject == TrustRecord::Subject::bare_key);
  BOOST_REQUIRE(again.bare_key.has_value());
  BOOST_CHECK(*again.bare_key == key());
  BOOST_CHECK(again.bare_key->id() == key().id());
}

BOOST_AUTO_TEST_CASE(a_record_about_a_bare_key_must_hold_that_key) {
  TrustRecord record;
  set_subject(record, key());
  BOOST_CHECK_NO_THROW(require_consistent(record));
  TrustRecord other = record;
  other.sha256[0] ^= 1;
  BOOST_CHECK_THROW(require_consistent(other), Error);
  other = record;
  other.bare_key.reset();
  BOOST_CHECK_THROW(require_consistent(other), Error);
  other = record;
  other.use = TrustRecord::Use::timestamp;
  BOOST_CHECK_THROW(require_consistent(other), Error);
  other = tests::record_of(tests::make_self_signed_certificate({}));
  other.bare_key = key();
  BOOST_CHECK_THROW(require_consistent(other), Error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
