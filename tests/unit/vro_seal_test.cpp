#include "formats/vro_seal.h"

#include "certstore/base/error.h"

#include <boost/test/unit_test.hpp>

using namespace formats;

namespace {

constexpr std::string_view kText =
    "v=1 n=2 sha256=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff serial=1764000000 "
    "signed=2026-11-23T10:00:00Z";

bool refused(std::string text) {
  try {
    (void)parse_seal(text);
    return false;
  } catch (const certstore::Error& error) {
    return error.kind() == certstore::ErrorKind::malformed;
  }
}

std::string with(std::string_view from, std::string_view to) {
  std::string text(kText);
  return text.replace(text.find(from), from.size(), to);
}

certstore::Sha256 filled(std::uint8_t value) {
  certstore::Sha256 digest{};
  digest.fill(value);
  return digest;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(seal)

BOOST_AUTO_TEST_CASE(the_text_is_read_and_written_alike) {
  const VroSeal seal = parse_seal(kText);
  BOOST_TEST(seal.count == 2u);
  BOOST_TEST(seal.serial == 1764000000u);
  BOOST_TEST(certstore::to_hex(seal.digest).substr(0, 8) == "00112233");
  BOOST_TEST(certstore::to_rfc3339(seal.signed_at) == "2026-11-23T10:00:00Z");
  BOOST_TEST(to_text(seal) == kText);
}

BOOST_AUTO_TEST_CASE(another_version_is_refused_and_never_taken_for_none) {
  BOOST_TEST(refused(with("v=1", "v=2")));
  BOOST_TEST(refused(with("v=1", "v=")));
  BOOST_TEST(refused(""));
}

BOOST_AUTO_TEST_CASE(a_second_spelling_is_refused) {
  BOOST_TEST(refused(with("n=2", "n=02")));
  BOOST_TEST(refused(with("n=2", "n=+2")));
  BOOST_TEST(refused(with("n=2", "n=")));
  BOOST_TEST(refused(with("n=2", "n=99999999999999999999")));
  BOOST_TEST(refused(with(" n=2", "  n=2")));
  BOOST_TEST(refused(with("aabb", "AABB")));
  BOOST_TEST(refused(with("0011", "00")));
  BOOST_TEST(refused(with("2026-11-23T10:00:00Z", "2026-11-23")));
  BOOST_TEST(refused(std::string(kText) + " "));
  BOOST_TEST(refused(std::string(kText) + " more=1"));
  BOOST_TEST(refused(std::string(kText) + "\n"));
  BOOST_TEST(refused(" " + std::string(kText)));
  BOOST_TEST(refused(with("serial=1764000000 ", "")));
}

// Computed by sha256sum over the text written by hand:
//   printf 'pkgtrust vRO seal 1\ncom.example\n%s\n%s 3 B\n%s 0 a\n%s 12 b/c d\n' 11... 33... 22... 44...
BOOST_AUTO_TEST_CASE(the_digest_is_that_of_the_documented_text) {
  const certstore::Sha256 digest =
      seal_digest("com.example", filled(0x11),
                  {{"b/c d", 12, filled(0x44)}, {"a", 0, filled(0x22)}, {"B", 3, filled(0x33)}});
  BOOST_TEST(certstore::to_hex(digest) == "d8be197ea11058bfd54f89c987e98a4f9bf27efa34aadf1b6466206a21b5f185");
}

BOOST_AUTO_TEST_CASE(paths_are_sorted_as_bytes) {
  const auto digest = [](std::vector<SealedFile> files) {
    return seal_digest("n", filled(1), std::move(files));
  };
  const SealedFile high{"\xC3\xA4", 1, filled(2)};
  const SealedFile low{"z", 1, filled(3)};
  BOOST_TEST((digest({high, low}) == digest({low, high})));
}

BOOST_AUTO_TEST_CASE(each_part_is_bound) {
  const SealedFile file{"a", 1, filled(2)};
  const certstore::Sha256 whole = seal_digest("n", filled(1), {file});
  BOOST_TEST((whole != seal_digest("m", filled(1), {file})));
  BOOST_TEST((whole != seal_digest("n", filled(9), {file})));
  BOOST_TEST((whole != seal_digest("n", filled(1), {})));
  BOOST_TEST((whole != seal_digest("n", filled(1), {{"b", 1, filled(2)}})));
  BOOST_TEST((whole != seal_digest("n", filled(1), {{"a", 2, filled(2)}})));
  BOOST_TEST((whole != seal_digest("n", filled(1), {{"a", 1, filled(3)}})));
}

BOOST_AUTO_TEST_CASE(a_package_name_cannot_pretend_to_be_lines) {
  BOOST_CHECK_THROW((void)seal_digest("n\nx", filled(1), {}), certstore::Error);
}

BOOST_AUTO_TEST_SUITE_END()
