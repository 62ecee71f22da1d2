#include "formats/properties.h"

#include "certstore/base/error.h"
#include "certstore/base/limits.h"
#include "formats/text_encoding.h"
#include "formats/vro_layout.h"
#include "formats/zip/reader.h"
#include "tests/unit/vro_files.h"

#include <boost/test/unit_test.hpp>

using namespace formats;
using certstore::as_bytes;
using certstore::Bytes;

namespace {

constexpr std::string_view kDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
constexpr std::string_view kDoctype =
    "<!DOCTYPE properties SYSTEM \"http://java.sun.com/dtd/properties.dtd\">\n";

std::string document(std::string_view body) {
  return std::string(kDeclaration) + std::string(kDoctype) + "<properties>" + std::string(body) +
         "</properties>\n";
}

Bytes in_utf16(std::string_view text) {
  Bytes bytes = {0xFE, 0xFF};
  certstore::append(bytes, utf16be_from_utf8(text));
  return bytes;
}

Properties parse(std::string_view text) {
  return Properties::parse(as_bytes(text), "info");
}

bool refused(certstore::ByteView bytes) {
  try {
    (void)Properties::parse(bytes, "info");
    return false;
  } catch (const certstore::Error& error) {
    return error.kind() == certstore::ErrorKind::malformed;
  }
}
bool refused(std::string_view text) {
  return refused(as_bytes(text));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(properties)

BOOST_AUTO_TEST_CASE(keys_come_in_the_order_as_found) {
  const Properties read =
      parse(document("<comment>c</comment>\n<entry key=\"b\">2</entry><entry key=\"a\"/>"));
  BOOST_TEST_REQUIRE(read.pairs().size() == 2u);
  BOOST_TEST(read.pairs()[0].first == "b");
  BOOST_TEST(*read.find("b") == "2");
  BOOST_TEST(*read.find("a") == "");
  BOOST_TEST((read.find("c") == nullptr));
  BOOST_TEST(*read.style().comment == "c");
  BOOST_TEST(!read.style().standalone.has_value());
}

BOOST_AUTO_TEST_CASE(the_five_entities_and_character_references_are_read) {
  const Properties read = parse(document("<entry key=\"&quot;&#65;\">&amp;&lt;&gt;&apos;&#x20AC;</entry>"));
  BOOST_TEST(*read.find("\"A") == "&<>'€");
}

BOOST_AUTO_TEST_CASE(a_key_twice_is_refused) {
  BOOST_TEST(refused(document("<entry key=\"a\">1</entry><entry key=\"a\">1</entry>")));
  BOOST_TEST(refused(document("<entry key=\"a\">1</entry><entry key=\"&#97;\">2</entry>")));
}

BOOST_AUTO_TEST_CASE(an_internal_subset_is_refused) {
  BOOST_TEST(refused(std::string(kDeclaration) +
                     "<!DOCTYPE properties SYSTEM \"http://java.sun.com/dtd/properties.dtd\" []>"
                     "<properties/>"));
  BOOST_TEST(refused(std::string(kDeclaration) +
                     "<!DOCTYPE properties [<!ENTITY a \"x\">]><properties><entry key=\"k\">&a;</entry>"
                     "</properties>"));
}

BOOST_AUTO_TEST_CASE(a_billion_laughs_are_refused_before_the_first) {
  std::string text = std::string(kDeclaration) + "<!DOCTYPE properties [<!ENTITY l0 \"lol\">";
  for (int i = 1; i < 30; ++i) {
    const std::string inner = "&l" + std::to_string(i - 1) + ";";
    text += "<!ENTITY l" + std::to_string(i) + " \"" + inner + inner + "\">";
  }
  BOOST_TEST(refused(text + "]><properties><entry key=\"k\">&l29;</entry></properties>"));
}

BOOST_AUTO_TEST_CASE(an_external_entity_is_refused) {
  BOOST_TEST(refused(std::string(kDeclaration) +
                     "<!DOCTYPE properties [<!ENTITY f SYSTEM \"file:///etc/hostname\">]>"
                     "<properties><entry key=\"k\">&f;</entry></properties>"));
}

// Expat alone drops it without a word, since the external subset could declare it.
BOOST_AUTO_TEST_CASE(an_unknown_entity_in_a_key_is_refused) {
  const std::string text = document("<entry key=\"pkg-&x;signer\">mallory</entry>");
  BOOST_TEST(refused(text));
  BOOST_TEST(refused(document("<entry key=\"k\">a&x;b</entry>")));
  std::string utf16 = text;
  utf16.replace(utf16.find("UTF-8"), 5, "UTF-16");
  BOOST_TEST(refused(in_utf16(utf16)));
}

BOOST_AUTO_TEST_CASE(another_document_type_is_refused) {
  BOOST_TEST(refused("<!DOCTYPE properties SYSTEM \"http://example.com/properties.dtd\"><properties/>"));
  BOOST_TEST(
      refused("<!DOCTYPE properties PUBLIC \"p\" \"http://java.sun.com/dtd/properties.dtd\">"
              "<properties/>"));
  BOOST_TEST(refused("<!DOCTYPE other SYSTEM \"http://java.sun.com/dtd/properties.dtd\"><properties/>"));
  BOOST_TEST(!refused("<properties/>"));
}

BOOST_AUTO_TEST_CASE(an_encoding_that_is_not_the_stated_one_is_refused) {
  const std::string text = document("<entry key=\"k\">v</entry>");
  std::string says_utf16 = text;
  says_utf16.replace(says_utf16.find("UTF-8"), 5, "UTF-16");
  BOOST_TEST(!refused(text));
  BOOST_TEST(!refused(in_utf16(says_utf16)));
  BOOST_TEST(refused(says_utf16));
  BOOST_TEST(refused(in_utf16(text)));
  BOOST_TEST(refused("\xEF\xBB\xBF" + text));
  Bytes little_endian = {0xFF, 0xFE};
  const Bytes big = utf16be_from_utf8(says_utf16);
  for (std::size_t i = 0; i < big.size(); i += 2) {
    little_endian.push_back(big[i + 1]);
    little_endian.push_back(big[i]);
  }
  BOOST_TEST(refused(little_endian));
  BOOST_TEST(refused(utf16be_from_utf8(says_utf16)));
  BOOST_TEST(refused(document("<entry key=\"k\">\xC3(</entry>")));
}

BOOST_AUTO_TEST_CASE(what_the_grammar_does_not_know_is_refused) {
  BOOST_TEST(refused(document("text")));
  BOOST_TEST(refused(document("<other/>")));
  BOOST_TEST(refused(document("<entry key=\"k\"><b/></entry>")));
  BOOST_TEST(refused(document("<entry>v</entry>")));
  BOOST_TEST(refused(document("<entry key=\"k\" more=\"m\">v</entry>")));
  BOOST_TEST(refused(document("<entry key=\"k\">v</entry><comment>late</comment>")));
  BOOST_TEST(refused(document("") + "<properties/>"));
  BOOST_TEST(refused(std::string(kDeclaration)));
  BOOST_TEST(refused(""));
  BOOST_TEST(refused(std::string(certstore::limits::kPropertiesSize + 1, ' ')));
}

BOOST_AUTO_TEST_CASE(every_text_comes_back_as_it_was_set) {
  for (const TextEncoding encoding : {TextEncoding::utf8, TextEncoding::utf16be}) {
    Properties made(PropertiesStyle{encoding, true, true, "<&>\n"});
    made.set("k \"'<&>\n\r\t", "v \"'<&>\n\r\t € 𝄞 ]]>");
    made.set("empty", "");
    const Properties read = Properties::parse(made.write("info"), "info");
    BOOST_TEST((read.pairs() == made.pairs()));
    BOOST_TEST(*read.style().comment == "<&>\n");
    BOOST_TEST((read.style().encoding == encoding));
  }
}

BOOST_AUTO_TEST_CASE(a_text_that_xml_cannot_hold_is_not_written) {
  for (const std::string& text : {std::string("\x01"), std::string("\xFF"), std::string("\xEF\xBF\xBE")}) {
    Properties made;
    made.set("k", text);
    BOOST_CHECK_THROW((void)made.write("info"), certstore::Error);
  }
}

BOOST_AUTO_TEST_CASE(a_change_differs_by_exactly_its_keys) {
  const Properties before = parse(document("<entry key=\"a\">1</entry><entry key=\"b\">2</entry>"));
  Properties after = before;
  after.set("b", "3");
  after.set("c", "4");
  after.erase("a");
  BOOST_TEST((differing_keys(before, after) == std::vector<std::string>{"a", "b", "c"}));
  BOOST_TEST(differing_keys(before, before).empty());
}

BOOST_AUTO_TEST_CASE(real_documents_are_written_back_byte_for_byte) {
  for (const vro_test::RealFile& real : vro_test::real_files()) {
    const auto file = certstore::InputFile::open(real.path);
    const zip::IndexResult result = zip::read_index(file);
    for (const zip::Entry& entry : result.index.entries) {
      const bool is_properties =
          entry.name == kVroMeta || (entry.name.starts_with(kVroElements) && entry.name.ends_with("/info"));
      if (!is_properties) continue;
      const Bytes found = zip::read_small_entry(file, entry, certstore::limits::kPropertiesSize);
      BOOST_TEST((Properties::parse(found, entry.name).write(entry.name) == found), entry.name);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
