#include "certstore/java_key_protection.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/digest.h"
#include "certstore/openssl.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>

namespace certstore::java {
namespace {

constexpr std::size_t kSha1Size = 20;
constexpr std::size_t kMd5Size = 16;
constexpr std::size_t kSaltSize = 8;
constexpr std::size_t kBlockSize = 8;
constexpr std::size_t kKeySize = 24;

// One code point at the front of UTF-8; its bytes are taken off.
char32_t next_code_point(ByteView& text) {
  const std::uint8_t first = text.front();
  const std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  constexpr std::array<unsigned, 5> kFirstBits = {0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t point = first & kFirstBits.at(size);
  for (std::size_t i = 1; i < size; ++i) point = (point << 6) | (text[i] & 0x3FU);
  text = text.subspan(size);
  return point;
}

// hash(first || second), where a secret goes in: the digest goes to `out`, nowhere else.
void hash_into(EVP_MD_CTX* context, DigestAlgorithm algorithm, ByteView first, ByteView second,
               std::span<std::uint8_t> out) {
  unsigned size = 0;
  openssl::require(EVP_DigestInit_ex(context, evp(algorithm), nullptr), "starting a digest");
  openssl::require(EVP_DigestUpdate(context, first.data(), first.size()), "hashing");
  openssl::require(EVP_DigestUpdate(context, second.data(), second.size()), "hashing");
  openssl::require(EVP_DigestFinal_ex(context, out.data(), &size), "finishing a digest");
}

openssl::DigestContext digest_context() {
  openssl::DigestContext context(EVP_MD_CTX_new());
  if (!context) openssl::throw_error("making a digest context");
  return context;
}

// Java reverses the first half where both are equal, or key and IV would overlap.
std::array<std::uint8_t, kSaltSize> mended_salt(ByteView salt) {
  std::array<std::uint8_t, kSaltSize> bytes{};
  std::ranges::copy(salt, bytes.begin());
  if (std::equal(bytes.begin(), bytes.begin() + 4, bytes.begin() + 4)) {
    std::reverse(bytes.begin(), bytes.begin() + 4);
  }
  return bytes;
}

// Key (24 bytes) and IV (8), 16 from each half of the salt.
SecretBytes jceks_key_and_iv(const SecretBytes& passphrase, JceksTerms terms) {
  const auto salt = mended_salt(terms.salt);
  const auto context = digest_context();
  SecretBytes made(2 * kMd5Size);
  for (std::size_t half = 0; half < 2; ++half) {
    const auto place = made.writable().subspan(half * kMd5Size, kMd5Size);
    hash_into(context.get(), DigestAlgorithm::md5, ByteView(salt).subspan(half * 4, 4), passphrase.view(),
              place);
    for (std::uint64_t i = 1; i < terms.rounds; ++i) {
      hash_into(context.get(), DigestAlgorithm::md5, place, passphrase.view(), place);
    }
  }
  return made;
}

}  // namespace

SecretBytes utf16_of(const SecretBytes& passphrase) {
  const ByteView utf8 = passphrase.view();
  if (!is_utf8(as_text(utf8))) {
    throw Error(ErrorKind::passphrase, "the passphrase is not UTF-8, and Java's keystores are of characters");
  }
  SecretBytes wide(utf8.size() * 2);
  std::size_t size = 0;
  const auto put = [&](char32_t unit) {
    wide.writable()[size++] = static_cast<std::uint8_t>(unit >> 8);
    wide.writable()[size++] = static_cast<std::uint8_t>(unit & 0xFF);
  };
  for (ByteView left = utf8; !left.empty();) {
    const char32_t point = next_code_point(left);
    if (point >= 0x10000) put(0xD800 + ((point - 0x10000) >> 10));
    put(point >= 0x10000 ? 0xDC00 + ((point - 0x10000) & 0x3FF) : point);
  }
  wide.shrink(size);
  return wide;
}

SecretBytes open_jks_key(ByteView sealed, const SecretBytes& passphrase) {
  if (sealed.size() <= 2 * kSha1Size) return {};
  const SecretBytes secret = utf16_of(passphrase);
  const ByteView check = sealed.last(kSha1Size);
  const ByteView hidden = sealed.subspan(kSha1Size, sealed.size() - 2 * kSha1Size);
  const auto context = digest_context();
  SecretBytes stream(kSha1Size);
  std::ranges::copy(sealed.first(kSha1Size), stream.writable().begin());
  SecretBytes plain(hidden.size());
  for (std::size_t i = 0; i < hidden.size(); ++i) {
    if (i % kSha1Size == 0) {
      hash_into(context.get(), DigestAlgorithm::sha1, secret.view(), stream.view(), stream.writable());
    }
    plain.writable()[i] = hidden[i] ^ stream.view()[i % kSha1Size];
  }
  hash_into(context.get(), DigestAlgorithm::sha1, secret.view(), plain.view(), stream.writable());
  if (CRYPTO_memcmp(stream.view().data(), check.data(), kSha1Size) != 0) return {};
  return plain;
}

SecretBytes open_jceks_key(ByteView sealed, const SecretBytes& passphrase, JceksTerms terms) {
  if (terms.salt.size() != kSaltSize || terms.rounds == 0 || terms.rounds > limits::kJavaRounds) {
    throw Error(ErrorKind::unsupported,
                "the keystore wants its passphrase hashed " + std::to_string(terms.rounds) +
                    " times with a salt of " + std::to_string(terms.salt.size()) + " bytes",
                "Java writes 8 bytes and at most " + std::to_string(limits::kJavaRounds) +
                    " times; the file is damaged or hostile");
  }
  if (sealed.empty() || sealed.size() % kBlockSize != 0) return {};
  const SecretBytes made = jceks_key_and_iv(passphrase, terms);
  const openssl::CipherContext context(EVP_CIPHER_CTX_new());
  if (!context) openssl::throw_error("making a cipher context");
  openssl::require(EVP_DecryptInit_ex(context.get(), EVP_des_ede3_cbc(), nullptr, made.view().data(),
                                      made.view().data() + kKeySize),
                   "starting triple DES");
  SecretBytes plain(sealed.size() + kBlockSize);
  int size = 0;
  int rest = 0;
  openssl::require(EVP_DecryptUpdate(context.get(), plain.writable().data(), &size, sealed.data(),
                                     static_cast<int>(sealed.size())),
                   "decrypting a key");
  const bool is_plain = EVP_DecryptFinal_ex(context.get(), plain.writable().data() + size, &rest) == 1;
  openssl::clear_errors();
  if (!is_plain) return {};
  plain.shrink(static_cast<std::size_t>(size) + static_cast<std::size_t>(rest));
  return plain;
}

}  // namespace certstore::java
