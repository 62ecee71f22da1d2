#include "certstore/trust.h"

#include <algorithm>
#include <array>

namespace certstore {
namespace {

// SHA-256 of SubjectPublicKeyInfo, so that a new certificate for the same key does not escape.
constexpr std::array<std::string_view, 1> kKnown = {
    // "vCO Plug-in SDK Archetype": its keystore, with a documented passphrase, is in nine public
    // repositories.
    "f2684c6e9f9e3f023b9ad16b79927dcd05a41e6af42499966bbbdb270c677853",
};

}  // namespace

bool is_known_public_key(const Sha256& public_key) {
  return std::find(kKnown.begin(), kKnown.end(), to_hex(public_key)) != kKnown.end();
}

}  // namespace certstore
