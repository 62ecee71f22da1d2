#include "certstore/base/bytes.h"

#include "certstore/base/error.h"

#include <sodium.h>

namespace certstore {
namespace {

template <typename Number>
Number little_endian(ByteView bytes) {
  Number value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) value = static_cast<Number>((value << 8) | bytes[i - 1]);
  return value;
}

template <typename Number>
void append_little_endian(Bytes& out, Number value) {
  for (std::size_t i = 0; i < sizeof value; ++i) {
    out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
}

}  // namespace

ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

ByteView ByteReader::take(std::size_t size) {
  if (size > left()) {
    throw Error(ErrorKind::malformed, what_ + " ends early: " + std::to_string(size) + " bytes wanted at " +
                                          std::to_string(position_) + ", " + std::to_string(left()) +
                                          " left");
  }
  const ByteView slice = bytes_.subspan(position_, size);
  position_ += size;
  return slice;
}

std::uint8_t ByteReader::u8() {
  return take(1)[0];
}
std::uint16_t ByteReader::u16() {
  return little_endian<std::uint16_t>(take(2));
}
std::uint32_t ByteReader::u32() {
  return little_endian<std::uint32_t>(take(4));
}
std::uint64_t ByteReader::u64() {
  return little_endian<std::uint64_t>(take(8));
}

void append_u16(Bytes& out, std::uint16_t value) {
  append_little_endian(out, value);
}
void append_u32(Bytes& out, std::uint32_t value) {
  append_little_endian(out, value);
}
void append_u64(Bytes& out, std::uint64_t value) {
  append_little_endian(out, value);
}
void append(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

std::string to_hex(ByteView bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();
  return text;
}

Bytes from_hex(std::string_view text) {
  if (text.empty()) return {};  // an empty vector has no address to write to
  Bytes bytes(text.size() / 2);
  std::size_t length = 0;
  const char* end = nullptr;
  // An odd digit at the end is left unread by libsodium, so `end` must be the whole text.
  if (text.size() % 2 != 0 ||
      sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length, &end) != 0 ||
      end != text.data() + text.size() || length != bytes.size()) {
    throw Error(ErrorKind::malformed, "not hexadecimal");
  }
  return bytes;
}

std::string to_base64(ByteView bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();
  return text;
}

Bytes from_base64(std::string_view text) {
  Bytes bytes(text.size() / 4 * 3 + 3);
  std::size_t length = 0;
  const char* end = nullptr;
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length, &end,
                        sodium_base64_VARIANT_ORIGINAL) != 0 ||
      end != text.data() + text.size()) {
    throw Error(ErrorKind::malformed, "not base64");
  }
  bytes.resize(length);
  return bytes;
}

}  // namespace certstore
