// Rule 6 of docs/formats/zip.md: extra fields, encryption, methods, kinds of entries; and the limits of
// rule 9.
#include "certstore/base/limits.h"
#include "formats/zip/extra_field.h"
#include "formats/zip/index.h"
#include "formats/zip/record.h"
#include "tests/unit/zip_builder.h"
#include "tests/unit/zip_files.h"

#include <boost/test/unit_test.hpp>

#include <functional>

using namespace zip_test;
using namespace formats::zip;
using certstore::Bytes;

namespace {

std::string after(const std::function<void(BuiltEntry&)>& change) {
  BuiltArchive archive = sound_archive();
  change(archive.entries[0]);
  return findings_of(archive);
}

bool refused(const std::function<void(BuiltEntry&)>& lie, std::string_view text) {
  BuiltArchive archive = sound_archive();
  lie(archive.entries[0]);
  return finds(archive, "malformed-archive", text);
}

Bytes unicode_path(std::string_view header_name, std::string_view name) {
  Bytes content = {1};
  certstore::append_u32(content, crc_of(certstore::as_bytes(header_name)));
  certstore::append(content, certstore::as_bytes(name));
  return block(kExtraUnicodePath, content);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(zip_extra_fields)

BOOST_AUTO_TEST_CASE(blocks_of_unknown_meaning_are_kept) {
  BOOST_TEST(after([](auto& e) { set_extra(e, block(0x5455, {1, 2, 3, 4, 5})); }) == "");
  BOOST_TEST(after([](auto& e) { e.local.extra = block(0xCAFE, {}); }) == "");
}

BOOST_AUTO_TEST_CASE(a_block_that_overruns_is_refused) {
  BOOST_TEST(refused([](auto& e) { e.central.extra = {1, 2, 9, 0, 0}; }, "overruns"));
  BOOST_TEST(refused([](auto& e) { e.local.extra = {1, 2, 9, 0, 0}; }, "overruns"));
}

BOOST_AUTO_TEST_CASE(padding_is_zero_or_refused) {
  BOOST_TEST(after([](auto& e) { e.local.extra = {0, 0, 0}; }) == "");
  BOOST_TEST(refused([](auto& e) { e.local.extra = {0, 0, 1}; }, "trailing bytes"));
}

BOOST_AUTO_TEST_CASE(a_unicode_path_may_only_say_the_same_name) {
  BOOST_TEST(after([](auto& e) { set_extra(e, unicode_path("first", "first")); }) == "");
  BOOST_TEST(refused([](auto& e) { e.central.extra = unicode_path("first", "other"); }, "says another name"));
  BOOST_TEST(refused([](auto& e) { e.local.extra = unicode_path("first", "other"); }, "says another name"));
  // Its checksum is that of another name, so that a careful reader would ignore it and a careless one not.
  BOOST_TEST(refused([](auto& e) { e.local.extra = unicode_path("x", "other"); }, "says another name"));
  BOOST_TEST(
      refused([](auto& e) { set_name(e, "Zürich"), e.central.extra = unicode_path("Zürich", "Zürich"); },
              "says another name"));
  BOOST_TEST(after([](auto& e) {
               set_name(e, "Zürich");
               set_flags(e, kFlagUtf8);
               set_extra(e, unicode_path("Zürich", "Zürich"));
             }) == "");
  BOOST_TEST(refused([](auto& e) { e.local.extra = block(kExtraUnicodePath, {2}); }, "malformed"));
}

BOOST_AUTO_TEST_CASE(a_block_that_says_the_attributes_again_is_refused) {
  BOOST_TEST(refused([](auto& e) { e.local.extra = block(0x6C78, {4, 0, 0, 0, 0xA0}); }, "a second time"));
}

BOOST_AUTO_TEST_CASE(zip64_sizes_are_read) {
  BOOST_TEST(after([](auto& e) {
               const std::uint64_t size = e.central.size;
               const std::uint64_t compressed = e.central.compressed_size;
               e.central.size = e.local.size = e.central.compressed_size = e.local.compressed_size = kIn64;
               set_extra(e, block(kExtraZip64, wide_numbers({size, compressed})));
             }) == "");
  // As Go writes it: the offset too, though the header has it.
  BOOST_TEST(
      after([](auto& e) {
        e.central.extra = block(kExtraZip64, wide_numbers({e.central.size, e.central.compressed_size, 0}));
      }) == "");
}

BOOST_AUTO_TEST_CASE(a_zip64_block_with_two_readings_is_refused) {
  BOOST_TEST(refused([](auto& e) { e.central.size = kIn64; }, "and there is none"));
  BOOST_TEST(refused(
      [](auto& e) {
        e.central.size = kIn64;
        e.central.extra = block(kExtraZip64, {1, 2, 3, 4});
      },
      "too short"));
  BOOST_TEST(refused(
      [](auto& e) {
        e.central.extra = block(kExtraZip64, wide_numbers({7, 7}));
      },
      "they disagree"));
  BOOST_TEST(refused(
      [](auto& e) {
        const Bytes zip64 = block(kExtraZip64, wide_numbers({e.central.size}));
        e.central.extra = zip64;
        certstore::append(e.central.extra, zip64);
      },
      "twice"));
  BOOST_TEST(refused([](auto& e) { e.central.extra = block(kExtraZip64, {1}); }, "fits no numbers"));
  BOOST_TEST(refused([](auto& e) { e.central.extra = block(kExtraZip64, Bytes(40)); }, "zip64 field"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(zip_kinds)

BOOST_AUTO_TEST_CASE(an_encrypted_entry_is_refused) {
  for (const unsigned flag : {1U, 1U << 6, 1U << 13}) {
    BOOST_TEST(refused([&](auto& e) { set_flags(e, static_cast<std::uint16_t>(flag)); }, "it is encrypted"));
  }
}

BOOST_AUTO_TEST_CASE(flags_of_unknown_meaning_are_refused) {
  BOOST_TEST(refused([](auto& e) { set_flags(e, 1U << 5); }, "it is a patch"));
  for (const unsigned bit : {4U, 7U, 8U, 9U, 10U, 12U, 14U, 15U}) {
    BOOST_TEST(
        refused([&](auto& e) { set_flags(e, static_cast<std::uint16_t>(1U << bit)); }, "unknown meaning"));
  }
  for (const std::uint16_t effort : {std::uint16_t{2}, std::uint16_t{4}, std::uint16_t{6}}) {
    BOOST_TEST(after([&](auto& e) { set_flags(e, effort); }) == "");
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_compression_method_is_refused) {
  for (const unsigned method : {1U, 6U, 7U, 9U, 12U, 14U, 93U, 95U, 99U}) {
    BOOST_TEST(
        refused([&](auto& e) { e.local.method = e.central.method = static_cast<std::uint16_t>(method); },
                "method is not known"));
  }
}

BOOST_AUTO_TEST_CASE(a_link_or_device_is_refused) {
  BOOST_TEST(refused([](auto& e) { e.attributes = 0xA1FF0000; }, "it is a symbolic link"));
  for (const std::uint32_t type : {0x1U, 0x2U, 0x6U, 0xCU}) {
    BOOST_TEST(refused([&](auto& e) { e.attributes = type << 28; }, "it is a device, pipe or socket"));
  }
  // 7-Zip on Windows writes Unix modes under a DOS host, and extractors obey them.
  BOOST_TEST(refused([](auto& e) { e.made_by = 20, e.attributes = 0xA1FF8000; }, "it is a symbolic link"));
  BOOST_TEST(after([](auto& e) { e.attributes = 0x81A40000; }) == "");
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_called_like_a_file_is_refused) {
  BOOST_TEST(refused([](auto& e) { e.attributes = 0x41ED0000; }, "does not end in '/'"));
  BOOST_TEST(refused([](auto& e) { e.made_by = 20, e.attributes = 0x10; }, "does not end in '/'"));
}

BOOST_AUTO_TEST_CASE(a_directory_with_content_is_refused) {
  BOOST_TEST(refused([](auto& e) { set_name(e, "first/"); }, "a directory with content"));
}

BOOST_AUTO_TEST_CASE(an_entry_on_another_disk_is_refused) {
  BOOST_TEST(refused([](auto& e) { e.disk = 1; }, "another disk"));
}

BOOST_AUTO_TEST_CASE(a_stored_entry_of_two_sizes_is_refused) {
  BuiltArchive archive = sound_archive();
  archive.entries[0] = stored("first", "12345");
  archive.entries[0].local.size = archive.entries[0].central.size = 4;
  BOOST_TEST(finds(archive, "malformed-archive", "its two sizes differ"));
}

BOOST_AUTO_TEST_CASE(a_size_that_deflate_cannot_reach_is_refused) {
  BOOST_TEST(
      refused([](auto& e) { e.local.size = e.central.size = 0x7FFFFFFF; }, "more than deflate can make"));
}

BOOST_AUTO_TEST_CASE(more_entries_than_the_limit_are_refused_before_they_are_read) {
  BuiltArchive archive = sound_archive();
  archive.count = archive.count_here = std::uint16_t{0xFFFF};
  archive.zip64 = true;
  Bytes content = archive.build();
  // The count of the ZIP64 record, twice at 24 and 32 bytes behind its start.
  const std::size_t record = content.size() - kEndSize - kLocator64Size - kEnd64Size;
  for (const std::size_t place : {24U, 32U}) content[record + place + 3] = 1;
  BOOST_TEST(findings_of(content).find("entries, at most 4000000 are read") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_million_faults_make_a_hundred_findings) {
  BuiltArchive archive;
  for (int i = 0; i < 300; ++i) archive.entries.push_back(stored("../" + std::to_string(i), ""));
  const std::string all = findings_of(archive);
  BOOST_TEST(std::count(all.begin(), all.end(), '\n') == 101);
  BOOST_TEST(all.find("200 further findings are not listed") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
