// Signing and checking CMS with every kind of key; what is no CMS; damage; the files of others.
#include "certstore/base/error.h"
#include "certstore/base/limits.h"
#include "tests/unit/cms_files.h"
#include "tests/unit/others_data.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>

using namespace tests;

namespace {

const std::vector<std::string> kKinds = {"rsa-2048", "rsa-pss-2048", "p-256", "p-384", "ed25519"};

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// "good", a fault, or "refused" for what is no SignedData at all.
std::string verdict_on(std::string_view file, std::string_view content) {
  try {
    const auto data = tests::cms::parse(as_bytes(file), "file");
    if (data.signers.empty()) return "no signer";
    return word_of(ask(data, content));
  } catch (const certstore::Error& error) {
    BOOST_TEST((error.kind() == certstore::ErrorKind::malformed));
    return "refused";
  }
}

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
  BOOST_TEST((checked.digest() == signer.usual_digest()));
  BOOST_TEST(checked.has_signed_attributes());
}

BOOST_DATA_TEST_CASE(another_content_is_refused, boost::unit_test::data::make(kKinds), kind) {
  const auto data = tests::cms::parse(sign(signer_of(kind)), "ours");
  BOOST_TEST(word_of(ask(data, "another content")) == "content-differs");
}

BOOST_AUTO_TEST_CASE(a_weak_digest_is_not_signed_with) {
  for (const auto algorithm : {DigestAlgorithm::md5, DigestAlgorithm::sha1, DigestAlgorithm::sha224}) {
    const Bytes digest = certstore::digest(algorithm, as_bytes(kContent));
    const tests::cms::Signing signing{.digest = algorithm, .content_digest = digest, .time = kSigned};
    BOOST_CHECK_THROW(tests::cms::create(signer_of("rsa-2048"), signing), certstore::Error);
  }
}

BOOST_AUTO_TEST_CASE(a_key_that_is_tied_to_a_digest_signs_with_no_other) {
  const Bytes sha384 = certstore::digest(DigestAlgorithm::sha384, as_bytes(kContent));
  for (const std::string kind : {"rsa-pss-2048", "ed25519"}) {
    const tests::cms::Signing signing{
        .digest = DigestAlgorithm::sha384, .content_digest = sha384, .time = kSigned};
    try {
      static_cast<void>(tests::cms::create(signer_of(kind), signing));
      BOOST_ERROR(kind << " signed with SHA-384");
    } catch (const certstore::Error& error) {
      BOOST_TEST((error.kind() == certstore::ErrorKind::key));
    }
  }
}

BOOST_AUTO_TEST_CASE(pem_is_read_alone) {
  const std::string pem = tests::cms::to_pem(sign(signer_of("p-256")));
  BOOST_TEST(verdict_on(pem, kContent) == "good");
  BOOST_TEST(verdict_on(pem + "\n \n", kContent) == "good");
  BOOST_TEST(verdict_on(pem + "x", kContent) == "refused");
  BOOST_TEST(verdict_on(pem + pem, kContent) == "refused");
  BOOST_TEST(verdict_on("x\n" + pem, kContent) == "refused");
  BOOST_TEST(verdict_on(certstore::to_pem(signer_of("p-256").certificate()), kContent) == "refused");
}

BOOST_AUTO_TEST_CASE(bytes_after_the_signature_are_refused) {
  Bytes der = sign(signer_of("p-256"));
  der.push_back(0);
  BOOST_TEST(verdict_on(certstore::as_text(der), kContent) == "refused");
}

BOOST_AUTO_TEST_CASE(a_file_beyond_the_limit_is_not_read) {
  const std::string large(certstore::limits::kCmsSize + 1, '\x30');
  BOOST_TEST(verdict_on(large, kContent) == "refused");
}

