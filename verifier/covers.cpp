#include "verifier/covers.h"

#include <numeric>

namespace verifier {

CoversByEntry::CoversByEntry(const formats::Coverage& coverage, std::size_t entries)
    : begins_(entries + 1), covered_(entries) {
  const auto counts = [&](const formats::Covered& cover) {
    return cover.signature < coverage.signers.size();
  };
  for (const formats::Covered& cover : coverage.covered) {
    covered_[cover.entry] = true;
    if (counts(cover)) ++begins_[cover.entry + 1];
  }
  std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
  places_.resize(begins_.back());
  std::vector<std::size_t> next(begins_.begin(), begins_.end() - 1);
  for (std::size_t place = 0; place < coverage.covered.size(); ++place) {
    const formats::Covered& cover = coverage.covered[place];
    if (counts(cover)) places_[next[cover.entry]++] = place;
  }
}

}  // namespace verifier
