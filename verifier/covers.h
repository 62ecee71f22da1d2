// What verified signatures cover, by entry.
#pragma once

#include "formats/contents.h"

#include <cstddef>
#include <span>
#include <vector>

namespace verifier {

class CoversByEntry {
 public:
  // For a package of that many entries. Left out is what a signature says whose signer is not known: it
  // vouches for nothing, and the format has said why.
  CoversByEntry(const formats::Coverage& coverage, std::size_t entries);

  // Places in Coverage::covered, ascending.
  [[nodiscard]] std::span<const std::size_t> of(std::size_t entry) const {
    return std::span(places_).subspan(begins_[entry], begins_[entry + 1] - begins_[entry]);
  }
  // Whether any signature speaks of the entry, also one that is left out.
  [[nodiscard]] bool is_covered(std::size_t entry) const { return covered_[entry]; }

 private:
  std::vector<std::size_t> begins_;  // of each entry in places_, and the end
  std::vector<std::size_t> places_;
  std::vector<bool> covered_;
};

}  // namespace verifier
