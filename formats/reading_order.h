// In which order many threads read the entries of a container.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace formats {

// All of `count` places by the sizes that they have: large ones first, so that no core is left alone with one
// at the end, and then the small ones as they come, which is how they lie in the file.
[[nodiscard]] std::vector<std::size_t> reading_order(
    std::size_t count, const std::function<std::uint64_t(std::size_t)>& size_of_place);

// `order` cut into portions that one thread takes at once: small ones that follow each other, so that they
// can be read together, and never so many that another thread is left without.
[[nodiscard]] std::vector<std::span<const std::size_t>> portions_of(
    std::span<const std::size_t> order, const std::function<std::uint64_t(std::size_t)>& size_of_place);

}  // namespace formats
