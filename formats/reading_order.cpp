#include "formats/reading_order.h"

#include <algorithm>
#include <numeric>

namespace formats {

std::vector<std::size_t> reading_order(std::size_t count,
                                       const std::function<std::uint64_t(std::size_t)>& size_of_place) {
  constexpr std::uint64_t kLarge = 1 << 20;
  std::vector<std::uint64_t> weights(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t size = size_of_place(i);
    weights[i] = size < kLarge ? 0 : size;
  }
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return weights[a] > weights[b]; });
  return order;
}

std::vector<std::span<const std::size_t>> portions_of(
    std::span<const std::size_t> order, const std::function<std::uint64_t(std::size_t)>& size_of_place) {
  constexpr std::size_t kMost = 16;
  constexpr std::uint64_t kBytes = 64 << 10;
  std::vector<std::span<const std::size_t>> portions;
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t count = 0;
    std::uint64_t bytes = 0;
    do {
      bytes += std::min(size_of_place(order[begin + count++]), kBytes);  // a sum of any sizes could overflow
    } while (count < kMost && bytes < kBytes && begin + count < order.size());
    portions.push_back(order.subspan(begin, count));
    begin += count;
  }
  return portions;
}

}  // namespace formats
