// Certificates of strangers that cost more than they say, or say what cannot be read.
#include "certstore/base/error.h"
#include "certstore/base/limits.h"
#include "tests/unit/certificates.h"

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <utility>

using namespace certstore;

namespace {

// Any odd number of that size serves: nobody proves that it is a modulus.
openssl::Bignum odd_number(int bits) {
  openssl::Bignum number(BN_new());
  BOOST_REQUIRE(BN_rand(number.get(), bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD) == 1);
  return number;
}

openssl::Key public_key(const char* kind,
                        std::initializer_list<std::pair<const char*, const openssl::Bignum*>> numbers) {
  std::vector<Bytes> held;
  std::vector<OSSL_PARAM> parameters;
  for (const auto& [name, number] : numbers) {
    Bytes& bytes = held.emplace_back(static_cast<std::size_t>(BN_num_bytes(number->get())));
    BN_bn2nativepad(number->get(), bytes.data(), static_cast<int>(bytes.size()));
    parameters.push_back(OSSL_PARAM_construct_BN(name, bytes.data(), bytes.size()));
  }
  parameters.push_back(OSSL_PARAM_construct_end());
  const openssl::KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* made = nullptr;
  BOOST_REQUIRE(EVP_PKEY_fromdata_init(context.get()) == 1);
  BOOST_REQUIRE(EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.data()) == 1);
  return openssl::Key(made);
}

// Issued by a sound key: only the key inside is a stranger's.
std::string unsoundness(EVP_PKEY* key) {
  const Certificate issuer = tests::make_self_signed_certificate({});
  return tests::make_certificate({.common_name = "Stranger"}, key, &issuer,
                                 tests::key_named("Test Signer").openssl())
      .key_unsoundness();
}

std::string unsoundness_of_rsa(int modulus_bits, int exponent_bits) {
  const openssl::Bignum n = odd_number(modulus_bits);
  const openssl::Bignum e = odd_number(exponent_bits);
  return unsoundness(public_key("RSA", {{"n", &n}, {"e", &e}}).get());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(certificate_bounds)

BOOST_AUTO_TEST_CASE(an_rsa_key_may_be_as_large_as_its_bound_and_no_larger) {
  BOOST_TEST(unsoundness_of_rsa(limits::kRsaBits, 17) == "");
  BOOST_TEST(unsoundness_of_rsa(limits::kRsaBits + 8, 17) == "the RSA modulus has more than 16384 bits");
}

BOOST_AUTO_TEST_CASE(an_rsa_exponent_may_be_as_large_as_its_bound_and_no_larger) {
  BOOST_TEST(unsoundness_of_rsa(2048, limits::kRsaExponentBits) == "");
  BOOST_TEST(unsoundness_of_rsa(2048, limits::kRsaExponentBits + 1) ==
             "the RSA exponent has more than 32 bits");
}

BOOST_AUTO_TEST_CASE(a_dsa_key_beyond_its_bound_is_not_even_checked) {
  const openssl::Bignum p = odd_number(limits::kDsaBits + 8);
  const openssl::Bignum q = odd_number(256);
  const openssl::Bignum g = odd_number(2048);
  const openssl::Bignum pub = odd_number(2048);
  BOOST_TEST(unsoundness(public_key("DSA", {{"p", &p}, {"q", &q}, {"g", &g}, {"pub", &pub}}).get()) ==
             "the DSA key is too large");
}

BOOST_AUTO_TEST_CASE(a_name_that_is_not_utf8_is_malformed_and_no_bug_of_ours) {
  const Certificate plain = tests::make_self_signed_certificate({.common_name = "Four"});
  const std::string_view name = "Four";
  Bytes der = plain.der();
  // A UTF8String of the same length that is not UTF-8, in issuer and subject.
  for (int place = 0; place < 2; ++place) {
    const auto found = std::search(der.begin(), der.end(), name.begin(), name.end());
    BOOST_REQUIRE(found != der.end());
    std::fill_n(found, name.size(), std::uint8_t{0xFF});
  }
  BOOST_CHECK_EXCEPTION(static_cast<void>(Certificate::from_der(der, "stranger.cer")), Error,
                        [](const Error& error) { return error.kind() == ErrorKind::malformed; });
}

BOOST_AUTO_TEST_SUITE_END()
