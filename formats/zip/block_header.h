// Reads the header of one deflate block (RFC 1951 3.2.3 and 3.2.7) for a decoder that is less strict than
// zlib: ISA-L does not ask whether the codes of a block are complete, and a stream that one reader takes and
// another refuses has no single meaning.
#pragma once

#include "certstore/base/bytes.h"

#include <cstdint>

namespace formats::zip {

enum class HeaderVerdict {
  sound,     // zlib takes it too
  refused,   // a kind of block that is not defined, or codes that are over-subscribed or incomplete
  cut_short  // more bytes are needed to tell; no header has more than kLongestHeader
};

// 3 bits, three counts of 14, 19 lengths of 3, and at most 316 lengths of 7 bits and 7 more: in bytes,
// rounded up.
inline constexpr std::size_t kLongestHeader = 564;

struct BlockHeader {
  HeaderVerdict verdict = HeaderVerdict::cut_short;
  bool is_last = false;
};

// The header begins with the lowest of the `count` bits (at most 64) in `bits`, those above are 0, and goes
// on in `bytes`. Nothing is said of what follows it.
[[nodiscard]] BlockHeader read_block_header(std::uint64_t bits, unsigned count, certstore::ByteView bytes);

}  // namespace formats::zip
