#include "certstore/minisign_secret.h"
#include "certstore/base/error.h"
#include "certstore/minisign_text.h"
#include "certstore/raw_signature.h"
#include "tests/unit/secrets.h"

#include <boost/test/unit_test.hpp>

#include <optional>

namespace {

using namespace certstore;
using tests::secret;

// By minisign 0.11 -G -W, and its public key; a key that signs nothing.
const std::string kPlain =
    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAArZiJpxaifrWhEktj9VU3YORtOZ7mdzJg"
    "oZHKD/"
    "lEmf9qDDM2CRyZC8VKRJW4BtXHuRo7aCq0lN3x8kPCRfH4FpjQ5SkHwO77AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const std::string kPublic = "RWStmImnFqJ+tcVKRJW4BtXHuRo7aCq0lN3x8kPCRfH4FpjQ5SkHwO77";
// By signify -G -n.
const std::string kSignify =
    "RWRCSwAAAAB9vDFLsxgz60LZhr54LbOPUy42Euvs2Z1EH23TDfFQJj1Dd5WHdJ0FLynfl8Y1bYkiFke5mBNk2VXYuoDyxIP+"
    "2xgnjsDhQD23bumC+Q/Q2g5WRk4pKgb07/yPVU+rnF8=";

// Where the parts of the second line begin.
constexpr std::size_t kOperations = 38;
constexpr std::size_t kMemory = 46;
constexpr std::size_t kSealed = 54;
constexpr std::size_t kSeed = 62;
constexpr std::size_t kPoint = 94;
constexpr std::size_t kChecksum = 126;

// libsodium's least but for operations: quick, and within the bounds.
constexpr ScryptCost kQuick{std::uint64_t{1} << 15, std::uint64_t{1} << 24};

Bytes file_of(const std::string& line, const std::string& end = "\n") {
  const std::string text = "untrusted comment: minisign encrypted secret key" + end + line + end;
  return {text.begin(), text.end()};
}

Bytes file_of(const Bytes& bytes) {
  return file_of(to_base64(bytes));
}

Bytes line_of(const Bytes& file) {
  const std::string_view text = as_text(file);
  const std::size_t begin = text.find('\n') + 1;
  return from_base64(text.substr(begin, text.size() - begin - 1));
}

MinisignSecret read(const Bytes& file, const std::string& passphrase = "") {
  return read_minisign_secret(file, "k", [&] { return secret(passphrase); });
}

std::optional<ErrorKind> refusal(const Bytes& file, const std::string& passphrase = "") {
  try {
    static_cast<void>(read(file, passphrase));
  } catch (const Error& error) {
    return error.kind();
  }
  return std::nullopt;
}

struct Start {
  Start() { protect_secrets("test"); }
};

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(Start);

BOOST_AUTO_TEST_SUITE(minisign_secret)

BOOST_AUTO_TEST_CASE(a_plain_file_of_minisign_is_read) {
  for (const std::string& end : {std::string("\n"), std::string("\r\n")}) {
    const MinisignSecret found = read(file_of(kPlain, end));
    BOOST_TEST(!found.is_encrypted);
    BOOST_TEST(to_minisign_public_key(found.public_key) ==
               "untrusted comment: minisign public key B57EA216A78998AD\n" + kPublic + "\n");
    const Bytes message = {1, 2, 3};
    BOOST_TEST(found.public_key.checks(message, sign_message(found.key, message)));
  }
}

BOOST_AUTO_TEST_CASE(what_is_written_opens_with_its_passphrase_and_no_other) {
  const MinisignSecret made = make_minisign_key();
  const Bytes file = to_minisign_secret(made.key, made.public_key, secret("open sesame"), kQuick);
  const MinisignSecret found = read(file, "open sesame");
  BOOST_TEST(found.is_encrypted);
  BOOST_TEST((found.public_key == made.public_key));
  BOOST_TEST((found.public_key.id() == made.public_key.id()));
  BOOST_TEST((found.key.to_pkcs8().equals(made.key.to_pkcs8())));
  BOOST_TEST((refusal(file, "open sesam") == ErrorKind::passphrase));
  BOOST_TEST((refusal(file) == ErrorKind::passphrase));
}

BOOST_AUTO_TEST_CASE(a_private_key_is_not_written_with_another_s_public_one) {
  const MinisignSecret one = make_minisign_key();
  const MinisignSecret other = make_minisign_key();
  BOOST_CHECK_THROW(to_minisign_secret(one.key, other.public_key, secret("x"), kQuick), Error);
}

BOOST_AUTO_TEST_CASE(a_changed_byte_of_an_encrypted_file_is_noticed) {
  const MinisignSecret made = make_minisign_key();
  const Bytes line = line_of(to_minisign_secret(made.key, made.public_key, secret("x"), kQuick));
  BOOST_REQUIRE(!refusal(file_of(line), "x"));
  for (std::size_t place = 0; place < line.size(); place += place < 6 ? 1 : 7) {
    // Of two costs, one may not count for the result.
    if (place >= kOperations && place < kSealed) continue;
    Bytes changed = line;
    changed[place] ^= 1;
    BOOST_TEST_CONTEXT("byte " << place) {
      BOOST_TEST(refusal(file_of(changed), "x").has_value());
    }
  }
}

BOOST_AUTO_TEST_CASE(costs_out_of_bounds_are_refused_before_the_passphrase_is_asked_for) {
  const MinisignSecret made = make_minisign_key();
  const Bytes line = line_of(to_minisign_secret(made.key, made.public_key, secret("x"), kQuick));
  const auto with = [&](std::size_t place, std::uint64_t number) {
    Bytes changed = line;
    for (std::size_t i = 0; i < 8; ++i, number >>= 8U) changed[place + i] = static_cast<std::uint8_t>(number);
    return file_of(changed);
  };
  const std::uint64_t one = 1;
  for (const Bytes& file :
       {with(kOperations, (one << 25) + 1), with(kOperations, ~std::uint64_t{}), with(kOperations, 0),
        with(kMemory, (one << 30) + 1), with(kMemory, ~std::uint64_t{}), with(kMemory, (one << 24) - 1)}) {
    bool asked = false;
    const auto ask = [&] {
      asked = true;
      return secret("x");
    };
    BOOST_CHECK_EXCEPTION(static_cast<void>(read_minisign_secret(file, "k", ask)), Error,
                          [](const Error& error) { return error.kind() == ErrorKind::unsupported; });
    BOOST_TEST(!asked);
  }
}

BOOST_AUTO_TEST_CASE(a_plain_file_whose_parts_do_not_fit_is_refused) {
  const Bytes line = from_base64(kPlain);
  for (const std::size_t place : {kSeed, kSeed + 31, kPoint, kPoint + 31, kChecksum}) {
    Bytes changed = line;
    changed[place] ^= 1;
    BOOST_TEST_CONTEXT("byte " << place) {
      BOOST_TEST((refusal(file_of(changed)) == ErrorKind::malformed));
    }
  }
  // The id is a name: in a file without checksum nothing speaks against another.
  Bytes renamed = line;
  renamed[kSealed] ^= 1;
  BOOST_TEST(!refusal(file_of(renamed)).has_value());
}

BOOST_AUTO_TEST_CASE(other_files_are_refused_for_what_they_are) {
  BOOST_TEST((refusal(file_of(kSignify)) == ErrorKind::unsupported));
  BOOST_TEST((refusal(file_of(kPublic)) == ErrorKind::malformed));
  Bytes line = from_base64(kPlain);
  line[2] = 'X';
  BOOST_TEST((refusal(file_of(line)) == ErrorKind::unsupported));
  line = from_base64(kPlain);
  line[4] = 'X';
  BOOST_TEST((refusal(file_of(line)) == ErrorKind::malformed));
  line = from_base64(kPlain);
  line.push_back(0);
  BOOST_TEST((refusal(file_of(line)) == ErrorKind::malformed));
  const Bytes good = file_of(kPlain);
  for (const std::string& text : {std::string(), std::string("untrusted comment: x"), kPlain + "\n",
                                  std::string(as_text(good)) + "more\n", std::string(as_text(good)) + "\n",
                                  "untrusted comment: x\n " + kPlain + "\n"}) {
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST((refusal({text.begin(), text.end()}) == ErrorKind::malformed));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
