#include "formats/zip/block_header.h"

#include <array>
#include <span>

namespace formats::zip {
namespace {

using Lengths = std::span<const std::uint8_t>;

constexpr unsigned kDynamic = 2;
constexpr unsigned kUndefined = 3;
constexpr unsigned kMostLiterals = 286;  // zlib: the two above stand for nothing
constexpr unsigned kMostDistances = 30;
constexpr std::size_t kEndOfBlock = 256;
constexpr unsigned kLongestCode = 15;
constexpr unsigned kLongestLengthCode = 7;

// RFC 1951 3.2.7: the order in which the lengths of the code of lengths come.
constexpr std::array<std::uint8_t, 19> kOrder = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                 11, 4,  12, 3, 13, 2, 14, 1, 15};

class BitReader {
 public:
  BitReader(std::uint64_t bits, unsigned count, certstore::ByteView bytes)
      : bits_(bits), count_(count), bytes_(bytes) {}
  // Whether `wanted` bits are there, at most 32.
  bool has(unsigned wanted) {
    while (count_ < wanted && next_ < bytes_.size()) {
      bits_ |= std::uint64_t{bytes_[next_++]} << count_;
      count_ += 8;
    }
    return count_ >= wanted;
  }
  // The next bits, of which has() spoke; those that are not there are 0.
  [[nodiscard]] unsigned peek(unsigned wanted) const {
    return static_cast<unsigned>(bits_ & ((std::uint64_t{1} << wanted) - 1));
  }
  void skip(unsigned taken) {
    bits_ >>= taken;
    count_ -= taken;
  }
  unsigned take(unsigned wanted) {
    const unsigned value = peek(wanted);
    skip(wanted);
    return value;
  }

 private:
  std::uint64_t bits_;
  unsigned count_;
  certstore::ByteView bytes_;
  std::size_t next_ = 0;
};

// How many codes there are of each length, and what that makes of the set.
struct CodeSet {
  enum class Kind { over_subscribed, incomplete, complete };
  std::array<std::uint16_t, kLongestCode + 1> of_length{};
  Kind kind = Kind::complete;
  unsigned longest = 0;

  explicit CodeSet(Lengths lengths) {
    for (const std::uint8_t length : lengths) ++of_length.at(length);
    int left = 1;
    for (unsigned length = 1; length <= kLongestCode; ++length) {
      left = 2 * left - of_length.at(length);
      if (left < 0) {
        kind = Kind::over_subscribed;
        return;
      }
      if (of_length.at(length) != 0) longest = length;
    }
    if (left > 0) kind = Kind::incomplete;
  }
  // zlib takes an incomplete set of a single code of one bit, and for distances none at all.
  [[nodiscard]] bool serves(unsigned longest_if_incomplete) const {
    return kind == Kind::complete || (kind == Kind::incomplete && longest <= longest_if_incomplete);
  }
};

// The code in which the lengths of the other two are written: symbol and length by the next seven bits.
class LengthCode {
 public:
  struct Symbol {
    std::uint8_t value = 0;
    std::uint8_t length = 0;
  };
  // `set` is that of `lengths`, and complete, so that every place of the table is filled.
  LengthCode(Lengths lengths, const CodeSet& set) {
    std::array<unsigned, kLongestLengthCode + 1> next{};
    unsigned code = 0;
    for (unsigned length = 1; length <= kLongestLengthCode; ++length) {
      next.at(length) = code;
      code = (code + set.of_length.at(length)) << 1;
    }
    for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
      const std::uint8_t length = lengths[symbol];
      if (length == 0) continue;
      const unsigned step = 1U << length;
      for (unsigned place = reversed(next.at(length)++, length); place < table_.size(); place += step) {
        table_.at(place) = {static_cast<std::uint8_t>(symbol), length};
      }
    }
  }
  [[nodiscard]] Symbol at(unsigned bits) const { return table_.at(bits); }

 private:
  static unsigned reversed(unsigned code, unsigned length) {
    unsigned turned = 0;
    for (unsigned i = 0; i < length; ++i) turned |= ((code >> i) & 1U) << (length - 1 - i);
    return turned;
  }
  std::array<Symbol, 1U << kLongestLengthCode> table_{};
};

// RFC 1951 3.2.7: 16 repeats the length before, 17 and 18 repeat zero.
struct Repeat {
  unsigned bits;
  unsigned least;
};
constexpr std::array<Repeat, 3> kRepeats = {{{2, 3}, {3, 3}, {7, 11}}};

HeaderVerdict read_lengths(BitReader& reader, const LengthCode& code, std::span<std::uint8_t> lengths) {
  std::size_t filled = 0;
  while (filled < lengths.size()) {
    const bool whole = reader.has(kLongestLengthCode);
    const LengthCode::Symbol symbol = code.at(reader.peek(kLongestLengthCode));
    if (!whole && !reader.has(symbol.length)) return HeaderVerdict::cut_short;
    reader.skip(symbol.length);
    if (symbol.value < 16) {
      lengths[filled++] = symbol.value;
      continue;
    }
    if (symbol.value == 16 && filled == 0) return HeaderVerdict::refused;
    const Repeat repeat = kRepeats.at(symbol.value - 16U);
    if (!reader.has(repeat.bits)) return HeaderVerdict::cut_short;
    const std::size_t times = repeat.least + reader.take(repeat.bits);
    if (times > lengths.size() - filled) return HeaderVerdict::refused;
    const std::uint8_t value = symbol.value == 16 ? lengths[filled - 1] : std::uint8_t{0};
    for (const std::size_t end = filled + times; filled < end; ++filled) lengths[filled] = value;
  }
  return HeaderVerdict::sound;
}

HeaderVerdict read_codes(BitReader& reader) {
  if (!reader.has(14)) return HeaderVerdict::cut_short;
  const unsigned literals = 257 + reader.take(5);
  const unsigned distances = 1 + reader.take(5);
  const unsigned written = 4 + reader.take(4);
  if (literals > kMostLiterals || distances > kMostDistances) return HeaderVerdict::refused;

  std::array<std::uint8_t, kOrder.size()> of_code{};
  for (unsigned i = 0; i < written; ++i) {
    if (!reader.has(3)) return HeaderVerdict::cut_short;
    of_code.at(kOrder.at(i)) = static_cast<std::uint8_t>(reader.take(3));
  }
  const CodeSet set(of_code);
  if (set.kind != CodeSet::Kind::complete) return HeaderVerdict::refused;

  std::array<std::uint8_t, kMostLiterals + kMostDistances> all{};
  const auto lengths = std::span(all).first(literals + distances);
  const HeaderVerdict verdict = read_lengths(reader, LengthCode(of_code, set), lengths);
  if (verdict != HeaderVerdict::sound) return verdict;
  const bool sound = lengths[kEndOfBlock] != 0 && CodeSet(lengths.first(literals)).serves(1) &&
                     CodeSet(lengths.subspan(literals)).serves(1);
  return sound ? HeaderVerdict::sound : HeaderVerdict::refused;
}

}  // namespace

BlockHeader read_block_header(std::uint64_t bits, unsigned count, certstore::ByteView bytes) {
  BitReader reader(bits, count, bytes);
  if (!reader.has(3)) return {};
  const bool is_last = reader.take(1) == 1;
  const unsigned kind = reader.take(2);
  if (kind == kUndefined) return {HeaderVerdict::refused, is_last};
  return {kind == kDynamic ? read_codes(reader) : HeaderVerdict::sound, is_last};
}

}  // namespace formats::zip
