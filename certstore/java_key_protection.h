// How Java seals a private key under a passphrase in JKS and JCEKS keystores.
#pragma once

#include "certstore/base/secret.h"

namespace certstore::java {

// The passphrase as Java's characters, big-endian UTF-16; throws Error(passphrase) if it is not UTF-8.
[[nodiscard]] SecretBytes utf16_of(const SecretBytes& passphrase);

// JKS (1.3.6.1.4.1.42.2.17.1.1): XOR with a chain of SHA-1, and a SHA-1 at the end. Empty if that digest
// does not match: another passphrase, or a changed file.
[[nodiscard]] SecretBytes open_jks_key(ByteView sealed, const SecretBytes& passphrase);

struct JceksTerms {
  ByteView salt;         // 8 bytes
  std::uint64_t rounds;  // within limits::kJavaRounds
};
// JCEKS, PBEWithMD5AndTripleDES (1.3.6.1.4.1.42.2.19.1): two halves of the salt, hashed apart, make key and
// IV. Empty if the padding is not that of a plaintext: another passphrase.
[[nodiscard]] SecretBytes open_jceks_key(ByteView sealed, const SecretBytes& passphrase, JceksTerms terms);

}  // namespace certstore::java
