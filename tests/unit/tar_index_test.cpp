// Rule by rule: what the index of a tar takes and what it refuses (docs/formats/tar.md).
#include "tests/unit/tar_files.h"

#include "certstore/base/error.h"
#include "formats/tar/reader.h"

#include <boost/test/unit_test.hpp>

using namespace tar_test;
using namespace formats::tar;
using certstore::Bytes;
using namespace std::string_literals;

namespace {

constexpr std::string_view kMalformed = "malformed-archive";
constexpr std::string_view kUnsafe = "unsafe-entry-name";

bool refused(const std::vector<Bytes>& members, std::string_view text) {
  return finds(tar_of(members), kMalformed, text);
}

// A member with a field that was overwritten.
Bytes with_field(std::size_t offset, std::string_view text, const std::string& name = "a") {
  return changed(member(name, "text"), [&](Bytes& block) { put(block, offset, text); });
}

Bytes with_pax(const std::string& records, Bytes behind) {
  Bytes all = extension(kPaxMember, records);
  certstore::append(all, behind);
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tar_index)

BOOST_AUTO_TEST_CASE(a_sound_archive_is_read_whole) {
  const Bytes bytes = tar_of({directory("./"), directory("./d/"), member("./d/a", "text"), member("empty"),
                              link(kSymbolicLink, "s", "../x"), link(kHardLink, "h", "./d/a")});
  BOOST_TEST(findings_of(bytes) == "");
  const certstore::InputFile file = file_of(bytes);
  BOOST_TEST(looks_like_tar(file));
  const IndexResult result = read_index(file);
  BOOST_REQUIRE(result.index.entries.size() == 6U);
  BOOST_TEST(result.index.entries[0].name == ".");
  BOOST_TEST(result.index.entries[1].name == "d");
  const Entry* const a = result.index.find("d/a");
  BOOST_REQUIRE(a == &result.index.entries[2]);
  BOOST_TEST(a->mode == 0644);
  BOOST_TEST(a->header_offset == 1024U);
  BOOST_TEST(certstore::as_text(read_small_entry(file, *a, 10)) == "text");
  BOOST_CHECK_THROW(read_small_entry(file, *a, 3), certstore::Error);
  BOOST_TEST(result.index.find("s")->link == "../x");
  BOOST_TEST(result.index.find("h")->link == "d/a");
  BOOST_TEST(result.index.find("d/b") == nullptr);
  BOOST_TEST(result.index.end_offset == result.index.entries.back().end_offset());
}

BOOST_AUTO_TEST_CASE(an_archive_of_nothing_is_no_tar_and_a_text_is_none) {
  BOOST_TEST(!looks_like_tar(file_of(tar_of({}))));
  BOOST_TEST(!looks_like_tar(file_of(certstore::as_bytes("ustar"))));
}

BOOST_AUTO_TEST_CASE(duplicate_members_are_refused) {
  const std::string_view text = "there are two members of this name";
  BOOST_TEST(finds(tar_of({member("a"), member("b"), member("a")}), "duplicate-entry", text));
  BOOST_TEST(finds(tar_of({member("a"), member("./a")}), "duplicate-entry", text));
  BOOST_TEST(finds(tar_of({member("a"), directory("a/")}), "duplicate-entry", text));
  BOOST_TEST(finds(tar_of({member("Ä"), member("ä")}), "names-equal-but-for-case", "in case only"));
}

BOOST_AUTO_TEST_CASE(unsafe_names_are_refused) {
  const auto unsafe = [](const std::string& name, std::string_view text) {
    Bytes bytes = changed(member("x"), [&](Bytes& block) { put(block, 0, name); });
    return finds(tar_of({bytes}), kUnsafe, text);
  };
  BOOST_TEST(unsafe("../a", "leaves the target directory"));
  BOOST_TEST(unsafe("d/../a", "leaves the target directory"));
  BOOST_TEST(unsafe("/etc/passwd", "absolute"));
  BOOST_TEST(unsafe(".//etc/passwd", "absolute"));
  BOOST_TEST(unsafe("a//b", "empty segment"));
  BOOST_TEST(unsafe("a/./b", "segment '.'"));
  BOOST_TEST(unsafe("././a", "segment '.'"));
  BOOST_TEST(unsafe("a\nb", "control character"));
  BOOST_TEST(unsafe("a\\b", "backslash"));
  BOOST_TEST(unsafe("c:a", "drive letter"));
  BOOST_TEST(unsafe("\xFF", "not UTF-8"));
  BOOST_TEST(unsafe(".", "root and no directory"));
  BOOST_TEST(finds(tar_of({changed(directory("x/"), [](Bytes& block) { put(block, 0, "x//"); })}), kUnsafe,
                   "empty segment"));
  BOOST_TEST(refused({with_field(0, "\0b"s)}, "holds a NUL before its end"));
  BOOST_TEST(refused({with_field(0, "\0"s)}, "has no name"));
  BOOST_TEST(refused({with_field(0, "a/")}, "ends as a directory's"));
}

BOOST_AUTO_TEST_CASE(what_lies_beneath_a_file_or_link_is_refused) {
  BOOST_TEST(refused({member("a"), member("a/b")}, "lies beneath 'a', which is no directory"));
  BOOST_TEST(refused({link(kSymbolicLink, "a", "/etc"), member("a/d/b")}, "lies beneath 'a'"));
  BOOST_TEST(refused({member("a/b"), member("a-b"), link(kSymbolicLink, "a", "/etc")}, "lies beneath 'a'"));
  BOOST_TEST(findings_of(tar_of({directory("a/"), member("a-b"), member("a/b"), member("ab")})) == "");
}

BOOST_AUTO_TEST_CASE(hard_links_lead_to_a_file_before_them) {
  BOOST_TEST(refused({link(kHardLink, "h", "etc/passwd")}, "is a hard link to 'etc/passwd'"));
  BOOST_TEST(refused({link(kHardLink, "h", "a"), member("a")}, "which is no file before it"));
  BOOST_TEST(refused({directory("d/"), link(kHardLink, "h", "d")}, "which is no file before it"));
  BOOST_TEST(
      refused({link(kSymbolicLink, "s", "/etc/shadow"), link(kHardLink, "h", "s")}, "which is no file"));
  const Bytes absolute = changed(link(kHardLink, "h", "x"), [](Bytes& block) { put(block, 157, "/a"); });
  BOOST_TEST(finds(tar_of({member("a"), absolute}), kUnsafe, "its link target is an absolute path"));
  BOOST_TEST(finds(tar_of({link(kSymbolicLink, "s", "a\nb")}), kUnsafe, "its link target"));
  BOOST_TEST(finds(tar_of({link(kSymbolicLink, "s", "")}), kUnsafe, "its link target"));
}

BOOST_AUTO_TEST_CASE(numbers_that_programs_read_differently_are_refused) {
  BOOST_TEST(refused({with_field(124, "-0000000004")}, "'size' that is no number"));
  BOOST_TEST(refused({with_field(124, "00000000004x")}, "'size' that is no number"));
  BOOST_TEST(refused({with_field(124,
                                 "0000004\0"
                                 "0001"s)},
                     "'size' that is no number"));
  BOOST_TEST(refused({with_field(124, std::string(12, '\0'))}, "'size' that is empty"));
  BOOST_TEST(refused({with_field(124, std::string(12, '\xFF'))}, "'size' that is negative"));
  BOOST_TEST(refused({with_field(124, "\x80" + std::string(11, '\xFF'))}, "'size' that is no number"));
  BOOST_TEST(refused({with_field(124, "\xC0" + std::string(11, '\0'))}, "'size' that is no number"));
  const std::string most = "\x80\0\0\0\x7F"s + std::string(7, '\xFF');
  BOOST_TEST(refused({with_field(124, most)}, "a size beyond all files"));
  BOOST_TEST(refused({with_field(100, "\xFF" + std::string(7, '\xFF'))}, "'mode' that is negative"));
  BOOST_TEST(refused({with_field(100, "7777777\0"s)}, "'mode' that is too large"));
  BOOST_TEST(findings_of(tar_of({with_field(124, "\x80"s + std::string(10, '\0') + "\x04")})) == "");
  BOOST_TEST(findings_of(tar_of({with_field(136, std::string(12, '\xFF'))})) == "");
  BOOST_TEST(findings_of(tar_of({with_field(124, "         4 \0"s)})) == "");
}

BOOST_AUTO_TEST_CASE(a_header_must_be_of_a_known_kind_and_whole) {
  Bytes wrong = member("a", "text");
  wrong[0] = 'b';
  BOOST_TEST(refused({member("x"), wrong}, "at byte 512 has a wrong checksum"));
  BOOST_TEST(refused({member("x"), with_field(257, std::string(8, '\0'))}, "neither of ustar nor of GNU"));
  BOOST_TEST(refused({member("x"), with_field(263, "01")}, "neither of ustar nor of GNU"));
  for (const char* type : {"3", "4", "6"}) BOOST_TEST(refused({with_field(156, type)}, "a device or pipe"));
  for (const char* type : {"7", "8", "D", "M", "V", "N", "X", "A", "\xFF"}) {
    BOOST_TEST(refused({with_field(156, type)}, "of an unknown kind"));
  }
  BOOST_TEST(refused({with_field(156, "S")}, "that of a sparse file"));
  for (const char* type : {"1", "2", "5"}) BOOST_TEST(refused({with_field(156, type)}, "has content"));
  const Bytes gnu = changed(member("a"), [](Bytes& block) {
    put(block, 257, "ustar  \0"s);
    put(block, 345, "evil");
  });
  BOOST_TEST(refused({gnu}, "is no prefix to GNU tar, and one to others"));
}

BOOST_AUTO_TEST_CASE(the_end_must_be_there_and_be_the_end) {
  const Bytes whole = tar_of({member("a", "text")});
  const auto cut = [&](std::size_t size) { return certstore::ByteView(whole).first(size); };
  BOOST_TEST(findings_of(cut(1024 + 1024)) == "");
  BOOST_TEST(finds(cut(1024), kMalformed, "without the two empty blocks"));
  BOOST_TEST(finds(cut(1024 + 100), kMalformed, "without the two empty blocks"));
  BOOST_TEST(finds(cut(1024 + 512), kMalformed, "after one empty block"));
  BOOST_TEST(finds(cut(514), kMalformed, "is cut short at byte 514"));
  BOOST_TEST(finds(cut(700), kMalformed, "is cut short at byte 700"));
  Bytes trailing = whole;
  trailing.back() = 1;
  BOOST_TEST(finds(trailing, kMalformed, "behind the end of the archive at byte 10239"));
  BOOST_TEST(refused({member("a"), Bytes(512), member("b")}, "one empty block alone"));
  BOOST_TEST(refused({member("a"), Bytes(1024), member("b")}, "behind the end of the archive at byte 1536"));
}

BOOST_AUTO_TEST_CASE(pax_headers_are_applied) {
  const std::string name(150, 'n');
  const Bytes bytes = tar_of(
      {member(name, "text"), member("ö"), link(kSymbolicLink, "s", std::string(120, 't')),
       with_pax(pax_record("mtime", "12.5") + pax_record("uid", "7") + pax_record("SCHILY.xattr.user.x", "1"),
                member("p"))});
  BOOST_TEST(findings_of(bytes) == "");
  const IndexResult result = read_index(file_of(bytes));
  BOOST_TEST(result.index.entries[0].name == name);
  BOOST_TEST(result.index.entries[0].header_offset == 0U);
  BOOST_TEST(result.index.entries[0].content_offset == 3 * 512U);
  BOOST_TEST(result.index.entries[1].name == "ö");
  BOOST_TEST(result.index.entries[2].link == std::string(120, 't'));
  BOOST_TEST(result.index.entries[3].mtime == 12);
  BOOST_TEST(result.index.entries[3].uid == 7U);
  BOOST_TEST(result.index.entries[3].has_extras);
  BOOST_TEST(!result.index.entries[0].has_extras);
}

BOOST_AUTO_TEST_CASE(pax_headers_that_contradict_are_refused) {
  const Bytes a = member("a", "text");
  BOOST_TEST(
      refused({with_pax(pax_record("path", "b"), a)}, "another name than its extended header says, 'b'"));
  BOOST_TEST(refused({with_pax(pax_record("linkpath", "b"), link(kSymbolicLink, "s", "c"))}, "another link"));
  for (const char* size : {"0", "3", "512", "8589934591"}) {
    BOOST_TEST(
        refused({with_pax(pax_record("size", size), a)}, "another size than its extended header says"));
  }
  BOOST_TEST(refused({with_pax(pax_record("size", "512"), member("e"))}, "another size"));
  BOOST_TEST(
      finds(tar_of({with_pax(pax_record("size", "9999999999"), member("e"))}), kMalformed, "is cut short"));
  for (const char* size : {"-1", "04", "4 ", "", "0x4", "9223372036854775808", "99999999999999999999"}) {
    BOOST_TEST(refused({with_pax(pax_record("size", size), a)}, "no usable value of 'size'"));
  }
  BOOST_TEST(findings_of(tar_of({with_pax(pax_record("size", "4") + pax_record("path", "a"), a)})) == "");
}

BOOST_AUTO_TEST_CASE(pax_records_are_read_strictly) {
  const Bytes a = member("a");
  const std::string path = pax_record("path", "a");
  BOOST_TEST(refused({with_pax(path + path, a)}, "says 'path' twice"));
  BOOST_TEST(refused({with_pax(pax_record("path", ""), a)}, "has an empty 'path'"));
  BOOST_TEST(refused({with_pax(pax_record("", "x"), a)}, "without a keyword"));
  BOOST_TEST(refused({with_pax(pax_record("path\0x"s, "b"), a)}, "no plain word"));
  BOOST_TEST(refused({with_pax("9 pathxa\n" + path, a)}, "without a keyword"));
  for (const char* record :
       {"11 path=a\n", "8 path=a\n", "09 path=a\n", "path=a\n", "9 path=ab", "4 x\n", " "}) {
    BOOST_TEST(refused({with_pax(record, a)}, "a record whose length is wrong"));
  }
  BOOST_TEST(finds(tar_of({with_pax(pax_record("path", "ü\0"s + "b"), a)}), kUnsafe, "NUL"));
  BOOST_TEST(finds(tar_of({with_pax(pax_record("path", "ü/../b"), a)}), kUnsafe, "leaves the target"));
  for (const char* keyword : {"GNU.sparse.name", "GNU.sparse.realsize", "SCHILY.realsize", "SUN.holesdata"}) {
    BOOST_TEST(refused({with_pax(pax_record(keyword, "1"), a)}, "makes another file of it"));
  }
  BOOST_TEST(refused({with_pax(pax_record("hdrcharset", "KOI8-R"), a)}, "in the character set 'KOI8-R'"));
}

BOOST_AUTO_TEST_CASE(headers_before_a_member_come_once_and_belong_to_it) {
  const Bytes a = member("a");
  const std::string mtime = pax_record("mtime", "1");
  BOOST_TEST(refused({with_pax(mtime, with_pax(mtime, a))}, "second or misplaced extended header"));
  BOOST_TEST(refused({with_pax(mtime, extension(kPaxGlobal, pax_record("comment", "x"))), a},
                     "second or misplaced"));
  BOOST_TEST(refused({a, extension(kPaxMember, mtime)}, "belongs to no member"));
  BOOST_TEST(refused({extension(kPaxMember, "")}, "has 0 bytes"));
  const Bytes huge =
      changed(extension(kPaxMember, mtime), [](Bytes& block) { put(block, 124, "00004000001"); });
  BOOST_TEST(refused({huge, a}, "has 1048577 bytes, where 1 to 1048576 are read"));
  const std::string name(120, 'n');
  BOOST_TEST(
      refused({extension(kGnuLongName, name), with_pax(mtime, member(name.substr(0, 100)))}, "of two kinds"));
}

BOOST_AUTO_TEST_CASE(global_headers_must_not_matter) {
  const Bytes a = member("a");
  BOOST_TEST(findings_of(tar_of({extension(kPaxGlobal, pax_record("comment", "0123")), a})) == "");
  // What git writes of a tree without files.
  BOOST_TEST(findings_of(tar_of({extension(kPaxGlobal, pax_record("comment", "0123"))})) == "");
  for (const char* keyword : {"path", "linkpath", "size", "GNU.sparse.size"}) {
    BOOST_TEST(refused({extension(kPaxGlobal, pax_record(keyword, "1")), a}, "which some programs apply"));
  }
}

BOOST_AUTO_TEST_CASE(gnu_long_names_go_on_where_the_short_ones_end) {
  const std::string name = std::string(110, 'n') + "/x";
  const Bytes cut = member(name.substr(0, 100), "text");
  const Bytes bytes = tar_of({extension(kGnuLongName, name + '\0'), cut});
  BOOST_TEST(findings_of(bytes) == "");
  BOOST_TEST(read_index(file_of(bytes)).index.entries.at(0).name == name);
  BOOST_TEST(
      refused({extension(kGnuLongName, name), member("evil")}, "another name than the header before it"));
  BOOST_TEST(refused({extension(kGnuLongName, "b"), member("a")}, "another name than the header before it"));
  BOOST_TEST(refused({extension(kGnuLongName, name), extension(kGnuLongName, name), cut}, "a second time"));
  BOOST_TEST(refused({extension(kGnuLongName, "n\0n"s), cut}, "holds a NUL in a name"));
  const Bytes target = extension(kGnuLongLink, name);
  BOOST_TEST(findings_of(tar_of({target, link(kSymbolicLink, "s", name.substr(0, 100))})) == "");
  BOOST_TEST(refused({target, link(kSymbolicLink, "s", "/etc")}, "another link than the header before it"));
}

BOOST_AUTO_TEST_CASE(findings_are_bounded) {
  std::vector<Bytes> members(150, member("a"));
  const std::string said = findings_of(tar_of(members));
  BOOST_TEST(said.find("further findings are not listed") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_stream_is_read_as_a_file_is) {
  struct Heard final : ContentListener {
    void begin(std::size_t number, const Entry& entry) override {
      said += std::to_string(number) + entry.name + "(";
    }
    void piece(certstore::ByteView bytes) override { said += certstore::as_text(bytes); }
    void end() override { said += ")"; }
    std::string said;
  } heard;
  const certstore::InputFile file =
      file_of(tar_of({directory("d/"), member("d/a", "text"), member("e"), link(kHardLink, "h", "e")}));
  FileInput input(file);
  BOOST_TEST(read_index(input, &heard).issues.empty());
  BOOST_TEST(heard.said == "1d/a(text)2e()");
}

BOOST_AUTO_TEST_SUITE_END()
