// Whether a public key is one with which a signature proves anything.
#pragma once

#include "certstore/certificate.h"

namespace certstore::public_key {

// `key` may be null (a kind that OpenSSL does not know): KeyKind::other.
[[nodiscard]] KeyKind kind_of(const EVP_PKEY* key);
// What is wrong with the key, one sentence; empty if it is sound. RSA: exponent odd and at least 65537
// (1 verifies anything, 3 has a history of forgeries), modulus odd and at most limits::kRsaBits.
[[nodiscard]] std::string unsoundness_of(const EVP_PKEY* key);

}  // namespace certstore::public_key