BOOST_AUTO_TEST_CASE(without_its_certificate_a_signature_needs_it_from_elsewhere) {
  const Signer& signer = signer_of("p-256");
  const Bytes digest = certstore::digest(DigestAlgorithm::sha256, as_bytes(kContent));
  const Bytes der = tests::cms::create(signer, {.digest = DigestAlgorithm::sha256,
                                                .content_digest = digest,
                                                .time = kSigned,
                                                .carries_certificates = false});
  const auto data = tests::cms::parse(der, "ours");
  BOOST_TEST(word_of(ask(data)) == "certificate-missing");
  const std::vector<Certificate> known = {signer.certificate()};
  const tests::cms::Question question{.content_digest = digest, .candidates = known};
  BOOST_TEST(word_of(tests::cms::check(data.signers.at(0), question)) == "good");
}

BOOST_AUTO_TEST_CASE(an_unsigned_attribute_can_be_added_later) {
  const Bytes value = {0x04, 0x01, 0x78};
  const Bytes der = tests::cms::add_unsigned_attribute(sign(signer_of("p-256")), 0, "1.2.3.4", value);
  const auto data = tests::cms::parse(der, "stamped");
  BOOST_TEST(word_of(ask(data)) == "good");
  const auto found = tests::cms::only_value(data.signers.at(0).unsigned_attributes, "1.2.3.4");
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST(Bytes(found->begin(), found->end()) == value, boost::test_tools::per_element());
  BOOST_CHECK_THROW(tests::cms::add_unsigned_attribute(der, 1, "1.2.3.4", value), certstore::Error);
}

// A flipped byte is refused; or it is in what nobody signs and nobody asks (the list of digests, the
// version), and the answer says the same: this signer, this time.
BOOST_DATA_TEST_CASE(no_flipped_byte_changes_what_is_said, boost::unit_test::data::make(kKinds), kind) {
  const Signer& signer = signer_of(kind);
  const DigestAlgorithm algorithm = signer.usual_digest();
  const Bytes digest = certstore::digest(algorithm, as_bytes(kContent));
  const Bytes whole = tests::cms::create(
      signer,
      {.digest = algorithm, .content_digest = digest, .time = kSigned, .carries_certificates = false});
  const std::vector<Certificate> known = {signer.certificate()};
  int still_good = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const unsigned mask : {0x01U, 0x80U, 0xffU}) {
      Bytes damaged = whole;
      damaged[i] = static_cast<std::uint8_t>(damaged[i] ^ mask);
      try {
        const auto data = tests::cms::parse(damaged, "damaged");
        if (data.signers.empty() || data.signers[0].digest != algorithm) continue;
        const auto answer =
            tests::cms::check(data.signers[0], {.content_digest = digest, .candidates = known});
        if (word_of(answer) != "good") continue;
        const auto& checked = std::get<tests::cms::CheckedSigner>(answer);
        BOOST_TEST((checked.claimed_time() == kSigned), "byte " << i);
        BOOST_TEST((checked.digest() == algorithm), "byte " << i);
        BOOST_TEST(data.content_type == tests::cms::kData, "byte " << i);
        ++still_good;
      } catch (const certstore::Error& error) {
        BOOST_TEST((error.kind() == certstore::ErrorKind::malformed), "byte " << i);
      }
    }
  }
  BOOST_TEST(still_good < 40);
}

BOOST_AUTO_TEST_CASE(openssls_malformed_files_are_refused_each_for_its_reason) {
  const auto folder = others_data("cms/openssl");
  if (!folder) return;
  const std::string content = read(*folder / "smcont.txt");
  const std::map<std::string, std::string> expected = {{"bad_signtime_attr.cms", "attributes-malformed"},
                                                       {"ct_multiple_attr.cms", "attributes-malformed"},
                                                       {"no_ct_attr.cms", "attributes-malformed"},
                                                       {"no_md_attr.cms", "attributes-malformed"},
                                                       {"pkcs7-md4.pem", "unknown-algorithm"},
                                                       {"malformed.pkcs7", "refused"},
                                                       {"dh-malformed.der", "refused"},
                                                       {"ecdh-malformed.der", "refused"},
                                                       {"rsa-malformed.der", "refused"},
                                                       {"ciphertext_from_1_1_1.cms", "refused"}};
  for (const auto& [name, fault] : expected) {
    BOOST_TEST(verdict_on(read(*folder / name), content) == fault, name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
