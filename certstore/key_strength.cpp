#include "certstore/key_strength.h"

namespace certstore {
namespace {

constexpr int kLeastBits = 2048;

}  // namespace

std::vector<KeyWeakness> weaknesses_of_key(KeyKind kind, int bits) {
  const bool rsa = kind == KeyKind::rsa || kind == KeyKind::rsa_pss;
  const bool dsa = kind == KeyKind::dsa;
  std::vector<KeyWeakness> found;
  if ((rsa || dsa) && bits < kLeastBits) {
    found.push_back({"short-key", std::string("the ") + (rsa ? "RSA" : "DSA") + " key has " +
                                      std::to_string(bits) + " bits"});
  }
  if (dsa) found.push_back({"dsa", "the key is a DSA key"});
  return found;
}

}  // namespace certstore
