// Project Wycheproof's signatures through our own glue: what OpenSSL would take is not the question, what a
// Certificate says of it is.
#include "tests/unit/certificates.h"
#include "tests/unit/others_data.h"

#include <nlohmann/json.hpp>

#include <boost/test/unit_test.hpp>

#include <fstream>

namespace {

// A certificate for a public key whose private half only the vectors' author has.
certstore::Certificate certificate_for(const std::string& spki_hex) {
  const certstore::Bytes spki = certstore::from_hex(spki_hex);
  const unsigned char* position = spki.data();
  const certstore::openssl::Key key(d2i_PUBKEY(nullptr, &position, static_cast<long>(spki.size())));
  EVP_PKEY* const issuer_key = tests::key_named("Test Signer").openssl();
  const auto issuer = tests::make_self_signed_certificate({});
  return tests::make_certificate({.common_name = "Wycheproof"}, key.get(), &issuer, issuer_key);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wycheproof)

BOOST_AUTO_TEST_CASE(rsa_signatures_are_taken_if_and_only_if_they_are_canonical) {
  const auto folder = tests::others_data("wycheproof");
  if (!folder) return;
  std::ifstream file(*folder / "rsa_signature_2048_sha256_test.json");
  const auto vectors = nlohmann::json::parse(file);
  int checked = 0;
  for (const auto& group : vectors.at("testGroups")) {
    const certstore::Certificate certificate = certificate_for(group.at("publicKeyDer"));
    // A group with e = 3: no signature by such a key proves anything here.
    const bool sound = certificate.key_unsoundness().empty();
    for (const auto& vector : group.at("tests")) {
      const certstore::Sha256 digest =
          certstore::sha256(certstore::from_hex(vector.at("msg").get<std::string>()));
      const bool taken =
          certificate.checks_rsa_signature(certstore::DigestAlgorithm::sha256, digest,
                                           certstore::from_hex(vector.at("sig").get<std::string>()));
      BOOST_TEST(taken == (sound && vector.at("result") == "valid"), "vector " << vector.at("tcId"));
      ++checked;
    }
  }
  BOOST_TEST(checked == vectors.at("numberOfTests").get<int>());
}

BOOST_AUTO_TEST_SUITE_END()
