#define BOOST_TEST_MODULE zip_crc32
#include "formats/zip/crc32.h"

#include <zlib.h>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <string_view>

namespace {

using certstore::Bytes;
using certstore::ByteView;
using formats::zip::crc32_of;

Bytes noise(std::size_t size) {
  std::mt19937 random(20);
  Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

std::uint32_t by_zlib(ByteView bytes) {
  return static_cast<std::uint32_t>(::crc32_z(0, bytes.data(), bytes.size()));
}

BOOST_AUTO_TEST_CASE(every_length_and_alignment_gives_what_zlib_gives) {
  const Bytes bytes = noise(1200);
  for (std::size_t begin = 0; begin < 17; ++begin) {
    for (std::size_t size = 1; size <= 1100; ++size) {
      const auto piece = ByteView(bytes).subspan(begin, size);
      BOOST_REQUIRE_EQUAL(crc32_of(piece), by_zlib(piece));
    }
  }
}

BOOST_AUTO_TEST_CASE(pieces_give_what_the_whole_gives) {
  const Bytes bytes = noise(1 << 20);
  std::mt19937 random(21);
  std::uint32_t running = 0;
  for (ByteView rest = bytes; !rest.empty();) {
    const auto piece = rest.first(std::min<std::size_t>(rest.size(), 1 + random() % 50000));
    running = crc32_of(piece, running);
    rest = rest.subspan(piece.size());
  }
  BOOST_TEST(running == by_zlib(bytes));
}

BOOST_AUTO_TEST_CASE(no_bytes_change_nothing) {
  BOOST_TEST(crc32_of({}) == 0u);
  BOOST_TEST(crc32_of({}, 0xCBF43926u) == 0xCBF43926u);
}

// The check value of CRC-32/ISO-HDLC.
BOOST_AUTO_TEST_CASE(the_check_value_of_the_field_comes_out) {
  const std::string_view text = "123456789";
  BOOST_TEST(crc32_of(certstore::as_bytes(text)) == 0xCBF43926u);
}

}  // namespace
