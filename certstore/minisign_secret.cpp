#include "certstore/minisign_secret.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/minisign_limits.h"
#include "certstore/minisign_text.h"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace certstore {
namespace {

// The file's second line, in order: "Ed", "Sc" or two zeros, "B2", then these.
constexpr std::string_view kEd = "Ed";
constexpr std::string_view kScrypt = "Sc";
constexpr std::string_view kPlain{"\0\0", 2};
constexpr std::string_view kBlake2b = "B2";
constexpr std::size_t kMarkSize = 2;
constexpr std::size_t kSaltSize = crypto_pwhash_scryptsalsa208sha256_SALTBYTES;
constexpr std::size_t kIdSize = std::tuple_size_v<KeyId>;
constexpr std::size_t kKeySize = crypto_sign_SECRETKEYBYTES;
constexpr std::size_t kCheckSize = crypto_generichash_BYTES;
constexpr std::size_t kHeadSize = 3 * kMarkSize + kSaltSize + 8 + 8;
constexpr std::size_t kSealedSize = kIdSize + kKeySize + kCheckSize;
constexpr std::size_t kFileSize = kHeadSize + kSealedSize;
static_assert(kFileSize == 158);

// signify's own form, with its mark where minisign has the passphrase's.
constexpr std::size_t kSignifySize = 104;
constexpr std::string_view kSignify = "BK";

Error malformed(std::string_view what, const std::string& why) {
  return {ErrorKind::malformed, in_quotes(what) + " " + why};
}

// The base64 line, by libsodium: it may hold a secret, which never stands in ordinary memory.
SecretBytes key_line(ByteView file, std::string_view what) {
  const std::string_view text = as_text(file);
  const std::size_t end = text.find('\n');
  if (file.size() > limits::kMinisignFile || !looks_like_minisign(file) || end == std::string_view::npos) {
    throw malformed(what, "is no key file of minisign: a comment and a line of base64");
  }
  std::string_view line = text.substr(end + 1);
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  SecretBytes bytes(line.size() + 1);
  std::size_t size = 0;
  const char* stop = nullptr;
  if (sodium_base642bin(bytes.writable().data(), bytes.size(), line.data(), line.size(), nullptr, &size,
                        &stop, sodium_base64_VARIANT_ORIGINAL) != 0 ||
      stop != line.data() + line.size()) {
    throw malformed(what, "has a second line that is not base64, or more lines than two");
  }
  bytes.shrink(size);
  return bytes;
}

// Signify's is told from what is simply no key.
void require_form(ByteView bytes, std::string_view what) {
  const std::string_view text = as_text(bytes);
  if (bytes.size() == kSignifySize && text.starts_with(std::string(kEd) + std::string(kSignify))) {
    throw Error(ErrorKind::unsupported, in_quotes(what) + " is a secret key of signify, in a form of its own",
                "only keys of minisign are imported; pkgsign init --key minisign makes one");
  }
  if (bytes.size() != kFileSize || !text.starts_with(kEd)) {
    throw malformed(what, "is no secret key of minisign");
  }
  if (text.substr(2 * kMarkSize, kMarkSize) != kBlake2b) throw malformed(what, "has an unknown checksum");
}

ScryptCost cost_in(ByteView bytes, std::string_view what) {
  ByteReader reader(bytes.subspan(3 * kMarkSize + kSaltSize, 16), what);
  const std::uint64_t operations = reader.u64();
  return {operations, reader.u64()};
}

// Before anything is computed: the file says how much, and anybody can write a file.
void require_within_bounds(const ScryptCost& cost, std::string_view what) {
  if (cost.operations <= limits::kMinisignOperations && cost.memory <= limits::kMinisignMemory &&
      cost.operations >= limits::kMinisignLeastOperations && cost.memory >= limits::kMinisignLeastMemory) {
    return;
  }
  throw Error(ErrorKind::unsupported,
              in_quotes(what) + " asks for " + std::to_string(cost.operations) + " operations and " +
                  std::to_string(cost.memory) + " bytes for its passphrase, which minisign never writes",
              "between " + std::to_string(limits::kMinisignLeastMemory >> 20U) + " and " +
                  std::to_string(limits::kMinisignMemory >> 20U) + " MiB are taken");
}

// Turns the sealed part into the open one, and back.
void mask(std::span<std::uint8_t> sealed, const SecretBytes& passphrase, ByteView salt, ScryptCost cost) {
  SecretBytes stream(sealed.size());
  const auto* const text = reinterpret_cast<const char*>(passphrase.view().data());
  if (crypto_pwhash_scryptsalsa208sha256(stream.writable().data(), stream.size(), text, passphrase.size(),
                                         salt.data(), cost.operations,
                                         static_cast<std::size_t>(cost.memory)) != 0) {
    throw Error(
        ErrorKind::unsupported,
        "there are not the " + std::to_string(cost.memory >> 20U) + " MiB of memory for this passphrase",
        "end other programs, or use a machine with more");
  }
  std::ranges::transform(sealed, stream.view(), sealed.begin(),
                         [](std::uint8_t a, std::uint8_t b) { return static_cast<std::uint8_t>(a ^ b); });
}

// BLAKE2b-256 of "Ed", the id and the key.
std::array<std::uint8_t, kCheckSize> checksum_of(ByteView id_and_key) {
  crypto_generichash_state state;
  std::array<std::uint8_t, kCheckSize> sum{};
  crypto_generichash_init(&state, nullptr, 0, sum.size());
  crypto_generichash_update(&state, as_bytes(kEd).data(), kEd.size());
  crypto_generichash_update(&state, id_and_key.data(), id_and_key.size());
  crypto_generichash_final(&state, sum.data(), sum.size());
  sodium_memzero(&state, sizeof state);
  return sum;
}

PrivateKey private_key_of(ByteView seed) {
  openssl::Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  if (!key) openssl::throw_error("taking an Ed25519 key");
  return PrivateKey::from_openssl(std::move(key));
}

// Id, seed and public key, which must be that of the seed: signing with another would give the seed away.
MinisignSecret secret_of(ByteView open, bool is_encrypted, std::string_view what) {
  KeyId id{};
  std::copy_n(open.begin(), id.size(), id.begin());
  const ByteView pair = open.subspan(kIdSize, kKeySize);
  std::array<std::uint8_t, crypto_sign_PUBLICKEYBYTES> point{};
  SecretBytes again(kKeySize);
  if (crypto_sign_seed_keypair(point.data(), again.writable().data(), pair.data()) != 0 ||
      sodium_memcmp(again.view().data(), pair.data(), kKeySize) != 0) {
    throw malformed(what, "is damaged: its public key is not that of its secret one");
  }
  return {private_key_of(pair.first(crypto_sign_SEEDBYTES)), BareKey::from_ed25519(point, id, what),
          is_encrypted};
}

// minisign 0.11 leaves zeros where nothing is encrypted.
bool is_checksum(ByteView found, ByteView id_and_key, bool is_encrypted) {
  const auto sum = checksum_of(id_and_key);
  if (sodium_memcmp(found.data(), sum.data(), sum.size()) == 0) return true;
  return !is_encrypted && sodium_is_zero(found.data(), found.size()) == 1;
}

SecretBytes seed_of(const PrivateKey& key) {
  SecretBytes seed(crypto_sign_SEEDBYTES);
  std::size_t size = seed.size();
  openssl::require(EVP_PKEY_get_raw_private_key(key.openssl(), seed.writable().data(), &size),
                   "reading an Ed25519 key");
  return seed;
}

}  // namespace

