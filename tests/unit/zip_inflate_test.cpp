// The Inflater against zlib: the same streams taken, the same bytes out of them, as far into the input.
#define BOOST_TEST_MODULE zip_inflate
#include "formats/zip/inflate.h"

#include <zlib.h>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <random>
#include <string_view>
#include <vector>

namespace {

using certstore::Bytes;
using certstore::ByteView;
using formats::zip::Inflater;

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t bound) {
  return static_cast<std::size_t>(random()) % bound;
}

// What was taken, and what came out.
struct Inflated {
  Bytes output;
  std::size_t taken = 0;
  friend bool operator==(const Inflated&, const Inflated&) = default;
};

// Empty for a stream that is refused or cut short.
std::optional<Inflated> by_zlib(ByteView input) {
  thread_local Bytes piece(1 << 16);
  z_stream zlib{};
  BOOST_REQUIRE_EQUAL(inflateInit2(&zlib, -MAX_WBITS), Z_OK);
  zlib.next_in = const_cast<Bytef*>(input.data());
  zlib.avail_in = static_cast<uInt>(input.size());
  Inflated all;
  int outcome = Z_OK;
  while (outcome == Z_OK) {
    zlib.next_out = piece.data();
    zlib.avail_out = static_cast<uInt>(piece.size());
    outcome = inflate(&zlib, Z_NO_FLUSH);
    certstore::append(all.output, ByteView(piece).first(piece.size() - zlib.avail_out));
  }
  all.taken = input.size() - zlib.avail_in;
  inflateEnd(&zlib);
  return outcome == Z_STREAM_END ? std::optional(all) : std::nullopt;
}

// In pieces of `piece` bytes, as a reader offers them: what was not taken comes again with more behind it.
std::optional<Inflated> by_ours(Inflater& inflater, ByteView input, std::size_t piece) {
  inflater.restart();
  Inflated all;
  std::size_t offered = 0;
  while (offered < input.size()) {
    offered = std::min(input.size(), offered + piece);
    auto state = Inflater::State::has_more;
    while (state == Inflater::State::has_more) {
      const auto step = inflater.step(input.subspan(all.taken, offered - all.taken));
      state = step.state;
      if (state == Inflater::State::damaged) return std::nullopt;
      BOOST_REQUIRE_LE(step.output.size(), Inflater::kPiece);
      certstore::append(all.output, step.output);
      all.taken += step.taken;
    }
    if (state == Inflater::State::finished) return all;
    BOOST_REQUIRE_LT(offered - all.taken, Inflater::kLookAhead);
  }
  return std::nullopt;
}

