// Rule 7 of docs/formats/zip.md: what inflates is exactly what was declared, and nothing is left over.
#include "certstore/base/error.h"
#include "certstore/base/parallel.h"
#include "formats/zip/index.h"
#include "formats/zip/inflate.h"
#include "formats/zip/reader.h"
#include "tests/unit/zip_builder.h"
#include "tests/unit/zip_files.h"

#include <boost/test/unit_test.hpp>

using namespace zip_test;
using namespace formats::zip;
using certstore::Bytes;
using certstore::ByteView;

namespace {

// An archive of one entry, whose sizes and data `change` may touch; both headers agree.
BuiltArchive one_entry(BuiltEntry entry) {
  entry.local.compressed_size = entry.central.compressed_size = static_cast<std::uint32_t>(entry.data.size());
  entry.local.size = entry.central.size;
  entry.local.crc = entry.central.crc;
  BuiltArchive archive;
  archive.entries = {std::move(entry)};
  return archive;
}

bool damaged(BuiltEntry entry, std::string_view text) {
  return finds(one_entry(std::move(entry)), "damaged-entry", text);
}

std::string long_text() {
  std::string text;
  for (int i = 0; text.size() < 700'000; ++i) text += std::to_string(i * 7919) + " ";
  return text;
}

Bytes content_of(const certstore::InputFile& file, const Entry& entry) {
  return read_small_entry(file, entry, std::size_t{1} << 30);
}

// What read_entries() gives for them, and whether the bytes were sound: "name:content" or "name:damage".
std::vector<std::string> read_together(const certstore::InputFile& file, const IndexResult& result,
                                       const std::vector<std::size_t>& wanted, bool sound = true) {
  std::vector<std::string> seen(wanted.size());
  read_entries(file, result.index, sound, wanted, [&](std::size_t i, const formats::Reading& read) {
    std::string content;
    const auto damage = read([&](ByteView piece) {
      // As a check of a detached signature does: the buffer of those read together must not suffer.
      if (sound) (void)content_of(file, result.index.entries[0]);
      content += certstore::as_text(piece);
    });
    seen[i] = std::string(result.index.entries[wanted[i]].name) + ":" + (damage ? damage->detail : content);
  });
  return seen;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(zip_reader)

BOOST_AUTO_TEST_CASE(content_comes_back_in_pieces_that_stay_small) {
  const std::string text = long_text();
  for (const BuiltEntry& entry : {stored("a", text), deflated("a", text)}) {
    const auto file = file_of(one_entry(entry).build());
    const IndexResult result = read_index(file);
    BOOST_TEST_REQUIRE(result.sound());
    Bytes seen;
    std::size_t pieces = 0;
    const auto damage = read_entry(file, result.index.entries[0], [&](ByteView piece) {
      BOOST_TEST(piece.size() <= Inflater::kPiece);
      ++pieces;
      certstore::append(seen, piece);
    });
    BOOST_TEST(!damage);
    BOOST_TEST((seen == bytes(text)));
    BOOST_TEST(pieces >= 6u);
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_checksum_is_found) {
  for (BuiltEntry entry : {stored("a", "text"), deflated("a", "text")}) {
    entry.central.crc ^= 0x80;
    BOOST_TEST(damaged(entry, "its checksum is wrong"));
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_size_is_found_and_never_more_is_passed_on) {
  BuiltEntry entry = deflated("a", long_text());
  entry.central.size -= 1;
  BOOST_TEST(damaged(entry, "more bytes than it declares"));
  const auto file = file_of(one_entry(entry).build());
  const IndexResult result = read_index(file);
  std::size_t seen = 0;
  const auto damage =
      read_entry(file, result.index.entries.at(0), [&](ByteView piece) { seen += piece.size(); });
  BOOST_TEST(damage.has_value());
  BOOST_TEST(seen <= entry.central.size);
  entry.central.size += 2;
  BOOST_TEST(damaged(entry, "fewer bytes than it declares"));
}

BOOST_AUTO_TEST_CASE(bytes_behind_the_final_block_are_found) {
  BuiltEntry entry = deflated("a", "text");
  entry.data.push_back(0);
  BOOST_TEST(damaged(entry, "ends before its last compressed byte"));
  entry.data.insert(entry.data.end(), 200'000, 0);
  BOOST_TEST(damaged(entry, "ends before its last compressed byte"));
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_cut_short_is_found) {
  const BuiltEntry whole = deflated("a", "some text that takes some bytes");
  for (std::size_t size = 0; size < whole.data.size(); ++size) {
    BuiltEntry entry = whole;
    entry.data.resize(size);
    const BuiltArchive archive = one_entry(entry);
    // Cut to nothing, no deflate stream could make its size: the index says so.
    BOOST_TEST(
        (finds(archive, "damaged-entry", "cut short") || finds(archive, "malformed-archive", "deflate")));
  }
}

BOOST_AUTO_TEST_CASE(codes_that_zlib_refuses_are_found) {
  BuiltEntry entry = deflated("a", "text");
  entry.data = {0x07, 0, 0, 0};  // block type 3, which does not exist
  BOOST_TEST(damaged(entry, "its deflate stream is damaged"));
  entry.data = {0x01, 4, 0, 4, 0, 't', 'e', 'x', 't'};  // the complement of the length is wrong
  BOOST_TEST(damaged(entry, "its deflate stream is damaged"));
  entry.data = {0x05, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};  // an over-subscribed set of codes
  BOOST_TEST(damaged(entry, "its deflate stream is damaged"));
  entry.data = {0x4B, 0x04, 0x62, 0x00};  // a distance beyond the start
  BOOST_TEST(findings_of(one_entry(entry)) != "");
}

BOOST_AUTO_TEST_CASE(a_small_entry_is_read_whole_or_not_at_all) {
  const auto file = file_of(sound_archive().build());
  const IndexResult result = read_index(file);
  BOOST_TEST((content_of(file, result.index.entries[0]) == bytes("what the first file holds")));
  BOOST_TEST(content_of(file, result.index.entries[1]).empty());
  const auto is_malformed = [](const certstore::Error& e) {
    return e.kind() == certstore::ErrorKind::malformed;
  };
  BOOST_CHECK_EXCEPTION((void)read_small_entry(file, result.index.entries[0], 24), certstore::Error,
                        is_malformed);
  Entry damaged = result.index.entries[0];
  damaged.crc ^= 1;
  BOOST_CHECK_EXCEPTION((void)read_small_entry(file, damaged, 100), certstore::Error, is_malformed);
}

BOOST_AUTO_TEST_CASE(a_sink_may_read_another_entry_and_may_throw) {
  const auto file = file_of(sound_archive().build());
  const IndexResult result = read_index(file);
  Bytes inner, outer;
  BOOST_TEST(!read_entry(file, result.index.entries[0], [&](ByteView piece) {
    inner = content_of(file, result.index.entries[2]);
    certstore::append(outer, piece);
  }));
  BOOST_TEST((outer == bytes("what the first file holds")));
  BOOST_TEST((inner == bytes("what the second file holds")));
  const auto fail = [](ByteView) { throw std::runtime_error("full"); };
  BOOST_CHECK_THROW((void)read_entry(file, result.index.entries[0], fail), std::runtime_error);
  BOOST_TEST((content_of(file, result.index.entries[0]) == bytes("what the first file holds")));
}

BOOST_AUTO_TEST_CASE(entries_read_together_are_those_read_alone) {
  BuiltArchive archive;
  for (const char* name : {"0", "1", "2"}) archive.entries.push_back(stored(name, std::string("of ") + name));
  archive.entries.push_back(deflated("3", "of 3"));
  archive.entries.push_back(stored("4", ""));
  BuiltEntry wrong = stored("5", "of 5");
  wrong.local.crc = wrong.central.crc ^= 1;
  archive.entries.push_back(wrong);
  const auto file = file_of(archive.build());
  const IndexResult result = read_index(file);
  BOOST_TEST_REQUIRE(result.sound());
  BOOST_TEST(
      read_together(file, result, {0, 1, 2, 3, 4, 5}) ==
          std::vector<std::string>({"0:of 0", "1:of 1", "2:of 2", "3:of 3", "4:", "5:its checksum is wrong"}),
      boost::test_tools::per_element());
  BOOST_TEST(read_together(file, result, {3, 0}) == std::vector<std::string>({"3:of 3", "0:of 0"}),
             boost::test_tools::per_element());
  BOOST_TEST(read_together(file, result, {1}) == std::vector<std::string>({"1:of 1"}),
             boost::test_tools::per_element());
  BOOST_TEST(read_together(file, result, {}).empty());
}

BOOST_AUTO_TEST_CASE(entries_too_far_apart_are_each_read_alone) {
  BuiltArchive archive;
  archive.entries = {stored("a", "first"), stored("b", long_text()), stored("c", "last")};
  const auto file = file_of(archive.build());
  const IndexResult result = read_index(file);
  BOOST_TEST(read_together(file, result, {0, 2}) == std::vector<std::string>({"a:first", "c:last"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(of_an_index_that_is_not_sound_nothing_is_read_together) {
  const auto file = file_of(sound_archive().build());
  const IndexResult result = read_index(file);
  const std::string name(result.index.entries[0].name);
  BOOST_TEST(read_together(file, result, {0, 0}, false) ==
                 std::vector<std::string>(2, name + ":the archive is malformed"),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(many_threads_read_one_file) {
  BuiltArchive archive;
  const std::string text = long_text();
  for (std::size_t i = 0; i < 200; ++i) {
    archive.entries.push_back(deflated(std::to_string(i), text.substr(0, 297 * i)));
  }
  const auto file = file_of(archive.build());
  const IndexResult result = read_index(file);
  std::vector<int> sound(result.index.entries.size());
  certstore::for_each_parallel(sound.size(), 8, [&](std::size_t i) {
    sound[i] = read_entry(file, result.index.entries[i], [](ByteView) {}) ? 0 : 1;
  });
  BOOST_TEST(std::count(sound.begin(), sound.end(), 1) == 200);
}

BOOST_AUTO_TEST_CASE(a_zip_inside_a_zip_is_content_like_any_other) {
  const Bytes inner = sound_archive().build();
  BuiltArchive archive = sound_archive();
  const BuiltEntry nested = stored("inner.zip", certstore::as_text(inner));
  archive.entries.insert(archive.entries.begin(), nested);
  archive.entries.push_back(stored("last.zip", certstore::as_text(inner)));
  BOOST_TEST(findings_of(archive) == "");
}

BOOST_AUTO_TEST_SUITE_END()
