#include "certstore/seal.h"

#include "certstore/base/error.h"
#include "certstore/base/limits.h"

#include <sodium.h>

#include <optional>
#include <utility>

namespace certstore {
namespace {

constexpr std::size_t kKeySize = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(sizeof(WrappedKey::salt) == crypto_pwhash_SALTBYTES);

// Each part with its length in front, so that no two places make the same bytes.
void append_part(Bytes& out, ByteView part) {
  append_u32(out, static_cast<std::uint32_t>(part.size()));
  append(out, part);
}

void append_number(Bytes& out, std::uint64_t number) {
  Bytes part;
  append_u64(part, number);
  append_part(out, part);
}

Bytes associated(const SealedPlace& place) {
  Bytes out;
  append_part(out, as_bytes("pkgtrust sealed record 1"));
  append_part(out, place.store);
  append_part(out, as_bytes(place.kind));
  append_part(out, as_bytes(place.name));
  append_part(out, place.certificate);
  append_number(out, place.version);
  return out;
}

Bytes associated(const WrappedKey& wrapped, const StoreId& store) {
  Bytes out;
  append_part(out, as_bytes("pkgtrust master key 1"));
  append_part(out, store);
  append_number(out, wrapped.cost.passes);
  append_number(out, wrapped.cost.memory);
  append_part(out, wrapped.salt);
  return out;
}

Bytes encrypt(const SecretBytes& key, ByteView bound, ByteView secret) {
  // 24 random bytes never repeat, so no counter has to survive a restored backup.
  Bytes sealed(kNonceSize + secret.size() + kTagSize);
  randombytes_buf(sealed.data(), kNonceSize);
  unsigned long long written = 0;
  if (crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + kNonceSize, &written, secret.data(),
                                                 secret.size(), bound.data(), bound.size(), nullptr,
                                                 sealed.data(), key.view().data()) != 0 ||
      written != secret.size() + kTagSize) {
    throw Error(ErrorKind::internal, "sealing failed");
  }
  return sealed;
}

// Nothing if it does not match.
std::optional<SecretBytes> decrypt(const SecretBytes& key, ByteView bound, ByteView sealed) {
  if (sealed.size() < kNonceSize + kTagSize || sealed.size() > limits::kStoreRecord) return std::nullopt;
  SecretBytes secret(sealed.size() - kNonceSize - kTagSize);
  unsigned long long written = 0;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          secret.writable().data(), &written, nullptr, sealed.data() + kNonceSize, sealed.size() - kNonceSize,
          bound.data(), bound.size(), sealed.data(), key.view().data()) != 0) {
    return std::nullopt;
  }
  return secret;
}

}  // namespace

bool within_bounds(const KdfCost& cost) {
  return cost.passes >= 1 && cost.passes <= limits::kKdfPassesMost &&
         cost.memory >= limits::kKdfMemoryLeast && cost.memory <= limits::kKdfMemoryMost;
}

SecretBytes derive_key(const SecretBytes& passphrase, const std::array<std::uint8_t, 16>& salt,
                       KdfCost cost) {
  SecretBytes key(kKeySize);
  const ByteView typed = passphrase.view();
  const std::string_view text = as_text(typed);
  // libsodium unmaps the memory that Argon2id worked in before it returns.
  if (crypto_pwhash(key.writable().data(), key.size(), text.data(), text.size(), salt.data(), cost.passes,
                    static_cast<std::size_t>(cost.memory), crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw Error(
        ErrorKind::internal,
        "not enough memory for the passphrase: " + std::to_string(cost.memory >> 20) + " MiB are needed",
        "raise the memory limit of the process (ulimit -v, the container's limit)");
  }
  return key;
}

void require_within_bounds(const KdfCost& cost) {
  if (within_bounds(cost)) return;
  throw Error(ErrorKind::usage,
              "a passphrase cost of " + std::to_string(cost.passes) + " passes over " +
                  std::to_string(cost.memory) + " bytes is out of bounds",
              "1 to " + std::to_string(limits::kKdfPassesMost) + " passes over " +
                  std::to_string(limits::kKdfMemoryLeast >> 20) + " to " +
                  std::to_string(limits::kKdfMemoryMost >> 20) + " MiB");
}

MasterKey MasterKey::generate() {
  SecretBytes key(kKeySize);
  randombytes_buf(key.writable().data(), key.size());
  return MasterKey(std::move(key));
}

MasterKey::MasterKey(SecretBytes key) : key_(std::move(key)) {
  if (key_.size() != kKeySize) throw Error(ErrorKind::internal, "a master key of the wrong size");
}

WrappedKey wrap(const MasterKey& key, const SecretBytes& passphrase, const StoreId& store, KdfCost cost) {
  require_within_bounds(cost);
  WrappedKey wrapped;
  wrapped.cost = cost;
  randombytes_buf(wrapped.salt.data(), wrapped.salt.size());
  wrapped.sealed = encrypt(derive_key(passphrase, wrapped.salt, wrapped.cost), associated(wrapped, store),
                           key.bytes().view());
  return wrapped;
}

MasterKey unwrap(const WrappedKey& wrapped, const SecretBytes& passphrase, const StoreId& store) {
  // The cost comes from the file: a large one would stop the machine, a small one be a gift to whoever
  // guesses.
  if (!within_bounds(wrapped.cost)) {
    throw Error(ErrorKind::store, "the store asks for a passphrase cost that is out of bounds");
  }
  std::optional<SecretBytes> key =
      decrypt(derive_key(passphrase, wrapped.salt, wrapped.cost), associated(wrapped, store), wrapped.sealed);
  if (!key || key->size() != kKeySize) {
    throw Error(
        ErrorKind::passphrase, "the passphrase does not open the store",
        "it is the one that was given to pkgsign init, or since then to passphrase change; nobody can "
        "recover it, but a backup opens with its own");
  }
  return MasterKey(std::move(*key));
}

Bytes seal(const MasterKey& key, const SealedPlace& place, ByteView secret) {
  return encrypt(key.bytes(), associated(place), secret);
}

SecretBytes unseal(const MasterKey& key, const SealedPlace& place, ByteView sealed) {
  std::optional<SecretBytes> secret = decrypt(key.bytes(), associated(place), sealed);
  if (!secret) {
    throw Error(ErrorKind::store,
                "a sealed record of the store does not open: it was changed, moved or put back",
                "put back a copy of the whole store");
  }
  return std::move(*secret);
}

}  // namespace certstore