Bytes content(Random& random, std::size_t size) {
  constexpr std::string_view kLetters = "etaoin shrdlu";
  const std::size_t kind = below(random, 4);
  Bytes bytes(size);
  for (auto& byte : bytes) {
    const auto value = static_cast<std::uint8_t>(random());
    const auto letter = static_cast<std::uint8_t>(kLetters[value % kLetters.size()]);
    byte = kind == 0   ? value
           : kind == 1 ? letter
           : kind == 2 ? static_cast<std::uint8_t>(value % 3)
                       : std::uint8_t{'a'};
  }
  // Something for distances to reach back to.
  for (std::size_t at = 300; at + 50 < size; at += 50 + below(random, 200)) {
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(below(random, at - 50)), 50,
                bytes.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return bytes;
}

// Every kind of block, of any level, some streams with a flush in the middle.
Bytes deflated(Random& random, Bytes plain) {
  constexpr std::array<int, 5> kStrategies = {Z_DEFAULT_STRATEGY, Z_FILTERED, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE};
  constexpr std::array<int, 3> kFlushes = {Z_NO_FLUSH, Z_FULL_FLUSH, Z_BLOCK};
  z_stream zlib{};
  const auto level = static_cast<int>(below(random, 10));
  const auto memory = static_cast<int>(1 + below(random, 9));
  BOOST_REQUIRE_EQUAL(
      deflateInit2(&zlib, level, Z_DEFLATED, -MAX_WBITS, memory, kStrategies.at(below(random, 5))), Z_OK);
  Bytes stream(deflateBound(&zlib, plain.size()) + 4096);
  zlib.next_in = plain.data();
  zlib.next_out = stream.data();
  zlib.avail_out = static_cast<uInt>(stream.size());
  zlib.avail_in = static_cast<uInt>(plain.size() / 2);
  deflate(&zlib, kFlushes.at(below(random, 3)));
  zlib.avail_in += static_cast<uInt>(plain.size() - plain.size() / 2);
  BOOST_REQUIRE_EQUAL(deflate(&zlib, Z_FINISH), Z_STREAM_END);
  stream.resize(zlib.total_out);
  deflateEnd(&zlib);
  return stream;
}

// One to three bytes flipped, replaced, added or cut; half of them near the front, where the codes stand.
Bytes damaged(Random& random, Bytes stream) {
  for (std::size_t times = 1 + below(random, 3); times > 0; --times) {
    const std::size_t bound =
        below(random, 2) == 0 ? stream.size() : std::min<std::size_t>(stream.size(), 80);
    const std::size_t place = below(random, bound);
    switch (below(random, 4)) {
      case 0:
        stream[place] ^= static_cast<std::uint8_t>(1U << below(random, 8));
        break;
      case 1:
        stream[place] = static_cast<std::uint8_t>(random());
        break;
      case 2:
        stream.resize(std::max<std::size_t>(1, place));
        break;
      default:
        stream.insert(stream.begin() + static_cast<std::ptrdiff_t>(place),
                      static_cast<std::uint8_t>(random()));
    }
  }
  return stream;
}

constexpr std::array<std::size_t, 5> kPieces = {1, 7, 100, 5000, 1 << 20};

BOOST_AUTO_TEST_CASE(sound_streams_come_out_as_they_went_in_by_any_pieces) {
  Random random(1);
  Inflater inflater;
  for (int i = 0; i < 300; ++i) {
    const Bytes plain = content(random, 1 + below(random, i % 10 == 0 ? 400000 : 4000));
    Bytes stream = deflated(random, plain);
    const std::size_t size = stream.size();
    stream.resize(size + below(random, 20), 0xA5);  // what is behind it is not taken
    for (const std::size_t piece : kPieces) {
      const auto ours = by_ours(inflater, stream, piece);
      BOOST_REQUIRE(ours.has_value());
      BOOST_REQUIRE(ours->output == plain);
      BOOST_REQUIRE_EQUAL(ours->taken, size);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_million_damaged_streams_are_judged_as_zlib_judges_them) {
  Random random(2);
  Inflater inflater;
  std::vector<Bytes> streams;
  for (int i = 0; i < 200; ++i)
    streams.push_back(deflated(random, content(random, 1 + below(random, i % 3 ? 300 : 2000))));
  std::size_t taken = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    const Bytes stream = damaged(random, streams[below(random, streams.size())]);
    const auto ours = by_ours(inflater, stream, kPieces.at(2 + below(random, 3)));
    const auto theirs = by_zlib(stream);
    if (ours != theirs) BOOST_FAIL("stream " << i << " is judged otherwise: " << certstore::to_hex(stream));
    if (theirs) ++taken;
  }
  // Damage that nothing notices, and damage that is refused: neither must be all there was.
  BOOST_TEST(taken > 100'000u);
  BOOST_TEST(taken < 900'000u);
}

BOOST_AUTO_TEST_CASE(large_damaged_streams_are_judged_as_zlib_judges_them) {
  Random random(3);
  Inflater inflater;
  for (int i = 0; i < 300; ++i) {
    const Bytes stream = damaged(random, deflated(random, content(random, 200000 + below(random, 200000))));
    BOOST_REQUIRE(by_ours(inflater, stream, kPieces.at(2 + below(random, 3))) == by_zlib(stream));
  }
}

}  // namespace
