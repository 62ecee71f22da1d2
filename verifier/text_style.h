// How text is written for the person at the terminal: colour or not, all or the first few.
#pragma once

#include "certstore/base/cli.h"

#include <string>
#include <string_view>

namespace verifier {

struct TextStyle {
  bool color = false;
  bool verbose = false;
};

enum class Tone { good, doubtful, bad, quiet };

// Colour as --color says; with `auto` (the default) if and only if `descriptor` is a terminal, NO_COLOR is
// not set and TERM is not dumb. Throws Error(usage) for another word.
[[nodiscard]] TextStyle text_style(const certstore::cli::Arguments& arguments, int descriptor);

// The text in that tone; unchanged without colour.
[[nodiscard]] std::string in_tone(const TextStyle& style, Tone tone, std::string_view text);

}  // namespace verifier
