// Project Wycheproof's signatures through our own glue: what OpenSSL would take is not the question, what a
// Certificate and the one check of signatures say of it is. Every vector of every file counts.
#include "certstore/cms_algorithms.h"
#include "tests/unit/certificates.h"
#include "tests/unit/others_data.h"

#include <nlohmann/json.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <fstream>
#include <set>

namespace {

using certstore::Bytes;
using certstore::Certificate;
using certstore::DigestAlgorithm;
using certstore::cms::Scheme;

struct VectorFile {
  std::string_view name;
  Scheme scheme;
  DigestAlgorithm digest;
  int salt;
};
constexpr std::array<VectorFile, 5> kFiles = {{
    {"ecdsa_secp256r1_sha256_test.json", Scheme::ecdsa, DigestAlgorithm::sha256, 0},
    {"ecdsa_secp384r1_sha512_test.json", Scheme::ecdsa, DigestAlgorithm::sha512, 0},
    {"ed25519_test.json", Scheme::ed25519, DigestAlgorithm::sha512, 0},
    {"rsa_pss_2048_sha256_mgf1_32_test.json", Scheme::rsa_pss, DigestAlgorithm::sha256, 32},
    {"rsa_signature_2048_sha256_test.json", Scheme::rsa_pkcs1, DigestAlgorithm::sha256, 0},
}};

// A certificate for a public key whose private half only the vectors' author has.
Certificate certificate_for(const std::string& spki_hex) {
  const Bytes spki = certstore::from_hex(spki_hex);
  const unsigned char* position = spki.data();
  const certstore::openssl::Key key(d2i_PUBKEY(nullptr, &position, static_cast<long>(spki.size())));
  EVP_PKEY* const issuer_key = tests::key_named("Test Signer").openssl();
  const auto issuer = tests::make_self_signed_certificate({});
  return tests::make_certificate({.common_name = "Wycheproof"}, key.get(), &issuer, issuer_key);
}

bool is_taken(const VectorFile& file, const Certificate& certificate, const nlohmann::json& vector) {
  const Bytes message = certstore::from_hex(vector.at("msg").get<std::string>());
  const Bytes signature = certstore::from_hex(vector.at("sig").get<std::string>());
  const Bytes digest = certstore::digest(file.digest, message);
  const bool taken = certstore::cms::checks(certificate, {file.scheme, file.digest, file.salt},
                                            {file.digest, message, digest}, signature);
  // The raw signatures of the vRO layout have a check of their own, which must say the same.
  if (file.scheme == Scheme::rsa_pkcs1) {
    BOOST_TEST(certificate.checks_rsa_signature(file.digest, digest, signature) == taken);
  }
  return taken;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wycheproof)

BOOST_AUTO_TEST_CASE(every_signature_is_taken_if_and_only_if_it_is_valid) {
  const auto folder = tests::others_data("wycheproof");
  if (!folder) return;
  for (const VectorFile& file : kFiles) {
    std::ifstream stream(*folder / file.name);
    const auto vectors = nlohmann::json::parse(stream);
    int checked = 0;
    for (const auto& group : vectors.at("testGroups")) {
      const Certificate certificate = certificate_for(group.at("publicKeyDer"));
      // A group with e = 3: no signature by such a key proves anything here.
      const bool sound = certificate.key_unsoundness().empty();
      for (const auto& vector : group.at("tests")) {
        const bool wanted = sound && vector.at("result") == "valid";
        BOOST_TEST(is_taken(file, certificate, vector) == wanted,
                   file.name << " vector " << vector.at("tcId") << ": " << vector.at("comment"));
        ++checked;
      }
    }
    BOOST_TEST(checked == vectors.at("numberOfTests").get<int>());
    BOOST_TEST(checked > 80);
  }
}

BOOST_AUTO_TEST_CASE(no_file_of_vectors_is_left_out) {
  const auto folder = tests::others_data("wycheproof");
  if (!folder) return;
  std::set<std::string> known;
  for (const VectorFile& file : kFiles) known.emplace(file.name);
  for (const auto& item : std::filesystem::directory_iterator(*folder)) {
    if (item.path().extension() == ".json")
      BOOST_TEST(known.contains(item.path().filename().string()), item.path());
  }
}

BOOST_AUTO_TEST_SUITE_END()
