// A comparison for people and for programs (docs/diff.schema.json).
#pragma once

#include "verifier/diff.h"
#include "verifier/text_style.h"

#include <optional>
#include <ostream>

namespace verifier {

// The verdicts of the packages first; elements that were only signed anew are counted, and with --verbose
// listed.
void write_diff(const Compared& before, const Compared& after, const std::optional<Comparison>& comparison,
                const TextStyle& style, std::ostream& out);
// One object on one line.
void write_diff_json(const Compared& before, const Compared& after,
                     const std::optional<Comparison>& comparison, std::ostream& out);

}  // namespace verifier
