// Writes a private key for other programs: always encrypted, under a passphrase of its own.
#pragma once

#include "certstore/key.h"

#include <string>
#include <vector>

namespace certstore {

// OWASP's number for PBKDF2 with HMAC-SHA-256 (2023): a third of a second for who knows the passphrase.
inline constexpr int kExportRounds = 600'000;
// Old importers hash with SHA-1 and are slow; Windows and Java before 8 take this many.
inline constexpr int kLegacyExportRounds = 100'000;

// Encrypted PKCS#8 (RFC 5958 3) as PEM: AES-256-CBC, PBKDF2 with HMAC-SHA-256.
[[nodiscard]] Bytes to_encrypted_pem(const PrivateKey& key, const SecretBytes& passphrase);

struct Pkcs12Terms {
  std::string alias;    // the friendly name
  bool legacy = false;  // 3DES, SHA-1 and fewer rounds: all that old importers know
};
// PKCS#12 (RFC 7292) of the key and its certificates, the key's own first. Throws Error(passphrase) for a
// passphrase that others could not type: with a zero byte, or not UTF-8.
[[nodiscard]] Bytes to_pkcs12(const PrivateKey& key, const std::vector<Certificate>& certificates,
                              const SecretBytes& passphrase, const Pkcs12Terms& terms);

}  // namespace certstore
