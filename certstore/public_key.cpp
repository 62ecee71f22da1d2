#include "certstore/public_key.h"

#include "certstore/base/limits.h"

#include <openssl/core_names.h>

namespace certstore::public_key {
namespace {

openssl::Bignum number(const EVP_PKEY* key, const char* name) {
  BIGNUM* value = nullptr;
  EVP_PKEY_get_bn_param(key, name, &value);
  return openssl::Bignum(value);
}

std::string unsoundness_of_rsa(const EVP_PKEY* key) {
  const openssl::Bignum modulus = number(key, OSSL_PKEY_PARAM_RSA_N);
  const openssl::Bignum exponent = number(key, OSSL_PKEY_PARAM_RSA_E);
  if (!modulus || !exponent) return "the RSA key cannot be read";
  if (BN_is_odd(modulus.get()) != 1) return "the RSA modulus is even";
  if (BN_num_bits(modulus.get()) > limits::kRsaBits) {
    return "the RSA modulus has more than " + std::to_string(limits::kRsaBits) + " bits";
  }
  // Below 512 bits anyone has the private key within a day; nothing signed by it is signed by somebody.
  if (BN_num_bits(modulus.get()) < 512) return "the RSA modulus has fewer than 512 bits";
  if (BN_is_odd(exponent.get()) != 1) return "the RSA exponent is even";
  if (BN_num_bits(exponent.get()) < 17) return "the RSA exponent is below 65537";
  if (BN_num_bits(exponent.get()) > limits::kRsaExponentBits) {
    return "the RSA exponent has more than " + std::to_string(limits::kRsaExponentBits) + " bits";
  }
  return {};
}

}  // namespace

KeyKind kind_of(const EVP_PKEY* key) {
  if (key == nullptr) return KeyKind::other;
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
      return KeyKind::rsa;
    case EVP_PKEY_RSA_PSS:
      return KeyKind::rsa_pss;
    case EVP_PKEY_EC:
      return KeyKind::ec;
    case EVP_PKEY_ED25519:
      return KeyKind::ed25519;
    case EVP_PKEY_DSA:
      return KeyKind::dsa;
  }
  return KeyKind::other;
}

std::string unsoundness_of(const EVP_PKEY* key) {
  switch (kind_of(key)) {
    case KeyKind::rsa:
    case KeyKind::rsa_pss:
      return unsoundness_of_rsa(key);
    case KeyKind::dsa:
      // The check below is a power modulo p: FIPS 186-4 ends at 3072 bits, a stranger at 10,000.
      if (EVP_PKEY_get_bits(key) > limits::kDsaBits) return "the DSA key is too large";
      [[fallthrough]];
    case KeyKind::ec:
    case KeyKind::ed25519: {
      // OpenSSL refuses a point that is not on its curve when it decodes the key; this repeats it for
      // certainty.
      const openssl::KeyContext context(EVP_PKEY_CTX_new(const_cast<EVP_PKEY*>(key), nullptr));
      const bool sound = context && EVP_PKEY_public_check(context.get()) == 1;
      openssl::clear_errors();
      return sound ? "" : "the public key is not a valid point or number of its group";
    }
    case KeyKind::other:
      return "the kind of the public key is unknown";
  }
  return "the kind of the public key is unknown";
}

}  // namespace certstore::public_key
