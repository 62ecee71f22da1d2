#include "formats/vro_one_meaning.h"

#include "certstore/base/error.h"
#include "formats/text_encoding.h"
#include "tests/unit/certificates.h"
#include "tests/unit/vro_files.h"

#include <boost/test/unit_test.hpp>

using namespace vro_test;
using certstore::Bytes;

namespace {

std::string meaning_of(std::string_view content, std::size_t piece = 0) {
  formats::MeaningCheck check;
  const certstore::ByteView bytes = certstore::as_bytes(content);
  if (piece == 0) piece = bytes.size();
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    check.feed(bytes.subspan(at, std::min(piece, bytes.size() - at)));
  }
  std::string meaning = check.other_meaning();
  if (meaning.empty() && check.is_properties()) meaning = formats::properties_meaning(bytes);
  return meaning;
}

std::string text_of(std::initializer_list<int> bytes, std::size_t filled = 0) {
  std::string text;
  for (const int byte : bytes) text.push_back(static_cast<char>(byte));
  return text + std::string(filled, 'x');
}

}  // namespace

BOOST_AUTO_TEST_SUITE(one_meaning)

BOOST_AUTO_TEST_CASE(what_parses_wholly_as_der_has_another_meaning) {
  BOOST_TEST(!meaning_of(text_of({0x30, 0x05}, 5)).empty());
  BOOST_TEST(!meaning_of(text_of({0x31, 0x81, 0xC8}, 200)).empty());
  BOOST_TEST(!meaning_of(text_of({0x31, 0x82, 0x01, 0x00}, 256)).empty());
  BOOST_TEST(!meaning_of(text_of({0x30, 0x84, 0, 0, 0, 5}, 5)).empty());
  BOOST_TEST(!meaning_of(text_of({0x30, 0x80, 'x', 'y', 0, 0})).empty());
  BOOST_TEST(meaning_of(text_of({0x30, 0x05}, 6)).empty());
  BOOST_TEST(meaning_of(text_of({0x30, 0x05}, 4)).empty());
  BOOST_TEST(meaning_of(text_of({0x04, 0x05}, 5)).empty());
  BOOST_TEST(meaning_of(text_of({0x30})).empty());
  BOOST_TEST(meaning_of("").empty());
  BOOST_TEST(meaning_of(text_of({0x30, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 5}, 5)).empty());
}

BOOST_AUTO_TEST_CASE(a_certificate_out_of_its_place_has_another_meaning) {
  const certstore::Certificate certificate = tests::make_self_signed_certificate({});
  BOOST_TEST(!meaning_of(certstore::as_text(certificate.der())).empty());
}

BOOST_AUTO_TEST_CASE(the_lists_of_other_layouts_have_another_meaning) {
  for (const std::string_view text :
       {"SHA256(disk.vmdk)= 00ff\n", "sha1 (a) = 00", "comment\r\nSHA512(a)= 00", "Manifest-Version: 1.0\r\n",
        "Created-By: x\r\nSignature-Version: 1.0\r\n\r\n", "signature-version: 1.0", "#mtree\n",
        "/set type=file uid=0\n", "./a type=file sha256digest=00\n"}) {
    BOOST_TEST(!meaning_of(text).empty(), text);
    BOOST_TEST(!meaning_of(text, 1).empty(), text);
  }
}

BOOST_AUTO_TEST_CASE(a_document_like_dunes_meta_inf_has_another_meaning) {
  BOOST_TEST(!meaning_of(properties({{"pkg-signer", "CN=x"}})).empty());
  BOOST_TEST(!meaning_of(properties({{"pkgtrust-seal", "v=1"}})).empty());
  BOOST_TEST(!meaning_of(properties({{"pkg&#45;signer", "CN=x"}})).empty());
  BOOST_TEST(!meaning_of("<!-- c --><properties><entry key='a'/><entry key='a'/></properties>").empty());
  BOOST_TEST(
      !meaning_of("<?xml version='1.0'?><!DOCTYPE properties [<!ENTITY a 'b'>]><properties/>").empty());
  Bytes utf16 = {0xFE, 0xFF};
  certstore::append(utf16,
                    formats::utf16be_from_utf8("<properties><entry key=\"pkg-signer\"/></properties>"));
  BOOST_TEST(!meaning_of(certstore::as_text(utf16)).empty());
  BOOST_TEST(meaning_of(properties({{"type", "Workflow"}, {"id", "1"}})).empty());
}

BOOST_AUTO_TEST_CASE(what_scripts_and_workflows_look_like_has_no_other_meaning) {
  for (const std::string_view text :
       {"<workflow><param name=\"x\" type=\"string\" sha256=\"1\"/></workflow>", "SHA256(x);", "var sha = 1;",
        "shared(\n)", "SHA256", "SHA256 ", "0123456789", "1\n", "{\"type\": \"file\"}", "#!mtree",
        "/settings x"}) {
    BOOST_TEST(meaning_of(text).empty(), text);
  }
}

// The attack of which the design speaks: signed attributes of CMS (RFC 5652 5.4) are signed as a DER SET OF,
// so a member with those bytes would be a CMS signature by our key over a text of the attacker.
BOOST_AUTO_TEST_CASE(a_member_that_is_a_cms_attribute_set_is_not_signed) {
  const std::string digest(32, 'd');
  // contentType: data; messageDigest: the digest.
  const std::string content_type =
      text_of({0x30, 0x18, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03,
               0x31, 0x0B, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01});
  const std::string message_digest = text_of({0x30, 0x2F, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D,
                                              0x01, 0x09, 0x04, 0x31, 0x22, 0x04, 0x20}) +
                                     digest;
  const std::string inner = content_type + message_digest;
  const std::string set = text_of({0x31, static_cast<int>(inner.size())}) + inner;
  Members members = unsigned_members();
  members.emplace_back("elements/11111111-aaaa/tags", set);
  const auto file = archive_of(members);
  const formats::SigningRequest request{.signer = tests::make_self_signed_certificate({})};
  const auto package = formats::open_package(file, "vro");
  BOOST_CHECK_EXCEPTION(
      (void)package->plan_signing(request), certstore::Error,
      [](const certstore::Error& e) { return e.kind() == certstore::ErrorKind::malformed; });
  member(members, "elements/11111111-aaaa/tags").push_back('\n');
  const auto harmless = archive_of(members);
  BOOST_CHECK_NO_THROW((void)formats::open_package(harmless, "vro")->plan_signing(request));
}

BOOST_AUTO_TEST_SUITE_END()
