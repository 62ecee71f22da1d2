#include "verifier/text_style.h"

#include <unistd.h>

#include <array>
#include <cstdlib>

namespace verifier {
namespace {

bool environment_wants_color() {
  // https://no-color.org: set and not empty.
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  return (no_color == nullptr || *no_color == '\0') && terminal != nullptr &&
         std::string_view(terminal) != "dumb";
}

std::string_view sequence(Tone tone) {
  switch (tone) {
    case Tone::good:
      return "\x1b[1;32m";
    case Tone::doubtful:
      return "\x1b[1;33m";
    case Tone::bad:
      return "\x1b[1;31m";
    case Tone::quiet:
      return "\x1b[2m";
  }
  return "";
}

}  // namespace

TextStyle text_style(const certstore::cli::Arguments& arguments, int descriptor) {
  constexpr std::array<std::string_view, 3> kWords = {"auto", "always", "never"};
  const std::string when = arguments.word("color", kWords);
  const bool color =
      when == "always" || (when == "auto" && ::isatty(descriptor) == 1 && environment_wants_color());
  return {.color = color, .verbose = arguments.verbose()};
}

std::string in_tone(const TextStyle& style, Tone tone, std::string_view text) {
  if (!style.color) return std::string(text);
  return std::string(sequence(tone)) + std::string(text) + "\x1b[0m";
}

}  // namespace verifier
