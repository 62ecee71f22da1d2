// Whether a public key is one with which a signature proves anything.
#pragma once

#include "certstore/certificate.h"

namespace certstore::public_key {

// `key` may be null (a kind that OpenSSL does not know): KeyKind::other.
[[nodiscard]] KeyKind kind_of(const EVP_PKEY* key);
// What is wrong with the key, one sentence; empty if it is sound. RSA: exponent at least 65537 (1
// verifies anything, 3 has a history of forgeries), modulus at least 512 bits, both odd and bounded
// (limits.h).
[[nodiscard]] std::string unsoundness_of(const EVP_PKEY* key);

}  // namespace certstore::public_key
