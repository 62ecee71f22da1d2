// Reads the private key that a person has, with the certificates beside it: PEM (PKCS#8, encrypted PKCS#8,
// traditional), DER, PKCS#12, JKS and JCEKS. The key is of any kind that OpenSSL knows; what the store takes
// is decided by key_file_doctor.h.
#pragma once

#include "certstore/certificate_file.h"
#include "certstore/key.h"

#include <functional>
#include <string>
#include <vector>

namespace certstore {

// The product's own alias in vmo-server.vmokeystore.
inline constexpr std::string_view kProductAlias = "_dunesrsa_alias_";

struct KeyFileRequest {
  std::string name;   // of the file, for messages
  std::string alias;  // which key, where a keystore has several; empty: the only one, or the product's
  std::function<SecretBytes()> passphrase;  // called at most once, and only if something is encrypted
  // Called at most once, and only if the first does not open the key in a keystore that it opened.
  std::function<SecretBytes()> key_passphrase;
};

struct KeyFile {
  std::string name;
  std::string form;  // "PKCS#12", "PEM"
  PrivateKey key;
  std::vector<Certificate> certificates;  // in the file's order
  std::vector<std::string> notes;         // what is unusual, one sentence each
};

// Returns the key. Throws Error(passphrase) where a passphrase does not open it, Error(unsupported) where a
// cipher is not known here, Error(key) where there is no private key (and says what there is), or several.
[[nodiscard]] KeyFile read_key_file(ByteView file, const KeyFileRequest& request);

// Chooses among the aliases of a keystore: the one that is wanted (ASCII letters in any case), the only one,
// or the product's. Throws Error(key) that lists them. Returns its index.
[[nodiscard]] std::size_t choose_alias(const std::vector<std::string>& aliases,
                                       const KeyFileRequest& request);

}  // namespace certstore
