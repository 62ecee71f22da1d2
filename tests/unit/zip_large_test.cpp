// A million entries: fast, and in memory that is bounded by their number.
#include "formats/zip/index.h"
#include "formats/zip/reader.h"
#include "tests/unit/zip_written.h"

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace formats::zip;

BOOST_AUTO_TEST_SUITE(zip_large)

BOOST_AUTO_TEST_CASE(a_million_entries_are_written_indexed_and_copied) {
  constexpr std::size_t kCount = 1'000'000;
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const zip_test::Written out([&](Writer& writer) {
    for (std::size_t i = 0; i < kCount; ++i) {
      writer.add_entry("elements/" + std::to_string(i * 7919 % kCount) + "/data", {},
                       {0, 0x21, Style::maven});
    }
    writer.finish({});
  });
  BOOST_TEST_MESSAGE("written after " << seconds());
  const IndexResult result = read_index(out.file());
  BOOST_TEST_MESSAGE("indexed after " << seconds());
  BOOST_TEST(result.issues.empty());
  BOOST_TEST_REQUIRE(result.index.entries.size() == kCount);
  for (const std::size_t i : {std::size_t{0}, kCount / 2, kCount - 1}) {
    const Entry* const entry = result.index.find("elements/" + std::to_string(i) + "/data");
    BOOST_TEST_REQUIRE(entry != nullptr);
    BOOST_TEST(!read_entry(out.file(), *entry, [](certstore::ByteView) {}));
  }
  const zip_test::Written copy([&](Writer& writer) {
    for (const Entry& entry : result.index.entries) writer.copy_entry(out.file(), entry);
    writer.finish({});
  });
  BOOST_TEST_MESSAGE("copied after " << seconds());
  BOOST_TEST((copy.file().read_all(std::size_t{1} << 30) == out.file().read_all(std::size_t{1} << 30)));
}

BOOST_AUTO_TEST_SUITE_END()
