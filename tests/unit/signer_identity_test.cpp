#include "certstore/signer_identity.h"

#include "certstore/base/error.h"
#include "certstore/key.h"
#include "certstore/record_match.h"
#include "tests/unit/trust_cases.h"

#include <boost/test/unit_test.hpp>

#include <sodium.h>

namespace {

using namespace certstore;
using tests::kNow;

struct Pair {
  Bytes point = Bytes(crypto_sign_PUBLICKEYBYTES);
  SecretBytes secret{crypto_sign_SECRETKEYBYTES};
  Pair() { crypto_sign_keypair(point.data(), secret.writable().data()); }
};

constexpr KeyId kId = {0x1f, 0xe8, 0xb4, 0x42, 0x18, 0x0f, 0x62, 0xe7};

TrustDecision decided(const SignerIdentity& identity, TrustPolicy policy) {
  SignerEvidence evidence{.identity = identity};
  evidence.digests = {DigestAlgorithm::sha512};
  return decide(evidence, policy);
}

BOOST_AUTO_TEST_SUITE(signer_identity)

BOOST_AUTO_TEST_CASE(a_key_id_reads_as_minisign_prints_it) {
  BOOST_TEST(to_text(kId) == "E7620F1842B4E81F");
  BOOST_TEST(BareKey::from_ed25519(Pair().point, kId, "k").name() == "Ed25519 key E7620F1842B4E81F");
}

BOOST_AUTO_TEST_CASE(the_key_id_is_no_part_of_who_a_key_is) {
  const Pair pair;
  const BareKey key = BareKey::from_ed25519(pair.point, kId, "k");
  const BareKey renamed = BareKey::from_ed25519(pair.point, {}, "k");
  const BareKey other = BareKey::from_ed25519(Pair().point, kId, "k");
  BOOST_CHECK(SignerIdentity(key) == SignerIdentity(renamed));
  BOOST_CHECK(!(SignerIdentity(key) == SignerIdentity(other)));
}

BOOST_AUTO_TEST_CASE(the_fingerprint_is_that_of_the_public_key_information) {
  const Pair pair;
  const BareKey key = BareKey::from_ed25519(pair.point, kId, "k");
  BOOST_CHECK(key.sha256() == sha256(key.spki()));
  BOOST_CHECK(BareKey::from_spki(key.spki(), kId, "k") == key);
  BOOST_CHECK_THROW(BareKey::from_spki(pair.point, kId, "k"), Error);
}

BOOST_AUTO_TEST_CASE(a_point_that_proves_nothing_is_no_key) {
  Bytes neutral(32, 0);
  neutral[0] = 1;  // every signature of a certain form verifies with it
  BOOST_CHECK_THROW(BareKey::from_ed25519(neutral, kId, "k"), Error);
  BOOST_CHECK_THROW(BareKey::from_ed25519(Bytes(32, 0xff), kId, "k"), Error);
  BOOST_CHECK_THROW(BareKey::from_ed25519(Bytes(31, 7), kId, "k"), Error);
}

BOOST_AUTO_TEST_CASE(a_signature_is_one_over_exactly_these_bytes) {
  const Pair pair;
  const BareKey key = BareKey::from_ed25519(pair.point, kId, "k");
  const Bytes message = {1, 2, 3};
  Bytes signature(crypto_sign_BYTES);
  crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), pair.secret.view().data());
  BOOST_CHECK(key.checks(message, signature));
  BOOST_CHECK(!key.checks(Bytes{1, 2, 4}, signature));
  signature.pop_back();
  BOOST_CHECK(!key.checks(message, signature));
}

BOOST_AUTO_TEST_CASE(trust_in_the_certificates_of_a_key_is_none_in_the_bare_key) {
  const Pair pair;
  const BareKey key = BareKey::from_ed25519(pair.point, kId, "k");
  TrustRecord record;
  record.id = "r1";
  record.subject = TrustRecord::Subject::public_key;
  record.sha256 = key.sha256();
  BOOST_CHECK(!names(record, key));
  BOOST_CHECK(!decided(key, tests::policy({record})).trusted);
}

BOOST_AUTO_TEST_CASE(a_retired_key_is_retired_without_a_certificate_too) {
  const Pair pair;
  const BareKey key = BareKey::from_ed25519(pair.point, kId, "k");
  TrustRecord record;
  record.id = "r1";
  record.kind = TrustRecord::Kind::retire;
  record.subject = TrustRecord::Subject::public_key;
  record.sha256 = key.sha256();
  BOOST_CHECK(retires(record, key));
  BOOST_CHECK(tests::has(decided(key, tests::policy({record})), IssueCode::retired_key));
}

BOOST_AUTO_TEST_CASE(a_bare_key_has_no_dates) {
  BOOST_CHECK(SignerIdentity(BareKey::from_ed25519(Pair().point, kId, "k")).is_in_date({}));
  const Certificate certificate = tests::make_self_signed_certificate({});
  BOOST_CHECK(!SignerIdentity(certificate).is_in_date({}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
