// The writer: what is copied keeps its bytes, what is added looks like the rest.
#include "formats/zip/writer.h"

#include "certstore/base/error.h"
#include "formats/zip/record.h"
#include "tests/unit/zip_builder.h"
#include "tests/unit/zip_files.h"
#include "tests/unit/zip_written.h"

#include <boost/test/unit_test.hpp>

using namespace zip_test;
using namespace formats::zip;
using certstore::Bytes;
using certstore::ByteView;

namespace {

NewEntryOptions in_style(Style style) {
  return {0x6C20, 0x5A21, style};
}

Bytes slice(const Bytes& content, std::uint64_t from, std::uint64_t to) {
  return {content.begin() + static_cast<std::ptrdiff_t>(from),
          content.begin() + static_cast<std::ptrdiff_t>(to)};
}

// What lies in the file between local header and end of the entry.
Bytes local_bytes(const Bytes& content, const Entry& entry) {
  return slice(content, entry.local_offset, entry.end_offset);
}

// The central record without the offset of the local header.
Bytes central_bytes(const Bytes& content, const Entry& entry) {
  Bytes record = slice(content, entry.central_offset, entry.central_offset + entry.central_size);
  std::fill(record.begin() + 42, record.begin() + 46, std::uint8_t{0});
  return record;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(zip_writer)

BOOST_AUTO_TEST_CASE(an_archive_copied_whole_is_the_same_archive) {
  BuiltArchive archive = sound_archive();
  archive.comment = "kept";
  archive.entries[0] = with_descriptor(archive.entries[0], false);
  set_extra(archive.entries[2], block(0x5455, {1, 2, 3, 4, 5}));
  const Bytes original = archive.build();
  const auto file = file_of(original);
  const IndexResult result = read_index(file);
  BOOST_TEST_REQUIRE(result.sound());
  const Bytes copy = written([&](Writer& writer) {
    for (const Entry& entry : result.index.entries) writer.copy_entry(file, entry);
    writer.finish(result.index.comment);
  });
  BOOST_TEST((copy == original));
}

BOOST_AUTO_TEST_CASE(every_real_package_copied_whole_is_the_same) {
  const auto data = data_folder();
  if (!data) return;
  for (const auto& path : std::filesystem::directory_iterator(*data / "vro")) {
    if (path.path().extension() != ".package") continue;
    const auto file = certstore::InputFile::open(path.path());
    const IndexResult result = read_index(file);
    const Bytes copy = written([&](Writer& writer) {
      for (const Entry& entry : result.index.entries) writer.copy_entry(file, entry);
      writer.finish(result.index.comment);
    });
    BOOST_TEST((copy == file.read_all(1 << 26)), path.path());
  }
}

BOOST_AUTO_TEST_CASE(an_entry_that_moves_keeps_its_bytes) {
  BuiltArchive archive = sound_archive();
  archive.entries[2] = with_descriptor(archive.entries[2]);
  const Bytes original = archive.build();
  const auto file = file_of(original);
  const IndexResult before = read_index(file);
  const Bytes changed = written([&](Writer& writer) {
    writer.copy_entry(file, before.index.entries[2]);
    writer.add_entry("added", bytes("something new"), in_style(Style::server));
    writer.copy_entry(file, before.index.entries[0]);
    writer.finish({});
  });
  const auto after_file = file_of(changed);
  const IndexResult after = read_index(after_file);
  BOOST_TEST_REQUIRE(after.issues.empty());
  BOOST_TEST_REQUIRE(after.index.entries.size() == 3u);
  for (const auto& [old_place, new_place] : {std::pair(2U, 0U), std::pair(0U, 2U)}) {
    const Entry& old_entry = before.index.entries[old_place];
    const Entry& new_entry = after.index.entries[new_place];
    BOOST_TEST((local_bytes(original, old_entry) == local_bytes(changed, new_entry)));
    BOOST_TEST((central_bytes(original, old_entry) == central_bytes(changed, new_entry)));
  }
}

BOOST_AUTO_TEST_CASE(a_new_entry_looks_like_those_of_its_writer) {
  struct Expected {
    Style style;
    unsigned flags, made_by, needed, attributes, descriptor;
  };
  for (const Expected& expected :
       {Expected{Style::server, 0x0808, 20, 20, 0, 16}, Expected{Style::maven, 0, 0x0314, 10, 0x81A40000, 0},
        Expected{Style::vropkg, 8, 0x032D, 20, 0x81A40020, 16}}) {
    const Bytes content = written([&](Writer& writer) {
      writer.add_entry("signatures/a", bytes("signature"), in_style(expected.style));
      writer.finish({});
    });
    const auto file = file_of(content);
    const IndexResult result = read_index(file);
    BOOST_TEST_REQUIRE(result.issues.empty());
    const Entry& entry = result.index.entries.at(0);
    BOOST_TEST(entry.flags == expected.flags);
    BOOST_TEST(entry.made_by == expected.made_by);
    BOOST_TEST(entry.version_needed == expected.needed);
    BOOST_TEST(entry.external_attributes == expected.attributes);
    BOOST_TEST(entry.method == kDeflated);
    BOOST_TEST(entry.dos_time == 0x6C20);
    BOOST_TEST(entry.dos_date == 0x5A21);
    BOOST_TEST(entry.end_offset - entry.data_offset - entry.compressed_size == expected.descriptor);
    BOOST_TEST((style_of(result.index) == expected.style));
    BOOST_TEST((read_small_entry(file, entry, 100) == bytes("signature")));
  }
}

BOOST_AUTO_TEST_CASE(real_packages_show_the_style_of_their_writer) {
  const auto data = data_folder();
  if (!data) return;
  const auto style = [&](const char* name) {
    return style_of(read_index(certstore::InputFile::open(*data / "vro" / name)).index);
  };
  BOOST_TEST((style("package_v1.0.8580c6ca.package") == Style::server));
  BOOST_TEST((style("o11nplugin-avi-package-2.1.112.3ab1e282.package") == Style::maven));
}

BOOST_AUTO_TEST_CASE(a_directory_is_stored_and_empty) {
  for (const Style style : {Style::server, Style::maven, Style::vropkg}) {
    const Bytes content = written([&](Writer& writer) {
      writer.add_entry("signatures/", {}, in_style(style));
      writer.add_entry("signatures/ü", {}, in_style(style));
      writer.finish({});
    });
    BOOST_TEST(findings_of(content) == "");
    const IndexResult result = read_index(file_of(content));
    BOOST_TEST(result.index.entries.at(0).method == kStored);
    BOOST_TEST(result.index.entries.at(0).is_directory);
    BOOST_TEST((result.index.entries.at(1).flags & kFlagUtf8) != 0);
  }
}

BOOST_AUTO_TEST_CASE(the_same_calls_give_the_same_bytes) {
  const auto calls = [](Writer& writer) {
    for (int i = 0; i < 50; ++i) writer.add_entry(std::to_string(i), Bytes(1000, 7), in_style(Style::server));
    writer.finish(bytes("comment"));
  };
  BOOST_TEST((written(calls) == written(calls)));
}

BOOST_AUTO_TEST_CASE(a_name_that_would_be_refused_is_not_written) {
  for (const std::string_view name : {"", "../a", "/a", "a\\b", "a\n"}) {
    BOOST_CHECK_THROW((void)written([&](Writer& writer) { writer.add_entry(name, {}, {}); }),
                      certstore::Error);
  }
  BOOST_CHECK_THROW((void)written([](Writer& writer) { writer.add_entry("a/", bytes("x"), {}); }),
                    certstore::Error);
}

BOOST_AUTO_TEST_CASE(many_entries_get_a_zip64_end_record) {
  for (const std::size_t count : {65534U, 65535U, 65536U}) {
    const Bytes content = written([&](Writer& writer) {
      for (std::size_t i = 0; i < count; ++i) writer.add_entry(std::to_string(i), {}, {});
      writer.finish({});
    });
    const IndexResult result = read_index(file_of(content));
    BOOST_TEST(result.issues.empty());
    BOOST_TEST(result.index.entries.size() == count);
    const std::string_view text = certstore::as_text(content);
    BOOST_TEST((text.find(kEnd64Mark) != text.npos) == (count >= 65535));
  }
}

BOOST_AUTO_TEST_CASE(an_offset_at_a_fixed_place_of_a_zip64_field_moves_too) {
  BuiltArchive archive = sound_archive();
  BuiltEntry& first = archive.entries[0];
  first.central.extra =
      block(kExtraZip64, wide_numbers({first.central.size, first.central.compressed_size, 0}));
  const auto file = file_of(archive.build());
  const IndexResult before = read_index(file);
  BOOST_TEST_REQUIRE(before.sound());
  const Bytes moved = written([&](Writer& writer) {
    writer.add_entry("in front", {}, {});
    writer.copy_entry(file, before.index.entries[0]);
    writer.finish({});
  });
  BOOST_TEST(findings_of(moved) == "");
}

BOOST_AUTO_TEST_SUITE_END()
