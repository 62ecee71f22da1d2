#include "certstore/base/escape.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>

namespace certstore {
namespace {

struct Character {
  char32_t code;
  std::size_t bytes;
};

// Decodes the character at `position`; empty if the bytes there are not well-formed (RFC 3629 section 4).
std::optional<Character> decode(std::string_view text, std::size_t position) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[position + i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return Character{lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || position + length > text.size()) return std::nullopt;
  char32_t code = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return std::nullopt;
    code = (code << 6) | (byte(i) & 0x3F);
  }
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kSmallest[length] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return std::nullopt;
  return Character{code, length};
}

bool is_within(char32_t code, char32_t first, char32_t last) {
  return code >= first && code <= last;
}

// Characters that hide, reorder or break lines (Unicode UAX #9 and general category Cc, Cf, Zl, Zp).
bool is_deceptive(char32_t code) {
  return code < 0x20 || is_within(code, 0x7F, 0x9F) || code == 0xAD || code == 0x34F || code == 0x61C ||
         is_within(code, 0x115F, 0x1160) || is_within(code, 0x17B4, 0x17B5) ||
         is_within(code, 0x180B, 0x180F) || is_within(code, 0x200B, 0x200F) ||
         is_within(code, 0x2028, 0x202E) || is_within(code, 0x2060, 0x206F) || code == 0x3164 ||
         is_within(code, 0xFE00, 0xFE0F) || code == 0xFEFF || code == 0xFFA0 ||
         is_within(code, 0xFFF0, 0xFFFB) || is_within(code, 0xFDD0, 0xFDEF) || (code & 0xFFFE) == 0xFFFE ||
         is_within(code, 0x1D173, 0x1D17A) || is_within(code, 0xE0000, 0xE0FFF) ||
         is_within(code, 0xE000, 0xF8FF) || code >= 0xF0000;
}

std::string hex_escape(std::uint8_t byte) {
  std::array<char, 8> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "\\x%02x", byte);
  return buffer.data();
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto character = decode(text, i);
    if (!character) return false;
    i += character->bytes;
  }
  return true;
}

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto character = decode(text, i);
    if (!character) {
      out += hex_escape(static_cast<std::uint8_t>(text[i++]));
      continue;
    }
    if (character->code == '\\') {
      out += "\\\\";
    } else if (is_deceptive(character->code)) {
      if (character->code < 0x80) {
        out += hex_escape(static_cast<std::uint8_t>(character->code));
      } else {
        std::array<char, 16> buffer{};
        std::snprintf(buffer.data(), buffer.size(), "\\u{%x}", static_cast<unsigned>(character->code));
        out += buffer.data();
      }
    } else {
      out += text.substr(i, character->bytes);
    }
    i += character->bytes;
  }
  return out;
}

std::string in_quotes(std::string_view text, std::size_t limit) {
  std::size_t end = 0;
  for (std::size_t characters = 0; end < text.size(); ++characters) {
    if (limit != 0 && characters == limit) break;
    const auto character = decode(text, end);
    end += character ? character->bytes : 1;
  }
  return "'" + escaped(text.substr(0, end)) + (end < text.size() ? "..." : "") + "'";
}

std::string shell_quoted(std::string_view text) {
  const std::string whole =
      !text.empty() && text.front() == '-' ? "./" + std::string(text) : std::string(text);
  constexpr std::string_view kHarmless =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,+=@%";
  if (!whole.empty() && whole.find_first_not_of(kHarmless) == std::string::npos) return whole;
  bool deceptive = false;
  for (std::size_t i = 0; i < whole.size();) {
    const auto character = decode(whole, i);
    deceptive = deceptive || !character || is_deceptive(character->code);
    i += character ? character->bytes : 1;
  }
  std::string out = deceptive ? "$'" : "'";
  for (std::size_t i = 0; i < whole.size();) {
    const auto character = decode(whole, i);
    const std::size_t length = character ? character->bytes : 1;
    const std::string_view bytes = std::string_view(whole).substr(i, length);
    if (!deceptive) {
      out += bytes == "'" ? "'\\''" : std::string(bytes);
    } else if (!character || is_deceptive(character->code)) {
      // Three octal digits a byte, so that a following digit is not taken in.
      for (const char byte : bytes) {
        std::array<char, 8> buffer{};
        std::snprintf(buffer.data(), buffer.size(), "\\%03o",
                      static_cast<unsigned>(static_cast<std::uint8_t>(byte)));
        out += buffer.data();
      }
    } else {
      out += bytes == "'" || bytes == "\\" ? "\\" + std::string(bytes) : std::string(bytes);
    }
    i += length;
  }
  return out + "'";
}

}  // namespace certstore
