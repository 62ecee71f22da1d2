#include "formats/text_encoding.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

namespace formats {
namespace {

void append_utf8(std::string& out, char32_t point) {
  const auto put = [&](char32_t value) {
    out.push_back(static_cast<char>(static_cast<unsigned char>(value)));
  };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | (point >> 6));
    put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | (point >> 12));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | (point >> 18));
    put(0x80 | ((point >> 12) & 0x3F));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  }
}

void append_unit(certstore::Bytes& out, char32_t unit) {
  out.push_back(static_cast<std::uint8_t>(unit >> 8));
  out.push_back(static_cast<std::uint8_t>(unit & 0xFF));
}

}  // namespace

bool has_utf16be_mark(certstore::ByteView bytes) {
  return bytes.size() >= 2 && bytes[0] == 0xFE && bytes[1] == 0xFF;
}

std::optional<std::string> utf8_from_utf16be(certstore::ByteView bytes) {
  if (bytes.size() % 2 != 0) return std::nullopt;
  std::string text;
  text.reserve(bytes.size() / 2);
  const auto unit_at = [&](std::size_t i) { return static_cast<char32_t>((bytes[i] << 8) | bytes[i + 1]); };
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    const char32_t unit = unit_at(i);
    if (unit < 0xD800 || unit > 0xDFFF) {
      append_utf8(text, unit);
      continue;
    }
    if (unit > 0xDBFF || i + 2 >= bytes.size()) return std::nullopt;
    const char32_t low = unit_at(i + 2);
    if (low < 0xDC00 || low > 0xDFFF) return std::nullopt;
    append_utf8(text, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
    i += 2;
  }
  return text;
}

certstore::Bytes utf16be_from_utf8(std::string_view text) {
  if (!certstore::is_utf8(text)) {
    throw certstore::Error(certstore::ErrorKind::malformed, "a text that is not UTF-8 has no UTF-16 form");
  }
  certstore::Bytes out;
  out.reserve(text.size() * 2);
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t point = length == 1 ? lead : lead & (0x7Fu >> length);
    for (std::size_t k = 1; k < length; ++k) {
      point = (point << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3Fu);
    }
    i += length;
    if (point < 0x10000) {
      append_unit(out, point);
    } else {
      append_unit(out, 0xD800 + ((point - 0x10000) >> 10));
      append_unit(out, 0xDC00 + ((point - 0x10000) & 0x3FF));
    }
  }
  return out;
}

}  // namespace formats
