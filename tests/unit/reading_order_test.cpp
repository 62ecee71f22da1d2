// In which order threads take the entries of a package, and how many at once.
#include "formats/reading_order.h"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <vector>

using namespace formats;

namespace {

using Sizes = std::vector<std::uint64_t>;

std::vector<std::vector<std::size_t>> portions(const Sizes& sizes) {
  const auto size_of = [&](std::size_t place) { return sizes[place]; };
  const std::vector<std::size_t> order = reading_order(sizes.size(), size_of);
  std::vector<std::vector<std::size_t>> found;
  for (const auto portion : portions_of(order, size_of)) found.emplace_back(portion.begin(), portion.end());
  return found;
}

using Portions = std::vector<std::vector<std::size_t>>;

}  // namespace

BOOST_AUTO_TEST_SUITE(reading)

BOOST_AUTO_TEST_CASE(large_entries_come_first_and_each_is_a_portion) {
  BOOST_TEST((portions({1, 2 << 20, 1, 3 << 20, 1}) == Portions{{3}, {1}, {0, 2, 4}}));
}

BOOST_AUTO_TEST_CASE(a_portion_ends_when_it_has_enough_bytes_or_entries) {
  BOOST_TEST((portions({40 << 10, 40 << 10, 1, 64 << 10, 1}) == Portions{{0, 1}, {2, 3}, {4}}));
  const Portions many = portions(Sizes(40, 10));
  BOOST_TEST_REQUIRE(many.size() == 3u);
  BOOST_TEST(many[0].size() == 16u);
  BOOST_TEST(many[2].size() == 8u);
}

BOOST_AUTO_TEST_CASE(every_entry_is_in_one_portion_whatever_its_size) {
  BOOST_TEST(portions({}).empty());
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  BOOST_TEST((portions({kMost, 0, kMost}) == Portions{{0}, {2}, {1}}));
}

BOOST_AUTO_TEST_SUITE_END()
