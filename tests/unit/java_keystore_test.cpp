#include "certstore/java_keystore.h"
#include "certstore/base/error.h"
#include "certstore/base/limits.h"
#include "certstore/digest.h"
#include "certstore/java_key_protection.h"
#include "certstore/key.h"
#include "tests/unit/secrets.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace certstore;
using tests::secret;

namespace {

// Java's DataOutput.
class JavaBytes {
 public:
  JavaBytes& number(std::uint64_t value, int size) {
    for (int i = size - 1; i >= 0; --i) bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return *this;
  }
  JavaBytes& text(std::string_view text) {
    number(text.size(), 2);
    append(bytes_, as_bytes(text));
    return *this;
  }
  // With the digest over passphrase, whitener and all before.
  Bytes sealed(std::string_view passphrase) const {
    Bytes file = bytes_;
    Bytes digested;
    append(digested, java::utf16_of(secret(passphrase)).view());
    append(digested, as_bytes("Mighty Aphrodite"));
    append(digested, file);
    append(file, digest(DigestAlgorithm::sha1, digested));
    return file;
  }

 private:
  Bytes bytes_;
};

JavaBytes header(std::uint64_t version, std::uint64_t count, std::uint64_t magic = 0xFEEDFEED) {
  return JavaBytes().number(magic, 4).number(version, 4).number(count, 4);
}

// How the keystore is refused; empty if it is not.
std::string refusal(const Bytes& file, ErrorKind kind, std::string_view passphrase = "changeit") {
  try {
    static_cast<void>(read_java_keystore(file, "store.jks", secret(passphrase)));
    return {};
  } catch (const Error& error) {
    BOOST_TEST(bool(error.kind() == kind), error.what());
    return error.what();
  }
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_keystore_is_told_by_its_first_four_bytes) {
  BOOST_TEST(is_java_keystore(from_hex("feedfeed")));
  BOOST_TEST(is_java_keystore(from_hex("cececece00")));
  BOOST_TEST(!is_java_keystore(from_hex("feedfe")));
  BOOST_TEST(!is_java_keystore(from_hex("feedface")));
}

BOOST_AUTO_TEST_CASE(an_empty_keystore_opens_with_its_passphrase_alone) {
  for (const std::uint64_t version : {std::uint64_t{1}, std::uint64_t{2}}) {
    const Bytes file = header(version, 0).sealed("changeit");
    const JavaKeystore keystore = read_java_keystore(file, "store.jks", secret("changeit"));
    BOOST_TEST(keystore.keys.empty());
    BOOST_TEST(keystore.form == "JKS");
    BOOST_TEST(holds(refusal(file, ErrorKind::passphrase, "changeme"), "does not open the keystore"));
  }
  BOOST_TEST(read_java_keystore(header(2, 0, 0xCECECECE).sealed("x"), "s", secret("x")).form == "JCEKS");
}

BOOST_AUTO_TEST_CASE(any_changed_byte_is_noticed) {
  const Bytes file = header(2, 1).number(2, 4).text("ca").number(0, 8).text("X.509").number(0, 4).sealed("p");
  BOOST_TEST(read_java_keystore(file, "s", secret("p")).other_aliases.at(0) == "ca");
  for (std::size_t i = 4; i < file.size(); ++i) {
    Bytes changed = file;
    changed[i] ^= 1;
    BOOST_TEST(!refusal(changed, ErrorKind::passphrase, "p").empty());
  }
}

BOOST_AUTO_TEST_CASE(a_keystore_cut_anywhere_is_refused) {
  const Bytes file = header(2, 0).sealed("p");
  for (std::size_t size = 0; size < file.size(); ++size) {
    const Bytes cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
    BOOST_CHECK_THROW(static_cast<void>(read_java_keystore(cut, "s", secret("p"))), Error);
  }
}

BOOST_AUTO_TEST_CASE(structures_that_java_does_not_write_are_refused) {
  const auto entry = [](std::uint64_t tag) { return header(2, 1).number(tag, 4).text("a").number(0, 8); };
  BOOST_TEST(holds(refusal(header(3, 0).sealed("changeit"), ErrorKind::unsupported), "version 3"));
  BOOST_TEST(holds(refusal(header(2, 1 << 30).sealed("changeit"), ErrorKind::key), "entries"));
  BOOST_TEST(holds(refusal(header(2, 1).sealed("changeit"), ErrorKind::key), "store.jks"));
  BOOST_TEST(holds(refusal(header(2, 0).number(0, 1).sealed("changeit"), ErrorKind::key), "after its last"));
  BOOST_TEST(holds(refusal(entry(4).sealed("changeit"), ErrorKind::key), "unknown kind"));
  BOOST_TEST(holds(refusal(entry(3).sealed("changeit"), ErrorKind::unsupported), "secret key"));
  BOOST_TEST(holds(refusal(entry(1).number(0xFFFFFFFF, 4).sealed("changeit"), ErrorKind::key), "too large"));
  BOOST_TEST(holds(refusal(entry(1).number(0, 4).number(0xFFFFFFFF, 4).sealed("changeit"), ErrorKind::key),
                   "too long"));
  BOOST_TEST(holds(refusal(entry(2).text("PGP").sealed("changeit"), ErrorKind::unsupported), "not X.509"));
}

BOOST_AUTO_TEST_CASE(a_passphrase_is_javas_utf16) {
  BOOST_TEST(to_hex(java::utf16_of(secret("a\u00FC\u20AC\U0001F511")).view()) == "006100fc20acd83ddd11");
  BOOST_CHECK_THROW(static_cast<void>(java::utf16_of(secret("\xFF"))), Error);
}

BOOST_AUTO_TEST_CASE(a_jks_key_opens_and_a_changed_one_does_not) {
  // XOR with SHA-1(passphrase || salt), SHA-1(passphrase || that), ..., then SHA-1(passphrase || plain text).
  const SecretBytes wide = java::utf16_of(secret("open sesame"));
  const Bytes salt(20, 7);
  const std::string_view plain = "a private key that is longer than one digest";
  Bytes sealed = salt;
  Bytes stream = salt;
  const auto hashed = [&](ByteView second) {
    Bytes text;
    append(text, wide.view());
    append(text, second);
    return digest(DigestAlgorithm::sha1, text);
  };
  for (std::size_t i = 0; i < plain.size(); ++i) {
    if (i % 20 == 0) stream = hashed(stream);
    sealed.push_back(static_cast<std::uint8_t>(as_bytes(plain)[i] ^ stream[i % 20]));
  }
  append(sealed, hashed(as_bytes(plain)));
  BOOST_TEST(as_text(java::open_jks_key(sealed, secret("open sesame")).view()) == plain);
  BOOST_TEST(java::open_jks_key(sealed, secret("open sesamf")).empty());
  sealed[25] ^= 1;
  BOOST_TEST(java::open_jks_key(sealed, secret("open sesame")).empty());
  BOOST_TEST(java::open_jks_key(ByteView(sealed).first(40), secret("open sesame")).empty());
}

BOOST_AUTO_TEST_CASE(jceks_keys_open_as_java_sealed_them) {
  // Made by PBEWithMD5AndTripleDES of JDK 17, 20 rounds; the second salt has equal halves.
  const Bytes salt = from_hex("0102030405060708");
  const Bytes twice = from_hex("0102030401020304");
  BOOST_TEST(as_text(java::open_jceks_key(from_hex("5420e951b7045a7d7dc4df0ead1220f8"), secret("open sesame"),
                                          {salt, 20})
                         .view()) == "a private key");
  BOOST_TEST(as_text(java::open_jceks_key(from_hex("97980a898d3c1ac134dbd93a79bdb0f7"), secret("open sesame"),
                                          {twice, 20})
                         .view()) == "a private key");
  BOOST_TEST(
      java::open_jceks_key(from_hex("5420e951b7045a7d7dc4df0ead1220f8"), secret("open sesamf"), {salt, 20})
          .empty());
}

BOOST_AUTO_TEST_CASE(jceks_terms_are_bounded) {
  const Bytes salt(8, 1);
  const Bytes sealed(16, 0);
  for (const std::uint64_t rounds : {std::uint64_t{0}, limits::kJavaRounds + 1, ~std::uint64_t{0}}) {
    BOOST_CHECK_THROW(static_cast<void>(java::open_jceks_key(sealed, secret("p"), {salt, rounds})), Error);
  }
  BOOST_CHECK_THROW(static_cast<void>(java::open_jceks_key(sealed, secret("p"), {Bytes(7, 1), 1})), Error);
  BOOST_TEST(java::open_jceks_key(ByteView(sealed).first(15), secret("p"), {salt, 1}).empty());
}

BOOST_AUTO_TEST_CASE(a_protection_that_is_not_javas_is_named) {
  // EncryptedPrivateKeyInfo with algorithm 1.2.3.
  const JavaKeyEntry entry{.alias = "a", .sealed_key = from_hex("300c300606022a0305000402abcd"), .chain = {}};
  try {
    static_cast<void>(open_java_key(entry, "s", secret("p")));
    BOOST_FAIL("an unknown protection was opened");
  } catch (const Error& error) {
    BOOST_TEST(bool(error.kind() == ErrorKind::unsupported), error.what());
    BOOST_TEST(holds(error.what(), "1.2.3"));
  }
}
