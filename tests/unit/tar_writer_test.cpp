// What the writer of tar headers makes, its own index reads back.
#include "tests/unit/tar_files.h"

#include "certstore/base/error.h"

#include <boost/test/unit_test.hpp>

using namespace tar_test;
using namespace formats::tar;
using certstore::Bytes;

namespace {

Entry read_back(const NewMember& wanted) {
  Bytes bytes = headers_for(wanted);
  const std::size_t headers = bytes.size();
  bytes.resize(bytes.size() + static_cast<std::size_t>(padded(wanted.size)));
  certstore::append(bytes, end_for(bytes.size()));
  BOOST_REQUIRE(findings_of(bytes) == "");
  const Entry entry = read_index(file_of(bytes)).index.entries.at(0);
  BOOST_TEST(entry.content_offset == headers);
  return entry;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tar_writer)

BOOST_AUTO_TEST_CASE(names_of_every_length_are_read_back) {
  for (const std::size_t folder : {0U, 1U, 99U, 154U, 155U, 156U, 250U}) {
    for (const std::size_t leaf : {1U, 98U, 99U, 100U, 101U, 250U}) {
      const std::string name = (folder == 0 ? "" : std::string(folder, 'f') + "/") + std::string(leaf, 'l');
      BOOST_TEST(read_back({.name = name, .size = 3, .mtime = {}}).name == name);
    }
  }
  BOOST_TEST(read_back({.name = "ö/ü", .mtime = {}}).name == "ö/ü");
}

BOOST_AUTO_TEST_CASE(sizes_that_do_not_fit_get_a_pax_header) {
  const std::uint64_t most = (std::uint64_t{1} << 33) - 1;
  BOOST_TEST(headers_for({.name = "a", .size = most, .mtime = {}}).size() == kBlock);
  const Bytes headers = headers_for({.name = "a", .size = most + 1, .mtime = {}});
  BOOST_TEST(headers.size() == 3 * kBlock);
  BOOST_TEST(certstore::as_text(headers).substr(kBlock, 19) == "19 size=8589934592\n");
  BOOST_TEST(finds(headers, "malformed-archive", "is cut short"));  // so it was read as that long
}

BOOST_AUTO_TEST_CASE(mode_time_and_type_are_read_back) {
  const Entry entry = read_back({.name = "d/",
                                 .mode = 0755,
                                 .mtime = certstore::Instant(std::chrono::seconds(1'700'000'000)),
                                 .type = kDirectory});
  BOOST_TEST(entry.name == "d");
  BOOST_TEST(entry.mode == 0755);
  BOOST_TEST(entry.mtime == 1'700'000'000);
  BOOST_CHECK(entry.type == EntryType::directory);
}

BOOST_AUTO_TEST_CASE(names_that_would_be_refused_are_not_written) {
  for (const char* name : {"../a", "/a", "a//b", "a\nb", "\xFF"}) {
    BOOST_CHECK_THROW(headers_for({.name = name, .mtime = {}}), certstore::Error);
  }
}

BOOST_AUTO_TEST_CASE(the_archive_fills_whole_records) {
  for (const std::uint64_t size : {0U, 512U, 9216U, 9728U, 10240U}) {
    const std::uint64_t end = end_for(size).size();
    BOOST_TEST(end >= 2 * kBlock);
    BOOST_TEST((size + end) % 10240 == 0U);
  }
}

BOOST_AUTO_TEST_SUITE_END()
