// Private keys that anyone can download: what they sign, nobody signed.
#pragma once

#include "certstore/digest.h"

#include <string>

namespace certstore {

// Whether it is in the built-in list, by SHA-256 of SubjectPublicKeyInfo: a new certificate does not escape.
[[nodiscard]] bool is_known_public_key(const Sha256& public_key);
// Throws Error(exposed_key) where it is; `owner` is what has the key, quoted.
void require_not_public(const Sha256& public_key, const std::string& owner);

}  // namespace certstore