MinisignSecret read_minisign_secret(ByteView file, std::string_view what,
                                    const std::function<SecretBytes()>& passphrase) {
  SecretBytes bytes = key_line(file, what);
  require_form(bytes.view(), what);
  const std::string_view derivation = as_text(bytes.view()).substr(kMarkSize, kMarkSize);
  const bool is_encrypted = derivation == kScrypt;
  if (!is_encrypted && derivation != kPlain) {
    throw Error(ErrorKind::unsupported, in_quotes(what) + " is encrypted in a way that is not known here");
  }
  const std::span<std::uint8_t> open = bytes.writable().subspan(kHeadSize);
  if (is_encrypted) {
    const ScryptCost cost = cost_in(bytes.view(), what);
    require_within_bounds(cost, what);
    mask(open, passphrase(), bytes.view().subspan(3 * kMarkSize, kSaltSize), cost);
  }
  if (!is_checksum(open.last(kCheckSize), open.first(kIdSize + kKeySize), is_encrypted)) {
    if (!is_encrypted) throw malformed(what, "is damaged: its checksum is another");
    throw Error(ErrorKind::passphrase,
                "the passphrase does not open " + in_quotes(what) + ", or the file is damaged");
  }
  return secret_of(open, is_encrypted, what);
}

Bytes to_minisign_secret(const PrivateKey& key, const BareKey& public_key, const SecretBytes& passphrase,
                         ScryptCost cost) {
  if (key.public_key_sha256() != public_key.sha256()) {
    throw Error(ErrorKind::key, "the private key is not that of " + in_quotes(public_key.name()));
  }
  SecretBytes bytes(kFileSize);
  auto place = bytes.writable().begin();
  const auto put = [&](ByteView part) { place = std::ranges::copy(part, place).out; };
  for (const std::string_view mark : {kEd, kScrypt, kBlake2b}) put(as_bytes(mark));
  std::array<std::uint8_t, kSaltSize> salt{};
  randombytes_buf(salt.data(), salt.size());
  put(salt);
  for (std::uint64_t number : {cost.operations, cost.memory}) {
    for (int i = 0; i < 8; ++i, number >>= 8U) *place++ = static_cast<std::uint8_t>(number & 0xFFU);
  }
  put(public_key.id());
  put(seed_of(key).view());
  put(public_key.point());
  const std::span<std::uint8_t> open = bytes.writable().subspan(kHeadSize);
  put(checksum_of(open.first(kIdSize + kKeySize)));
  mask(open, passphrase, salt, cost);
  const std::string text =
      std::string(kUntrustedComment) + "minisign encrypted secret key\n" + to_base64(bytes.view()) + "\n";
  return {text.begin(), text.end()};
}

MinisignSecret make_minisign_key() {
  PrivateKey key = PrivateKey::make("ed25519");
  std::array<std::uint8_t, crypto_sign_PUBLICKEYBYTES> point{};
  std::size_t size = point.size();
  openssl::require(EVP_PKEY_get_raw_public_key(key.openssl(), point.data(), &size), "reading a public key");
  KeyId id{};
  randombytes_buf(id.data(), id.size());
  return {std::move(key), BareKey::from_ed25519(point, id, "the new key"), false};
}

}  // namespace certstore
