// Rules 1 and 2 of docs/formats/zip.md: the end record and the place of the central directory.
#include "formats/zip/index.h"
#include "formats/zip/record.h"
#include "tests/unit/zip_builder.h"
#include "tests/unit/zip_files.h"

#include <boost/test/unit_test.hpp>

using namespace zip_test;
using certstore::Bytes;

namespace {

constexpr std::string_view kMalformed = "malformed-archive";

// Whether exactly one malformed_archive is found that says `text`.
bool refused(const BuiltArchive& archive, std::string_view text) {
  const std::string all = findings_of(archive);
  const bool one = std::count(all.begin(), all.end(), '\n') == 1;
  if (!one || !finds(archive, kMalformed, text)) BOOST_TEST_MESSAGE(all);
  return one && finds(archive, kMalformed, text);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(zip_end_record)

BOOST_AUTO_TEST_CASE(a_sound_archive_has_no_findings) {
  BOOST_TEST(findings_of(sound_archive()) == "");
  BuiltArchive archive = sound_archive();
  archive.comment = "a comment";
  BOOST_TEST(findings_of(archive) == "");
  BOOST_TEST(findings_of(BuiltArchive()) == "");
}

BOOST_AUTO_TEST_CASE(a_file_without_end_record_is_refused) {
  const Bytes cut = bytes("PK\x03\x04 and then nothing that a zip archive would hold");
  BOOST_TEST(findings_of(cut).find("there is no end record") != std::string::npos);
  BOOST_TEST(findings_of(Bytes()).find("there is no end record") != std::string::npos);
  Bytes whole = sound_archive().build();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    BOOST_TEST(findings_of(part) != "", "cut to " << size << " bytes");
  }
}

BOOST_AUTO_TEST_CASE(bytes_after_the_end_record_are_refused) {
  BuiltArchive archive = sound_archive();
  archive.after_end = {0};
  BOOST_TEST(refused(archive, "does not end at the end of the file"));
  archive.after_end.clear();
  archive.comment = "cut";
  archive.comment_size = 4;
  BOOST_TEST(refused(archive, "does not end at the end of the file"));
}

BOOST_AUTO_TEST_CASE(a_second_end_record_is_refused) {
  BuiltArchive archive = sound_archive();
  archive.comment = std::string(formats::zip::kEndMark) + std::string(18, '\0');
  BOOST_TEST(refused(archive, "there are 2 end records"));
}

BOOST_AUTO_TEST_CASE(an_end_record_mark_in_the_comment_is_refused) {
  BuiltArchive archive = sound_archive();
  archive.comment = "x" + std::string(formats::zip::kEndMark) + "y";
  BOOST_TEST(refused(archive, "the mark of an end record lies inside"));
}

BOOST_AUTO_TEST_CASE(a_disk_number_is_refused) {
  for (auto BuiltArchive::*const field : {&BuiltArchive::disk, &BuiltArchive::central_disk}) {
    BuiltArchive archive = sound_archive();
    archive.*field = std::uint16_t{1};
    BOOST_TEST(refused(archive, "one disk of several"));
  }
}

BOOST_AUTO_TEST_CASE(a_count_that_differs_is_refused) {
  BuiltArchive archive = sound_archive();
  archive.count_here = std::uint16_t{2};
  BOOST_TEST(refused(archive, "counts of entries differ"));
  archive.count = std::uint16_t{2};
  BOOST_TEST(finds(archive, kMalformed, "bytes after its last record"));
  archive.entries[0].central.extra = block(0xCAFE, Bytes(100));
  archive.count_here = archive.count = std::uint16_t{4};
  BOOST_TEST(finds(archive, kMalformed, "ends inside a record"));
  archive.count_here = archive.count = std::uint16_t{0xFFFF};
  BOOST_TEST(refused(archive, "too small for its entries"));
}

BOOST_AUTO_TEST_CASE(a_central_directory_elsewhere_than_before_the_end_record_is_refused) {
  constexpr std::string_view kElsewhere = "does not end where the end record begins";
  BuiltArchive archive = sound_archive();
  archive.after_central = {0};
  BOOST_TEST(refused(archive, kElsewhere));
  archive = sound_archive();
  archive.central_offset = std::uint32_t{1};
  BOOST_TEST(refused(archive, kElsewhere));
  archive.central_offset.reset();
  archive.central_size = std::uint32_t{0x7FFFFFFF};
  BOOST_TEST(refused(archive, kElsewhere));
  Bytes prefixed = bytes("#!/bin/sh\n");
  certstore::append(prefixed, sound_archive().build());
  BOOST_TEST(findings_of(prefixed).find(kElsewhere) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(trailing_bytes_in_the_central_directory_are_refused) {
  BuiltArchive archive = sound_archive();
  archive.in_central = {1, 2, 3};
  BOOST_TEST(refused(archive, "3 bytes after its last record"));
}

BOOST_AUTO_TEST_CASE(zip64_records_are_accepted_where_they_agree) {
  BuiltArchive archive = sound_archive();
  archive.zip64 = true;
  BOOST_TEST(findings_of(archive) == "");
  archive.all_marked = true;
  BOOST_TEST(findings_of(archive) == "");
}

BOOST_AUTO_TEST_CASE(a_zip64_record_that_disagrees_is_refused) {
  BuiltArchive archive = sound_archive();
  archive.zip64 = true;
  archive.zip64_lie = 1;
  BOOST_TEST(refused(archive, "and the end record disagree"));
  archive.all_marked = true;
  BOOST_TEST(refused(archive, "does not end where the end record begins"));
}

BOOST_AUTO_TEST_CASE(a_zip64_locator_that_points_elsewhere_is_refused) {
  BuiltArchive archive = sound_archive();
  archive.zip64 = true;
  archive.locator_lie = 1;
  BOOST_TEST(refused(archive, "does not point directly before itself"));
  archive.locator_lie = 0;
  archive.disks = 2;
  BOOST_TEST(refused(archive, "more than one disk"));
  archive.disks = 1;
  archive.zip64_extension = {1, 2, 3, 4, 5, 6};
  BOOST_TEST(refused(archive, "does not point directly before itself"));
}

BOOST_AUTO_TEST_CASE(numbers_said_to_be_in_zip64_records_that_are_not_there_are_refused) {
  BuiltArchive archive = sound_archive();
  archive.all_marked = true;
  BOOST_TEST(findings_of(archive) != "");
}

BOOST_AUTO_TEST_CASE(a_file_is_known_as_zip_by_its_start_or_its_end) {
  const auto looks = [](const Bytes& content) { return formats::zip::looks_like_zip(file_of(content)); };
  const Bytes archive = sound_archive().build();
  BOOST_TEST(looks(archive));
  BOOST_TEST(looks(BuiltArchive().build()));
  Bytes prefixed = bytes("#!/bin/sh\n");
  certstore::append(prefixed, archive);
  BOOST_TEST(looks(prefixed));
  Bytes trailed = archive;
  trailed.push_back(0);
  BOOST_TEST(looks(trailed));
  BOOST_TEST(!looks(bytes("a text that is no archive at all")));
  BOOST_TEST(!looks(Bytes()));
}

BOOST_AUTO_TEST_SUITE_END()
