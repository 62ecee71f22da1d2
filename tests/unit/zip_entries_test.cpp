// Rules 3 to 6 of docs/formats/zip.md: local headers, names, extra fields, kinds of entries.
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

constexpr std::string_view kMalformed = "malformed-archive";

// Whether a malformed_archive that says `text` is found after `lie` was told about the first entry.
bool refused(const std::function<void(BuiltEntry&)>& lie, std::string_view text) {
  BuiltArchive archive = sound_archive();
  lie(archive.entries[0]);
  return finds(archive, kMalformed, text);
}

bool name_refused(const std::string& name, std::string_view text) {
  BuiltArchive archive = sound_archive();
  set_name(archive.entries[0], name);
  return finds(archive, "unsafe-entry-name", text);
}

// Returns the findings for an archive of these empty files.
std::string findings_of_names(std::initializer_list<std::string> names) {
  BuiltArchive archive;
  for (const std::string& name : names) archive.entries.push_back(stored(name, ""));
  return findings_of(archive);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(zip_local_headers)

BOOST_AUTO_TEST_CASE(a_gap_between_entries_is_refused) {
  BOOST_TEST(refused(
      [](auto& e) {
        e.before = {1, 2};
      },
      "a gap of 2 bytes that belong to no entry at byte 0"));
  BuiltArchive archive = sound_archive();
  archive.entries[2].before = {0};
  BOOST_TEST(finds(archive, kMalformed, "a gap of 1 bytes"));
  archive = sound_archive();
  archive.before_central = {0};
  BOOST_TEST(finds(archive, kMalformed, "a gap of 1 bytes"));
}

BOOST_AUTO_TEST_CASE(a_hidden_local_entry_is_refused) {
  for (std::size_t hidden = 0; hidden < 3; ++hidden) {
    BuiltArchive archive = sound_archive();
    archive.entries[hidden].is_listed = false;
    BOOST_TEST(finds(archive, kMalformed, "a local entry that the central directory does not list"));
  }
}

BOOST_AUTO_TEST_CASE(two_records_for_one_local_header_are_refused) {
  BuiltArchive archive = sound_archive();
  BuiltEntry again = archive.entries[0];
  again.has_local = false;
  again.offset = 0;
  again.central.name = "again";
  archive.entries.push_back(again);
  BOOST_TEST(finds(archive, kMalformed, "entries overlap at byte 0"));
}

BOOST_AUTO_TEST_CASE(data_that_overlap_are_refused) {
  BuiltArchive archive = sound_archive();
  archive.entries[1].local.compressed_size = archive.entries[1].central.compressed_size = 40;
  archive.entries[1].local.size = archive.entries[1].central.size = 40;
  BOOST_TEST(finds(archive, kMalformed, "entries overlap"));
  archive = sound_archive();
  archive.entries[2].central.compressed_size = 0x7FFFFFFF;
  BOOST_TEST(finds(archive, kMalformed, "reach into the central directory"));
}

BOOST_AUTO_TEST_CASE(a_local_header_that_is_not_there_is_refused) {
  BuiltArchive archive = sound_archive();
  archive.entries[0].offset = 1;
  BOOST_TEST(finds(archive, kMalformed, "it has no local header"));
  archive.entries[0].offset = 0xFFFFFFF0;
  BOOST_TEST(finds(archive, kMalformed, "lies outside the archive's entries"));
  archive = sound_archive();
  archive.entries[2].local.extra.resize(0);
  archive.entries[2].data = {};
  archive.entries[2].local.name = "f";
  BOOST_TEST(findings_of(archive) != "");
}

BOOST_AUTO_TEST_CASE(a_local_header_that_differs_is_refused) {
  BOOST_TEST(refused([](auto& e) { e.local.name = "frist"; }, "another name"));
  BOOST_TEST(refused([](auto& e) { e.local.flags = 2; }, "other flags"));
  BOOST_TEST(refused([](auto& e) { e.local.method = 0; }, "another compression method"));
  BOOST_TEST(refused([](auto& e) { e.local.crc ^= 1; }, "another checksum or size"));
  BOOST_TEST(refused([](auto& e) { e.local.size += 1; }, "another checksum or size"));
  BOOST_TEST(refused([](auto& e) { e.local.compressed_size += 1; }, "another checksum or size"));
  BOOST_TEST(refused([](auto& e) { e.local.crc = e.local.size = e.local.compressed_size = 0; },
                     "another checksum or size"));
}

BOOST_AUTO_TEST_CASE(an_apk_signing_block_is_named) {
  BuiltArchive archive = sound_archive();
  archive.before_central = bytes("size....pairs of the block...size....APK Sig Block 42");
  BOOST_TEST(finds(archive, kMalformed, "APK signing block"));
}

BOOST_AUTO_TEST_CASE(data_descriptors_with_and_without_mark_are_accepted) {
  for (const bool marked : {true, false}) {
    BuiltArchive archive = sound_archive();
    for (BuiltEntry& entry : archive.entries) {
      if (entry.central.size != 0) entry = with_descriptor(entry, marked);
    }
    BOOST_TEST(findings_of(archive) == "");
  }
}

BOOST_AUTO_TEST_CASE(a_wide_data_descriptor_wants_a_zip64_field) {
  BuiltArchive archive = sound_archive();
  archive.entries[0] = with_descriptor(archive.entries[0], true, true);
  BOOST_TEST(finds(archive, kMalformed, "not of the size that its header calls for"));
  archive.entries[0].local.extra = block(kExtraZip64, wide_numbers({0, 0}));
  BOOST_TEST(findings_of(archive) == "");
}

BOOST_AUTO_TEST_CASE(a_data_descriptor_that_disagrees_is_refused) {
  for (const std::size_t place : {4U, 8U, 12U}) {
    BuiltArchive archive = sound_archive();
    archive.entries[0] = with_descriptor(archive.entries[0]);
    archive.entries[0].descriptor[place] ^= 1;
    BOOST_TEST(finds(archive, kMalformed, "its data descriptor has another checksum or size"));
  }
  BuiltArchive archive = sound_archive();
  archive.entries[0] = with_descriptor(archive.entries[0]);
  archive.entries[0].descriptor[0] ^= 1;
  BOOST_TEST(finds(archive, kMalformed, "the mark of its data descriptor is missing"));
  archive.entries[0].descriptor.clear();
  BOOST_TEST(finds(archive, kMalformed, "no data descriptor of a known size"));
}

BOOST_AUTO_TEST_CASE(a_stored_file_whose_size_comes_after_it_is_refused) {
  BuiltArchive archive = sound_archive();
  archive.entries[0] = with_descriptor(stored("first", "who knows where this ends?"));
  BOOST_TEST(finds(archive, kMalformed, "its size is only in a data descriptor"));
  archive.entries[0] = with_descriptor(stored("first", ""));
  BOOST_TEST(findings_of(archive) == "");
}

BOOST_AUTO_TEST_CASE(the_order_of_the_central_directory_is_free) {
  Bytes sound = sound_archive().build();
  BuiltArchive archive = sound_archive();
  const auto second_at = static_cast<std::uint32_t>(30 + 5 + archive.entries[0].data.size());
  std::swap(archive.entries[0].central, archive.entries[1].central);
  std::swap(archive.entries[0].attributes, archive.entries[1].attributes);
  archive.entries[0].offset = second_at;
  archive.entries[1].offset = 0;
  BOOST_TEST(findings_of(archive) == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(zip_names)

BOOST_AUTO_TEST_CASE(a_name_that_leaves_the_folder_is_refused) {
  for (const std::string name : {"..", "../a", "a/../b", "a/..", "../", "a/../"}) {
    BOOST_TEST(name_refused(name, "'..'"), name);
  }
  BOOST_TEST(name_refused("/a", "is an absolute path"));
  BOOST_TEST(name_refused("C:a", "begins with a drive letter"));
  BOOST_TEST(name_refused("a\\b", "holds a backslash"));
  BOOST_TEST(name_refused("a\\", "holds a backslash"));
  BOOST_TEST(name_refused("certificates/O=a\\\\,CN=b.cer", "holds a backslash"));
}

BOOST_AUTO_TEST_CASE(a_name_with_two_spellings_is_refused) {
  for (const std::string name : {".", "./a", "a/./b", "a/."}) BOOST_TEST(name_refused(name, "'.'"), name);
  for (const std::string name : {"a//b", "a//"}) BOOST_TEST(name_refused(name, "an empty segment"), name);
  BOOST_TEST(name_refused("", "is empty"));
  BOOST_TEST(name_refused("/", "is an absolute path"));
}

BOOST_AUTO_TEST_CASE(a_name_that_cannot_be_shown_is_refused) {
  BOOST_TEST(name_refused(std::string("a\0b", 3), "holds a NUL"));
  for (const std::string name : {"a\nb", "\x1b[31m", "a\x7f", "a\u0085"}) {
    BOOST_TEST(name_refused(name, "holds a control character"));
  }
  for (const std::string name : {"caf\x82", "a\xc0\xafz", "\xed\xa0\x80"}) {
    BOOST_TEST(name_refused(name, "is not UTF-8"));
  }
  BOOST_TEST(name_refused(std::string(4097, 'a'), "is longer than 4096 bytes"));
}

BOOST_AUTO_TEST_CASE(names_of_all_languages_and_odd_ones_are_accepted) {
  BOOST_TEST(findings_of_names({"Zürich/東京", "a b", "..a", "a..", "...", "O=VMware,CN=\"x\"",
                                "O=a\\, b\\+c\\;", "-rf", "$(x)"}) == "");
}

BOOST_AUTO_TEST_CASE(the_same_name_twice_is_refused) {
  BOOST_TEST(findings_of_names({"a", "b", "a"}) ==
             "duplicate-entry: a: there are two entries of this name\n");
  BOOST_TEST(findings_of_names({"a", "a/"}).find("duplicate-entry: a/:") == 0u);
}

BOOST_AUTO_TEST_CASE(names_equal_but_for_case_are_found_and_not_refused) {
  BOOST_TEST(findings_of_names({"Straße/Ä", "straße/ä"}) ==
             "names-equal-but-for-case: straße/ä: differs from 'Straße/Ä' in case only\n");
  for (const auto& [upper, lower] : {std::pair("A", "a"), std::pair("ДЖ", "дж"), std::pair("ΩΣ", "ωσ"),
                                     std::pair("Ž", "ž"), std::pair("Ő", "ő"), std::pair("Ÿ", "ÿ")}) {
    BOOST_TEST(findings_of_names({upper, lower}).find("names-equal-but-for-case") == 0u, upper);
  }
  BOOST_TEST(findings_of_names({"a", "b", "ä", "a1", "×", "÷"}) == "");
}

BOOST_AUTO_TEST_CASE(an_entry_is_found_by_its_exact_name) {
  const auto file = file_of(sound_archive().build());
  const IndexResult result = read_index(file);
  BOOST_TEST_REQUIRE(result.index.find("folder/second") != nullptr);
  BOOST_TEST(result.index.find("folder/second")->name == "folder/second");
  BOOST_TEST(result.index.find("folder/")->is_directory);
  for (const std::string_view name : {"FIRST", "folder", "", "third"})
    BOOST_TEST(result.index.find(name) == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
