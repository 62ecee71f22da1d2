// Keys that are sound and too weak by our policy, the one list of them.
#pragma once

#include "certstore/certificate.h"

#include <string>
#include <string_view>
#include <vector>

namespace certstore {

struct KeyWeakness {
  std::string_view name;  // as in kWeaknesses: "short-key" or "dsa"
  std::string what;       // "the RSA key has 1024 bits"
};

// RSA and DSA below 2048 bits (NIST SP 800-131A 3), and DSA at any size, which FIPS 186-5 gave up.
[[nodiscard]] std::vector<KeyWeakness> weaknesses_of_key(KeyKind kind, int bits);

}  // namespace certstore
