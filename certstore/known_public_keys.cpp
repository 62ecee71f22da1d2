#include "certstore/known_public_keys.h"

#include "certstore/base/error.h"

#include <algorithm>
#include <array>

namespace certstore {
namespace {

constexpr std::array<std::string_view, 1> kKnown = {
    // "vCO Plug-in SDK Archetype": its keystore, with a documented passphrase, is in nine public
    // repositories.
    "f2684c6e9f9e3f023b9ad16b79927dcd05a41e6af42499966bbbdb270c677853",
};

}  // namespace

bool is_known_public_key(const Sha256& public_key) {
  return std::find(kKnown.begin(), kKnown.end(), to_hex(public_key)) != kKnown.end();
}

void require_not_public(const Sha256& public_key, const std::string& owner) {
  if (!is_known_public_key(public_key)) return;
  throw Error(
      ErrorKind::exposed_key,
      "the private key of " + owner + " is known to be public: anyone can sign with it",
      "make a new one with pkgsign init --alias NAME, and stop trusting this one wherever it is trusted");
}

}  // namespace certstore
