// Bytes, the bounds-checked cursor over them, and their strict text forms.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace certstore {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

// Takes the bytes of a stream piece by piece; the view is valid only during the call.
using Sink = std::function<void(ByteView)>;

[[nodiscard]] ByteView as_bytes(std::string_view text);
[[nodiscard]] std::string_view as_text(ByteView bytes);

// Reads little-endian numbers and slices from a view, front to back. Every read beyond the end throws
// Error(malformed) naming `what`; the cursor then stands where it stood.
class ByteReader {
 public:
  ByteReader(ByteView bytes, std::string_view what) : bytes_(bytes), what_(what) {}
  [[nodiscard]] std::size_t left() const { return bytes_.size() - position_; }
  [[nodiscard]] std::size_t position() const { return position_; }
  std::uint8_t u8();
  std::uint16_t u16();
  std::uint32_t u32();
  std::uint64_t u64();
  ByteView take(std::size_t size);

 private:
  ByteView bytes_;
  std::string what_;
  std::size_t position_ = 0;
};

void append_u16(Bytes& out, std::uint16_t value);
void append_u32(Bytes& out, std::uint32_t value);
void append_u64(Bytes& out, std::uint64_t value);
void append(Bytes& out, ByteView bytes);

// Lower-case hex. from_hex accepts both cases and nothing else, an even number of digits; throws
// Error(malformed).
[[nodiscard]] std::string to_hex(ByteView bytes);
[[nodiscard]] Bytes from_hex(std::string_view text);

// RFC 4648 section 4, padded. from_base64 refuses white space, missing padding and non-zero pad bits.
[[nodiscard]] std::string to_base64(ByteView bytes);
[[nodiscard]] Bytes from_base64(std::string_view text);

}  // namespace certstore
