// Properties over many archives: round trips of random ones, and damaged ones against libarchive.
#include "formats/zip/index.h"
#include "formats/zip/record.h"
#include "formats/zip/writer.h"
#include "tests/unit/zip_builder.h"
#include "tests/unit/zip_files.h"
#include "tests/unit/zip_written.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <clocale>
#include <random>

using namespace zip_test;
using namespace formats::zip;
using certstore::Bytes;
using certstore::ByteView;

namespace {

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t bound) {
  return random() % bound;
}

Bytes random_content(Random& random) {
  Bytes content(below(random, 10) == 0 ? 300'000 : below(random, 2000));
  const std::size_t letters = 1 + below(random, 256);
  for (std::uint8_t& byte : content) byte = static_cast<std::uint8_t>(below(random, letters));
  return content;
}

BuiltEntry random_entry(Random& random, std::size_t number) {
  const std::string name = "f" + std::to_string(number) + (below(random, 5) == 0 ? "/ö" : "");
  if (below(random, 6) == 0) return directory("d" + std::to_string(number) + "/");
  const Bytes content = random_content(random);
  BuiltEntry entry = below(random, 3) == 0 ? stored(name, certstore::as_text(content))
                                           : deflated(name, certstore::as_text(content));
  set_flags(entry, kFlagUtf8);
  if (entry.central.method == kDeflated && below(random, 2) == 0) {
    entry = with_descriptor(entry, below(random, 2) == 0);
  }
  if (below(random, 3) == 0) set_extra(entry, block(0x5455, Bytes(below(random, 30), 9)));
  return entry;
}

BuiltArchive random_archive(Random& random) {
  BuiltArchive archive;
  const std::size_t count = below(random, 30);
  for (std::size_t i = 0; i < count; ++i) archive.entries.push_back(random_entry(random, i));
  archive.zip64 = below(random, 4) == 0;
  archive.all_marked = archive.zip64 && below(random, 2) == 0;
  archive.comment = std::string(below(random, 100), 'c');
  return archive;
}

// Few entries of all kinds, so that a random change hits a field that matters.
BuiltArchive small_archive(Random& random) {
  BuiltArchive archive = sound_archive();
  archive.entries[0] = with_descriptor(archive.entries[0], below(random, 2) == 0);
  archive.entries.push_back(stored("third", "stored as it is"));
  archive.entries.push_back(deflated("fourth", std::string(3000, 'x') + "end"));
  set_extra(archive.entries[4], block(0x5455, {1, 2, 3, 4, 5}));
  archive.zip64 = below(random, 4) == 0;
  archive.comment = "comment";
  return archive;
}

void damage(Random& random, Bytes& content) {
  switch (below(random, 8)) {
    case 0:
      content.resize(below(random, content.size()));
      break;
    case 1:
      content.insert(content.begin() + static_cast<std::ptrdiff_t>(below(random, content.size())),
                     static_cast<std::uint8_t>(random()));
      break;
    case 2:
      content.erase(content.begin() + static_cast<std::ptrdiff_t>(below(random, content.size())));
      break;
    case 3: {  // a run copied elsewhere
      const std::size_t size = 1 + below(random, 40);
      const std::size_t from = below(random, content.size() - size);
      const Bytes run(content.begin() + static_cast<std::ptrdiff_t>(from),
                      content.begin() + static_cast<std::ptrdiff_t>(from + size));
      std::copy(run.begin(), run.end(),
                content.begin() + static_cast<std::ptrdiff_t>(below(random, content.size() - size)));
      break;
    }
    default:
      for (std::size_t i = 0; i <= below(random, 3); ++i) {
        content[below(random, content.size())] ^= static_cast<std::uint8_t>(1U << below(random, 8));
      }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(zip_properties)

BOOST_AUTO_TEST_CASE(a_random_archive_copied_whole_is_the_same_but_for_zip64) {
  Random random(1);
  for (int round = 0; round < 200; ++round) {
    const BuiltArchive archive = random_archive(random);
    const Bytes original = archive.build();
    const auto file = file_of(original);
    const IndexResult result = read_index(file);
    BOOST_TEST_REQUIRE(result.issues.empty(), "round " << round << ": " << findings_of(original));
    BOOST_TEST_REQUIRE(result.index.entries.size() == archive.entries.size());
    const Bytes copy = written([&](Writer& writer) {
      for (const Entry& entry : result.index.entries) writer.copy_entry(file, entry);
      writer.finish(result.index.comment);
    });
    BOOST_TEST((read_with_ours(file_of(copy)) == read_with_ours(file)), "round " << round);
    if (!archive.zip64) BOOST_TEST((copy == original), "round " << round);
  }
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_alike_by_libarchive) {
  Random random(2);
  std::setlocale(LC_CTYPE, "C.UTF-8");
  for (int round = 0; round < 60; ++round) {
    const Style style = std::array{Style::server, Style::maven, Style::vropkg}[below(random, 3)];
    const Written out([&](Writer& writer) {
      for (std::size_t i = 0; i < 1 + below(random, 20); ++i) {
        writer.add_entry("e" + std::to_string(i) + "ß", random_content(random), {0, 0x21, style});
      }
      writer.finish({});
    });
    const auto ours = read_with_ours(out.file());
    BOOST_TEST_REQUIRE(ours.has_value());
    BOOST_TEST((ours == read_with_libarchive(out.file())), "round " << round);
  }
  std::setlocale(LC_CTYPE, "C");
}

// A damaged archive is refused; or where the damage hit what nothing reads (a time, a comment), accepted, and
// then libarchive sees the same names and bytes.
BOOST_AUTO_TEST_CASE(a_damaged_archive_is_refused_or_read_alike_by_libarchive) {
  Random random(3);
  std::setlocale(LC_CTYPE, "C.UTF-8");
  int accepted = 0;
  constexpr int kRounds = 5'000;
  for (int round = 0; round < kRounds; ++round) {
    Bytes content = small_archive(random).build();
    damage(random, content);
    const auto file = file_of(content);
    auto ours = read_with_ours(file);
    if (!ours) continue;
    ++accepted;
    auto theirs = read_with_libarchive(file);
    if (!theirs) continue;  // it is stricter somewhere, which does no harm
    std::sort(ours->begin(), ours->end());
    std::sort(theirs->begin(), theirs->end());
    BOOST_TEST((*ours == *theirs), "round " << round << " is read differently");
  }
  std::setlocale(LC_CTYPE, "C");
  BOOST_TEST_MESSAGE(accepted << " of " << kRounds << " accepted");
  BOOST_TEST(accepted > 0);
  BOOST_TEST(accepted < kRounds / 5);
}

BOOST_AUTO_TEST_SUITE_END()
