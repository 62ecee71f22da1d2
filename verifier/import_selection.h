// Which elements of a package are imported, and the entries that they are made of.
#pragma once

#include "verifier/extract.h"
#include "verifier/report.h"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace verifier {

// All that is signed, or some elements and nothing else.
struct Selection {
  bool whole = true;
  std::vector<std::size_t> elements;  // ascending indexes into Report::elements, if not whole
};

// Reads "1-3,7", "all" or "none" as a person types it; number n, from 1, is the element `numbered[n - 1]`.
// Throws Error(usage) for anything else and for numbers beyond them.
[[nodiscard]] Selection parse_selection(std::string_view text, std::span<const std::size_t> numbered);

// Every entry of the selection that a signature vouches for, with its judged digest, in container order.
// Signature files are left out, and directories that the format needs not sign. The report has entry digests
// and is one that can be accepted. Throws Error(unsupported) for a symbolic link that leads out of the
// target.
[[nodiscard]] std::vector<ExtractedEntry> entries_of(const Report& report, const Selection& selection);

}  // namespace verifier
