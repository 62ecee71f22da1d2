// Keystores of Java, read only: JKS and JCEKS, as the product's own (vmo-server.vmokeystore). Private key
// entries are kept sealed until they are asked for; the formats are Java's own and have no standard.
#pragma once

#include "certstore/base/secret.h"
#include "certstore/base/time.h"

#include <string>
#include <string_view>
#include <vector>

namespace certstore {

struct JavaKeyEntry {
  std::string alias;         // as in the file: modified UTF-8, not escaped
  Bytes sealed_key;          // DER EncryptedPrivateKeyInfo
  std::vector<Bytes> chain;  // DER certificates, its own first
};

struct JavaKeystore {
  std::string_view form;  // "JKS" or "JCEKS"
  std::vector<JavaKeyEntry> keys;
  std::vector<std::string> other_aliases;  // of trusted certificates
};

// Whether the file begins as one of the two.
[[nodiscard]] bool is_java_keystore(ByteView file);

// Returns all entries if and only if the file is whole: its last 20 bytes are SHA-1 over the passphrase and
// all before. Throws Error(passphrase) where they are not (Java itself cannot tell a wrong passphrase from a
// change), Error(key) for another structure, Error(unsupported) for a secret key in it.
[[nodiscard]] JavaKeystore read_java_keystore(ByteView file, std::string_view what,
                                              const SecretBytes& passphrase);

// Returns the private key of the entry as PKCS#8 DER. Throws Error(passphrase) if the passphrase does not
// open it, Error(unsupported) for a protection that is not Java's.
[[nodiscard]] SecretBytes open_java_key(const JavaKeyEntry& entry, std::string_view what,
                                        const SecretBytes& passphrase);

}  // namespace certstore
