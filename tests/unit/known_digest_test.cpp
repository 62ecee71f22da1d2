// What signing has digested is not read again for the check of its own signature, and nothing else is spared.
#include "formats/beside.h"
#include "tests/unit/certificates.h"
#include "tests/unit/fake_package.h"
#include "tests/unit/vro_files.h"
#include "verifier/verify.h"

#include <boost/test/unit_test.hpp>

#include <set>

namespace {

using certstore::DigestAlgorithm;
using certstore::DigestValue;
using certstore::ExitCode;
using certstore::InputFile;

constexpr const char* kName = "whole file";

certstore::Certificate certificate() {
  return tests::make_self_signed_certificate({.common_name = kName, .extensions = {}});
}

struct Signed {
  std::unique_ptr<formats::SigningPlan> plan;
  certstore::Bytes signature;
};

Signed sign(const InputFile& file) {
  const formats::SigningRequest request{
      .signer = certificate(), .chain = {}, .time = certstore::parse_instant("2026-01-01"), .serial = {}};
  const auto pkcs8 = tests::key_named(kName).to_pkcs8();
  const certstore::Signer signer(certstore::PrivateKey::from_pkcs8(pkcs8.view(), kName),
                                 request.certificate(), {});
  Signed made{formats::beside_format_by(request.signer).plan(file, request, {}), {}};
  const tests::TemporaryFolder folder;
  certstore::AtomicFile out(folder.path() / "out.p7s");
  made.plan->write({&signer, 1}, out);
  made.signature = out.reopen().read_all(1 << 20);
  return made;
}

ExitCode judge(const InputFile& file, const certstore::Bytes& signature, verifier::KnownDigest known) {
  verifier::VerifyOptions options;
  options.expect = "p7s";
  options.policy.at = certstore::parse_instant("2026-06-01");
  options.policy.trusted.emplace_back(certificate());
  options.known_digest = std::move(known);
  const InputFile beside = vro_test::file_of(signature);
  return verifier::verify(file, options, {&beside, 1}).exit_code();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(known_digest)

BOOST_AUTO_TEST_CASE(the_plan_knows_the_digest_that_it_signs) {
  const InputFile file = vro_test::file_of(certstore::Bytes(5000, 7));
  const Signed made = sign(file);
  const auto known = made.plan->input_digest(DigestAlgorithm::sha256);
  BOOST_REQUIRE(known.has_value());
  BOOST_CHECK(*known == DigestValue(certstore::digest(DigestAlgorithm::sha256, certstore::Bytes(5000, 7))));
  BOOST_TEST(!made.plan->input_digest(DigestAlgorithm::md5).has_value());
}

BOOST_AUTO_TEST_CASE(a_known_digest_takes_the_place_of_the_bytes) {
  const InputFile file = vro_test::file_of(certstore::Bytes(5000, 7));
  const Signed made = sign(file);
  std::set<DigestAlgorithm> asked;
  const auto code = judge(file, made.signature, [&](DigestAlgorithm algorithm) {
    asked.insert(algorithm);
    return made.plan->input_digest(algorithm);
  });
  BOOST_TEST((code == ExitCode::accepted));
  BOOST_TEST((asked == std::set{DigestAlgorithm::sha256}));
  // Not of these bytes: so they were not looked at.
  const auto wrong =
      judge(file, made.signature, [](DigestAlgorithm) { return DigestValue(certstore::Bytes(32)); });
  BOOST_TEST((wrong == ExitCode::invalid));
}

BOOST_AUTO_TEST_CASE(where_nothing_is_known_the_bytes_are_read) {
  const InputFile file = vro_test::file_of(certstore::Bytes(5000, 7));
  const Signed made = sign(file);
  const auto nothing = [](DigestAlgorithm) { return std::optional<DigestValue>(); };
  BOOST_TEST((judge(file, made.signature, nothing) == ExitCode::accepted));
  const InputFile other = vro_test::file_of(certstore::Bytes(5000, 8));
  BOOST_TEST((judge(other, made.signature, nothing) == ExitCode::invalid));
}

BOOST_AUTO_TEST_CASE(of_an_archive_with_entries_of_its_own_no_digest_is_taken) {
  const InputFile file = vro_test::archive_of({{"a.txt", "alpha"}});
  verifier::VerifyOptions options;
  options.known_digest = [](DigestAlgorithm) -> std::optional<DigestValue> {
    BOOST_ERROR("asked for the digest of a whole file");
    return std::nullopt;
  };
  BOOST_TEST((verifier::verify(file, options).exit_code() == ExitCode::unsigned_package));
}

BOOST_AUTO_TEST_SUITE_END()
