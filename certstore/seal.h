// The cryptography of the key store: a random master key, wrapped by a passphrase, and secrets sealed with it
// so that each opens only in the place it was made for. Knows nothing of files.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/secret.h"
#include "certstore/digest.h"

#include <array>
#include <cstdint>
#include <string>

namespace certstore {

// What Argon2id costs: passes over that many bytes of memory.
struct KdfCost {
  std::uint64_t passes = 3;  // libsodium's "moderate"
  std::uint64_t memory = std::uint64_t{256} << 20;
  friend bool operator==(const KdfCost&, const KdfCost&) = default;
};

// Throws Error(usage) unless the cost lies within limits.h. Every use of a cost calls it before Argon2id
// runs.
void require_within_bounds(const KdfCost& cost);
[[nodiscard]] bool within_bounds(const KdfCost& cost);

// The 32 bytes that Argon2id makes of a passphrase at that cost. Throws Error(internal) when there is not
// enough memory for it; the cost must be within bounds.
[[nodiscard]] SecretBytes derive_key(const SecretBytes& passphrase, const std::array<std::uint8_t, 16>& salt,
                                     KdfCost cost);

using StoreId = std::array<std::uint8_t, 16>;

// The random key that seals every secret of one store. Exists only inside locked memory.
class MasterKey {
 public:
  static MasterKey generate();
  // Takes 32 bytes; throws Error(internal) for any other number.
  explicit MasterKey(SecretBytes key);
  [[nodiscard]] const SecretBytes& bytes() const { return key_; }

 private:
  SecretBytes key_;
};

// A master key as it rests on the disk.
struct WrappedKey {
  KdfCost cost;
  std::array<std::uint8_t, 16> salt{};
  Bytes sealed;  // nonce and ciphertext
};

// Wraps with a fresh salt and nonce. Throws Error(usage) for a cost out of bounds, Error(internal) when there
// is not enough memory for it.
[[nodiscard]] WrappedKey wrap(const MasterKey& key, const SecretBytes& passphrase, const StoreId& store,
                              KdfCost cost);
// Throws Error(passphrase) if and only if the passphrase is not the one it was wrapped with or the wrapped
// bytes were changed on purpose (chance damage is found by the record's checksum before), Error(store) for a
// cost out of bounds.
[[nodiscard]] MasterKey unwrap(const WrappedKey& wrapped, const SecretBytes& passphrase,
                               const StoreId& store);

// Where a sealed secret belongs. All of it is bound to the ciphertext, each part with its length in front.
struct SealedPlace {
  StoreId store{};
  std::string kind;  // "identity", "roster"
  std::string name;  // the alias
  Sha256 certificate{};
  std::uint64_t version = 0;
};

// Returns a random nonce (24 bytes) and the ciphertext: XChaCha20-Poly1305-IETF.
[[nodiscard]] Bytes seal(const MasterKey& key, const SealedPlace& place, ByteView secret);
// Throws Error(store) if and only if `sealed` was not made with this key for exactly this place.
[[nodiscard]] SecretBytes unseal(const MasterKey& key, const SealedPlace& place, ByteView sealed);

}  // namespace certstore
