// minisign's own secret key file: an Ed25519 key with its id, plain (-W) or under a passphrase by scrypt.
#pragma once

#include "certstore/bare_key.h"
#include "certstore/key.h"

#include <functional>
#include <string>

namespace certstore {

// What deriving a key from the passphrase costs, as libsodium's scryptsalsa208sha256 counts it.
struct ScryptCost {
  std::uint64_t operations = 0;
  std::uint64_t memory = 0;  // bytes
};
// What minisign takes for each new file.
inline constexpr ScryptCost kMinisignCost{std::uint64_t{1} << 25, std::uint64_t{1} << 30};

struct MinisignSecret {
  PrivateKey key;
  BareKey public_key;
  bool is_encrypted = false;
};

// Returns the key; the passphrase is asked for only where the file is encrypted, after its costs were found
// within bounds. Throws Error(malformed) naming `what` for anything else and a damaged file,
// Error(passphrase) where the passphrase does not open it, Error(unsupported) for signify's form and costs
// out of bounds.
[[nodiscard]] MinisignSecret read_minisign_secret(ByteView file, std::string_view what,
                                                  const std::function<SecretBytes()>& passphrase);
// As minisign writes it, always encrypted. Throws Error(key) unless the private key is that of the public
// one, Error(unsupported) where there is not the memory for that cost.
[[nodiscard]] Bytes to_minisign_secret(const PrivateKey& key, const BareKey& public_key,
                                       const SecretBytes& passphrase, ScryptCost cost = kMinisignCost);

// A new key with a new id. Throws Error(internal) where OpenSSL cannot make one.
[[nodiscard]] MinisignSecret make_minisign_key();

}  // namespace certstore
