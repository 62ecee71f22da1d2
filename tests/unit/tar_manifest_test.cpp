// The one form of a signed tar's manifest: what is written is read back, and nothing else is read.
#include "formats/tar/manifest.h"

#include "certstore/base/error.h"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace formats::tar;
using certstore::as_bytes;
using certstore::as_text;

namespace {

const std::string kHead = "#mtree\n. type=dir\n";
const std::string kDigest(64, 'a');
const std::string kFileA = "./a type=file mode=0644 size=4 sha256digest=" + kDigest + "\n";

Line file(const std::string& name) {
  return {.name = name, .mode = 0644, .size = 4, .sha256 = certstore::Bytes(32, 0xAA)};
}

bool is_read(const std::string& text) {
  try {
    static_cast<void>(parse_manifest(as_bytes(text), "m"));
    return true;
  } catch (const certstore::Error& error) {
    BOOST_TEST((error.kind() == certstore::ErrorKind::malformed));
    return false;
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tar_manifest)

BOOST_AUTO_TEST_CASE(each_kind_is_written_on_one_line_in_order_with_the_folders_around) {
  const certstore::Bytes bytes =
      write_manifest({file("d-e"),
                      file("d/x/b"),
                      {.name = "l", .type = EntryType::symbolic_link, .link = "a b"},
                      {.name = "d", .type = EntryType::directory, .mode = 0755}});
  const std::string rest = " type=file mode=0644 size=4 sha256digest=" + kDigest + "\n";
  BOOST_TEST(as_text(bytes) == kHead + "./d type=dir mode=0755\n./d/x type=dir\n./d/x/b" + rest + "./d-e" +
                                   rest + "./l type=link link=a\\040b\n");
  BOOST_TEST(parse_manifest(bytes, "m").size() == 5U);
}

BOOST_AUTO_TEST_CASE(names_are_escaped_as_libarchive_does_and_patterns_too) {
  const std::string name = "a b#=*?[\xC3\xB6]~";
  const certstore::Bytes bytes = write_manifest({file(name)});
  BOOST_TEST(as_text(bytes).find("./a\\040b\\043\\075\\052\\077\\133\\303\\266]~ ") !=
             std::string_view::npos);
  BOOST_TEST(parse_manifest(bytes, "m").at(0).name == name);
}

BOOST_AUTO_TEST_CASE(an_empty_manifest_is_read) {
  BOOST_TEST(is_read(kHead));
  BOOST_TEST(is_read(kHead + kFileA));
  for (const char* text :
       {"", "#mtree\n", ". type=dir\n", "#mtree\n. type=dir", "#mtree v2.0\n. type=dir\n",
        "#mtree\n. type=dir mode=0755\n", "#mtree\r\n. type=dir\r\n", "\n#mtree\n. type=dir\n"}) {
    BOOST_TEST(!is_read(text));
  }
}

BOOST_AUTO_TEST_CASE(a_line_in_any_other_form_is_refused) {
  const std::string facts = " type=file mode=0644 size=4 sha256digest=" + kDigest;
  for (const std::string& line : std::initializer_list<std::string>{
           "/set type=file",
           "/unset all",
           "# remark",
           "",
           "..",
           "a" + facts,
           "./" + facts,
           "." + facts,
           "././a" + facts,
           "./../a" + facts,
           "./a/" + facts,
           "/a" + facts,
           "./a b" + facts,
           "./a" + facts + " ",
           "./a " + facts,
           "./a" + facts + " optional",
           "./a" + facts + " size=4",
           "./a" + facts + " nlink=1",
           "./a type=file mode=644 size=4 sha256digest=" + kDigest,
           "./a mode=0644 type=file size=4 sha256digest=" + kDigest,
           "./a type=file mode=0644 size=04 sha256digest=" + kDigest,
           "./a type=file mode=0644 size=4 sha256=" + kDigest,
           std::string("./a type=file mode=0644 size=4"),
           "./a type=file size=4 sha256digest=" + kDigest,
           "./a type=file mode=0644 size=99999999999999999999 sha256digest=" + kDigest,
           "./a type=file mode=0644 size=4 sha256digest=" + std::string(64, 'A'),
           "./a type=file mode=0644 size=4 sha256digest=" + std::string(62, 'a'),
           std::string("./a type=char"),
           std::string("./a type=dir mode=0755 size=0"),
           std::string("./a type=link"),
           std::string("./a type=link mode=0777 link=b"),
           "./\\141" + facts,
           "./a\\" + facts,
           "./a\\0" + facts,
           "./a\\999" + facts,
           "./*" + facts,
           "./\xC3\xB6" + facts,
           "./a\\000b" + facts,
           "./a\\012b" + facts,
           "./a\\377" + facts}) {
    BOOST_TEST_INFO(line);
    BOOST_TEST(!is_read(kHead + line + "\n"));
  }
}

BOOST_AUTO_TEST_CASE(lines_stand_in_order_once_and_in_folders_that_are_listed) {
  const std::string folder = "./d type=dir mode=0755\n";
  const std::string b = "./d/b type=link link=x\n";
  const std::string e = "./d-e type=link link=x\n";
  BOOST_TEST(is_read(kHead + folder + b + e));
  BOOST_TEST(!is_read(kHead + folder + e + b));
  BOOST_TEST(!is_read(kHead + e + folder + b));
  BOOST_TEST(!is_read(kHead + folder + b + b));
  BOOST_TEST(!is_read(kHead + b));
  BOOST_TEST(!is_read(kHead + folder + "./d/x/b type=link link=x\n"));
  BOOST_TEST(!is_read(kHead + "./d type=link link=x\n" + b));
}

BOOST_AUTO_TEST_SUITE_END()
