// Properties over many archives: what libarchive writes in each format is read as libarchive reads it, and of
// damaged ones none is accepted that libarchive reads otherwise.
#include "tests/unit/tar_files.h"

#include <archive.h>
#include <archive_entry.h>
#include <boost/test/unit_test.hpp>

#include <array>
#include <clocale>
#include <memory>
#include <optional>
#include <random>
#include <sstream>

using namespace tar_test;
using namespace formats::tar;
using certstore::Bytes;

namespace {

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t bound) {
  return random() % bound;
}

// What both readers say of the members, a line each.
std::optional<std::string> by_us(certstore::ByteView bytes) {
  const certstore::InputFile file = file_of(bytes);
  const IndexResult result = read_index(file);
  if (!result.sound()) return std::nullopt;
  std::ostringstream said;
  for (const Entry& entry : result.index.entries) {
    said << entry.name << '|' << entry.link << '|' << entry.size << '|' << entry.mode << '|' << entry.mtime
         << '|' << static_cast<int>(entry.type) << '\n';
  }
  return said.str();
}

EntryType type_of(archive_entry* entry) {
  if (archive_entry_hardlink(entry) != nullptr) return EntryType::hard_link;
  if (archive_entry_filetype(entry) == AE_IFDIR) return EntryType::directory;
  if (archive_entry_filetype(entry) == AE_IFLNK) return EntryType::symbolic_link;
  return EntryType::file;
}

std::string plain(const char* name) {
  std::string text = name == nullptr ? "" : name;
  if (text.starts_with("./")) text.erase(0, 2);
  if (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text.empty() ? "." : text;
}

std::string by_libarchive(certstore::ByteView bytes) {
  const std::unique_ptr<::archive, decltype(&::archive_read_free)> reader(archive_read_new(),
                                                                          archive_read_free);
  archive_read_support_format_tar(reader.get());
  archive_read_open_memory(reader.get(), bytes.data(), bytes.size());
  std::ostringstream said;
  archive_entry* entry = nullptr;
  int answer = 0;
  while ((answer = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    const EntryType type = type_of(entry);
    const char* symlink = archive_entry_symlink(entry);
    const std::string link = type == EntryType::hard_link       ? plain(archive_entry_hardlink(entry))
                             : type == EntryType::symbolic_link ? symlink
                                                                : "";
    said << plain(archive_entry_pathname(entry)) << '|' << link << '|'
         << (type == EntryType::hard_link ? 0 : archive_entry_size(entry)) << '|' << archive_entry_perm(entry)
         << '|' << archive_entry_mtime(entry) << '|' << static_cast<int>(type) << '\n';
  }
  if (answer != ARCHIVE_EOF) said << "error: " << archive_error_string(reader.get()) << '\n';
  return said.str();
}

std::string random_name(Random& random, std::size_t number) {
  std::string name = "m" + std::to_string(number);
  if (below(random, 3) == 0) name = "folder/" + name;
  if (below(random, 4) == 0) name += "-\xC3\xB6";
  if (below(random, 4) == 0) name += std::string(below(random, 250), 'x');
  return name;
}

void write_member(archive* writer, Random& random, std::size_t number) {
  const std::unique_ptr<archive_entry, decltype(&::archive_entry_free)> entry(archive_entry_new(),
                                                                              archive_entry_free);
  const std::string content(below(random, 2000), 'c');
  archive_entry_set_pathname(entry.get(), random_name(random, number).c_str());
  archive_entry_set_perm(entry.get(), below(random, 2) == 0 ? 0644 : 0755);
  archive_entry_set_mtime(entry.get(), static_cast<time_t>(below(random, 2'000'000'000)),
                          static_cast<long>(below(random, 1000)));
  const std::size_t kind = number == 0 ? 9 : below(random, 10);
  archive_entry_set_filetype(entry.get(), kind == 0 ? AE_IFDIR : kind == 1 ? AE_IFLNK : AE_IFREG);
  if (kind == 1) archive_entry_set_symlink(entry.get(), std::string(1 + below(random, 200), 't').c_str());
  archive_entry_set_size(entry.get(), kind < 2 ? 0 : static_cast<la_int64_t>(content.size()));
  // A name too long for ustar: the archive goes without this member.
  if (archive_write_header(writer, entry.get()) != ARCHIVE_OK) return;
  if (kind >= 2) archive_write_data(writer, content.data(), content.size());
}

// By libarchive's writer of that format.
Bytes random_archive(Random& random, int format) {
  Bytes bytes(1 << 20);
  std::size_t used = 0;
  const std::unique_ptr<::archive, decltype(&::archive_write_free)> writer(archive_write_new(),
                                                                           archive_write_free);
  archive_write_set_format(writer.get(), format);
  archive_write_open_memory(writer.get(), bytes.data(), bytes.size(), &used);
  const std::size_t count = 1 + below(random, 12);
  for (std::size_t i = 0; i < count; ++i) write_member(writer.get(), random, i);
  archive_write_close(writer.get());
  bytes.resize(used);
  return bytes;
}

constexpr std::array kFormats = {ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FORMAT_TAR_PAX_RESTRICTED,
                                 ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE, ARCHIVE_FORMAT_TAR_GNUTAR};

// libarchive's writers and readers of names want a locale of UTF-8.
struct Locale {
  Locale() { BOOST_REQUIRE(std::setlocale(LC_ALL, "C.UTF-8") != nullptr); }
};

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(Locale);

BOOST_AUTO_TEST_SUITE(tar_property)

BOOST_AUTO_TEST_CASE(archives_of_every_format_are_read_as_libarchive_reads_them) {
  Random random(20261123);
  for (int round = 0; round < 400; ++round) {
    const Bytes bytes = random_archive(random, kFormats[static_cast<std::size_t>(round) % kFormats.size()]);
    const auto ours = by_us(bytes);
    BOOST_REQUIRE_MESSAGE(ours, findings_of(bytes));
    BOOST_REQUIRE(*ours == by_libarchive(bytes));
  }
}

BOOST_AUTO_TEST_CASE(what_we_accept_of_damaged_archives_libarchive_reads_alike) {
  Random random(20261124);
  std::size_t accepted = 0;
  for (int round = 0; round < 8000; ++round) {
    Bytes bytes =
        tar_of({member("a", "text"), directory("d/"), extension(kPaxMember, pax_record("mtime", "1")),
                member("d/b", "more"), link(kHardLink, "h", "a"), link(kSymbolicLink, "s", "a")});
    const std::size_t block = below(random, 9) * kBlock;
    for (std::size_t changes = 1 + below(random, 2); changes > 0; --changes) {
      const char frequent = std::string_view(" \0/.0157xgLK", 12)[below(random, 12)];
      bytes[block + below(random, 400)] =
          static_cast<std::uint8_t>(below(random, 3) == 0 ? static_cast<int>(below(random, 256)) : frequent);
    }
    // Behind a right checksum there is more to be found.
    if (bytes[block + 257] == 'u') {
      Bytes one(bytes.begin() + static_cast<std::ptrdiff_t>(block),
                bytes.begin() + static_cast<std::ptrdiff_t>(block + kBlock));
      one = changed(one, [](Bytes&) {});
      std::copy(one.begin(), one.end(), bytes.begin() + static_cast<std::ptrdiff_t>(block));
    }
    const auto ours = by_us(bytes);
    if (!ours) continue;
    ++accepted;
    BOOST_REQUIRE_EQUAL(*ours, by_libarchive(bytes));
  }
  BOOST_TEST(accepted > 500U);
}

BOOST_AUTO_TEST_SUITE_END()
