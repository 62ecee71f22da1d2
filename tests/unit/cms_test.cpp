// Signing and checking CMS: every kind of key, every rule of docs/formats/cms.md.
#include "certstore/base/error.h"
#include "tests/unit/cms_files.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace tests;

namespace {

const std::vector<std::string> kKinds = {"rsa-2048", "rsa-pss-2048", "p-256", "p-384", "ed25519"};

}  // namespace

BOOST_AUTO_TEST_SUITE(cms)

BOOST_DATA_TEST_CASE(what_a_key_of_any_kind_signed_is_good, boost::unit_test::data::make(kKinds), kind) {
  const Signer& signer = signer_of(kind);
  const auto data = tests::cms::parse(sign(signer), "ours");
  BOOST_TEST(!data.content);
  BOOST_TEST(data.certificates.size() == 2U);
  const auto answer = ask(data);
  BOOST_REQUIRE_MESSAGE(word_of(answer) == "good", word_of(answer));
  const auto& checked = std::get<tests::cms::CheckedSigner>(answer);
  BOOST_TEST((checked.certificate() == signer.certificate()));
  BOOST_TEST((checked.claimed_time() == kSigned));
  BOOST_TEST(checked.has_signed_attributes());
}

BOOST_DATA_TEST_CASE(another_content_is_refused, boost::unit_test::data::make(kKinds), kind) {
  const auto data = tests::cms::parse(sign(signer_of(kind)), "ours");
  BOOST_TEST(word_of(ask(data, "another content")) == "content-differs");
}

BOOST_AUTO_TEST_SUITE_END()
