#include "certstore/base/error.h"
#include "certstore/certificate_request.h"
#include "certstore/signer.h"
#include "formats/vro_seal.h"
#include "formats/zip/index.h"
#include "tests/unit/certificates.h"
#include "tests/unit/vro_files.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace vro_test;
using certstore::Certificate;
using certstore::DigestAlgorithm;
using certstore::ErrorKind;
using certstore::IssueCode;
using formats::SigningRequest;

namespace {

struct Identity {
  explicit Identity(const std::string& name, certstore::Profile profile = certstore::Profile::server)
      : key(tests::key_named(name)),
        certificate(
            certstore::make_self_signed(key, {.subject = {.common_name = name, .organization = "Example"},
                                              .profile = profile,
                                              .not_before = certstore::parse_instant("2020-01-01"),
                                              .not_after = certstore::parse_instant("2040-01-01")})) {}
  [[nodiscard]] certstore::Signer signer() const {
    return {certstore::PrivateKey::from_pkcs8(key.to_pkcs8().view(), "test key"), certificate, {}};
  }
  [[nodiscard]] SigningRequest request() const {
    SigningRequest request{.signer = certificate};
    request.time = certstore::parse_instant("2026-11-23T10:00:00Z");
    return request;
  }
  const certstore::PrivateKey& key;
  Certificate certificate;
};

certstore::InputFile sign(const certstore::InputFile& file, const Identity& identity,
                          const SigningRequest& request) {
  const auto package = formats::open_package(file, "vro");
  const auto plan = package->plan_signing(request);
  certstore::AtomicFile out(std::filesystem::temp_directory_path() / "pkgtrust-test.package");
  const certstore::Signer signer = identity.signer();
  plan->write({&signer, 1}, out);
  return out.reopen();
}

ErrorKind refusal(const Members& members, const SigningRequest& request) {
  const certstore::InputFile file = archive_of(members);
  const auto package = formats::open_package(file, "vro");
  try {
    (void)package->plan_signing(request);
  } catch (const certstore::Error& error) {
    return error.kind();
  }
  return ErrorKind::internal;
}

std::vector<std::string> names_of(const certstore::InputFile& file) {
  std::vector<std::string> names;
  for (const auto& entry : formats::zip::read_index(file).index.entries) names.emplace_back(entry.name);
  return names;
}

certstore::Bytes bytes_of(const certstore::InputFile& file) {
  return file.read_all(1 << 30);
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vro_signing)

BOOST_AUTO_TEST_CASE(what_we_sign_is_read_as_bound_and_whole) {
  const Identity ours("Ours");
  for (const auto style :
       {formats::zip::Style::server, formats::zip::Style::maven, formats::zip::Style::vropkg}) {
    const auto input = archive_of(unsigned_members(), style);
    const auto output = sign(input, ours, ours.request());
    const Reading reading = read_package(output);
    BOOST_TEST(reading.issues.empty());
    BOOST_TEST(reading.matching == 8u);
    BOOST_TEST((reading.root->digest() == DigestAlgorithm::sha256));
    BOOST_TEST((reading.coverage.signers == std::vector<certstore::SignerIdentity>{ours.certificate}));
    BOOST_TEST_REQUIRE(reading.coverage.facts.seal.has_value());
    BOOST_TEST(reading.coverage.facts.seal->serial == 1795428000u);
    BOOST_TEST((formats::zip::style_of(formats::zip::read_index(output).index) == style));
    const auto& properties = reading.coverage.facts.properties;
    BOOST_TEST((std::find(properties.begin(), properties.end(),
                          std::pair<std::string, std::string>("pkg-owner", "O=Example,CN=Ours")) !=
                properties.end()));
  }
}

BOOST_AUTO_TEST_CASE(entries_come_in_the_order_of_the_server) {
  const Identity ours("Ours");
  const std::vector<std::string> names = names_of(sign(archive_of(unsigned_members()), ours, ours.request()));
  BOOST_TEST(names.front() == "dunes-meta-inf");
  BOOST_TEST(names.at(1) == "elements/11111111-aaaa/info");
  BOOST_TEST(names.at(7) == "certificates/O=Example,CN=Ours.cer");
  BOOST_TEST(names.at(8) == "signatures/dunes-meta-inf");
  BOOST_TEST(names.back() == "signatures/certificates/O=Example,CN=Ours.cer");
}

BOOST_AUTO_TEST_CASE(the_same_request_gives_the_same_bytes) {
  const Identity ours("Ours");
  const auto input = archive_of(unsigned_members());
  SigningRequest request = ours.request();
  const certstore::Bytes once = bytes_of(sign(input, ours, request));
  request.jobs = 1;
  BOOST_TEST((bytes_of(sign(input, ours, request)) == once));
  request.time += std::chrono::seconds(2);
  BOOST_TEST((bytes_of(sign(input, ours, request)) != once));
}

BOOST_AUTO_TEST_CASE(md5_and_unbound_must_be_asked_for) {
  const Identity product("Product", certstore::Profile::product);
  SigningRequest request = product.request();
  request.digest = DigestAlgorithm::md5;
  request.bound = false;
  const auto output = sign(archive_of(unsigned_members()), product, request);
  const Reading reading = read_package(output);
  BOOST_TEST(reading.issues.empty());
  BOOST_TEST((reading.root->digest() == DigestAlgorithm::md5));
  BOOST_TEST(!reading.coverage.facts.seal.has_value());
}

BOOST_AUTO_TEST_CASE(a_certificate_that_promises_bound_packages_signs_no_other) {
  const Identity ours("Ours");
  SigningRequest request = ours.request();
  request.bound = false;
  BOOST_TEST((refusal(unsigned_members(), request) == ErrorKind::usage));
}

BOOST_AUTO_TEST_CASE(a_stripped_seal_is_missed) {
  const Identity ours("Ours");
  Members members = unsigned_members();
  member(members, "dunes-meta-inf") = properties({{"pkg-name", "n"}, {"pkg-signer", "O=Example,CN=Ours"}});
  members.emplace_back("certificates/O=Example,CN=Ours.cer", certstore::as_text(ours.certificate.der()));
  const auto file = archive_of(signed_members(members, ours.key, ours.certificate, DigestAlgorithm::sha256));
  BOOST_TEST(has(read_package(file).issues, IssueCode::seal_missing));
}

BOOST_AUTO_TEST_CASE(a_signed_package_is_signed_anew_only_on_demand) {
  const Identity former("Former");
  const Identity ours("Ours");
  const auto first = sign(archive_of(unsigned_members()), former, former.request());
  const auto package = formats::open_package(first, std::nullopt);
  BOOST_CHECK_THROW((void)package->plan_signing(ours.request()), certstore::Error);
  SigningRequest request = ours.request();
  request.replace = true;
  const auto second = sign(first, ours, request);
  const Reading reading = read_package(second);
  BOOST_TEST(reading.issues.empty());
  BOOST_TEST((reading.coverage.signers == std::vector<certstore::SignerIdentity>{ours.certificate}));
  BOOST_TEST(!contains(names_of(second), "certificates/O=Example,CN=Former.cer"));
  // pkg-owner stays the former signer.
  BOOST_TEST((reading.coverage.facts.properties.back().second == "O=Example,CN=Former"));
}

BOOST_AUTO_TEST_CASE(a_former_signer_stays_where_an_element_names_it) {
  const Identity former("Former");
  const Identity ours("Ours");
  Members members = unsigned_members();
  member(members, "elements/11111111-aaaa/info") = properties(
      {{"type", "ScriptModule"}, {"signature-owner", "O=Example,CN=Former"}, {"id", "11111111-aaaa"}});
  const auto first = sign(archive_of(members), former, former.request());
  SigningRequest request = ours.request();
  request.replace = true;
  const auto second = sign(first, ours, request);
  BOOST_TEST(contains(names_of(second), "certificates/O=Example,CN=Former.cer"));
  BOOST_TEST(read_package(second).issues.empty());
}

BOOST_AUTO_TEST_CASE(an_owner_of_our_name_with_another_key_is_not_overwritten) {
  const Identity ours("Ours");
  const Identity stranger("Stranger");
  const Certificate twin = certstore::make_self_signed(
      stranger.key, {.subject = {.common_name = "Ours", .organization = "Example"},
                     .not_before = certstore::parse_instant("2020-01-01"),
                     .not_after = certstore::parse_instant("2040-01-01")});
  Members members = unsigned_members();
  members.emplace_back("certificates/O=Example,CN=Ours.cer", certstore::as_text(twin.der()));
  const auto file = archive_of(members);
  try {
    (void)formats::open_package(file, "vro")->plan_signing(ours.request());
    BOOST_ERROR("not refused");
  } catch (const certstore::Error& error) {
    const std::string text = error.what();
    BOOST_TEST((error.kind() == ErrorKind::key));
    BOOST_TEST(text.find(certstore::to_hex(twin.sha256())) != std::string::npos);
    BOOST_TEST(text.find(certstore::to_hex(ours.certificate.sha256())) != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(signing_twice_with_one_identity_keeps_one_certificate) {
  const Identity ours("Ours");
  SigningRequest request = ours.request();
  const auto first = sign(archive_of(unsigned_members()), ours, request);
  request.replace = true;
  const auto second = sign(first, ours, request);
  BOOST_TEST((names_of(first) == names_of(second)));
  BOOST_TEST(read_package(second).issues.empty());
}

BOOST_AUTO_TEST_CASE(what_would_be_refused_is_not_signed) {
  const Identity ours("Ours");
  Members members = unsigned_members();
  member(members, "dunes-meta-inf") = properties({{"pkg-id", "1"}});
  BOOST_TEST((refusal(members, ours.request()) == ErrorKind::malformed));
  member(members, "dunes-meta-inf") = properties({{"pkg-name", "n"}, {"pkgtrust-new", "1"}});
  BOOST_TEST((refusal(members, ours.request()) == ErrorKind::malformed));
  members = unsigned_members();
  member(members, "elements/11111111-aaaa/info") = properties({{"type", "Workflow"}, {"id", "other"}});
  BOOST_TEST((refusal(members, ours.request()) == ErrorKind::malformed));
  members = unsigned_members();
  members.emplace_back("certificates/x.cer", "no certificate");
  BOOST_TEST((refusal(members, ours.request()) == ErrorKind::malformed));
  members = unsigned_members();
  members.emplace_back("certificates/CN=Other.cer", certstore::as_text(ours.certificate.der()));
  BOOST_TEST((refusal(members, ours.request()) == ErrorKind::malformed));
  members = unsigned_members();
  members.emplace_back("META-INF/X.SF", "anything");
  BOOST_TEST((refusal(members, ours.request()) == ErrorKind::malformed));
}

BOOST_AUTO_TEST_CASE(a_subject_that_cannot_be_a_file_name_is_refused) {
  for (const std::string& name : {std::string("a/b"), std::string("a\"b"), std::string("a\\b")}) {
    const Certificate certificate = tests::make_self_signed_certificate({.common_name = name});
    BOOST_TEST((refusal(unsigned_members(), SigningRequest{.signer = certificate}) == ErrorKind::key));
  }
}

BOOST_AUTO_TEST_CASE(a_second_signer_is_refused) {
  const Identity ours("Ours");
  SigningRequest request = ours.request();
  request.also = {{Identity("Stranger").certificate, {}}};
  BOOST_TEST((refusal(unsigned_members(), request) == ErrorKind::usage));
}

BOOST_AUTO_TEST_CASE(a_key_that_is_not_rsa_is_refused) {
  const certstore::openssl::Key key(EVP_EC_gen("P-256"));
  const Certificate certificate =
      tests::make_certificate({.common_name = "Curve"}, key.get(), nullptr, key.get());
  BOOST_TEST((refusal(unsigned_members(), SigningRequest{.signer = certificate}) == ErrorKind::key));
}

BOOST_AUTO_TEST_CASE(a_name_outside_ascii_comes_back) {
  const Identity ours("Z\xC3\xBCrich");
  for (const auto style : {formats::zip::Style::server, formats::zip::Style::maven}) {
    const auto output = sign(archive_of(unsigned_members(), style), ours, ours.request());
    BOOST_TEST(contains(names_of(output), "certificates/O=Example,CN=Z\xC3\xBCrich.cer"));
    BOOST_TEST(read_package(output).issues.empty());
  }
}

BOOST_AUTO_TEST_CASE(real_packages_signed_anew_are_whole) {
  const Identity ours("Ours");
  SigningRequest request = ours.request();
  request.replace = true;
  for (const RealFile& real : real_files()) {
    if (real.expected.at("expect") == "not-vro") continue;
    const auto input = certstore::InputFile::open(real.path);
    const auto output = sign(input, ours, request);
    const Reading reading = read_package(output);
    BOOST_TEST_CONTEXT(real.path.filename()) {
      BOOST_TEST(reading.issues.empty());
      BOOST_TEST(reading.matching == reading.coverage.covered.size());
      BOOST_TEST(reading.coverage.facts.seal.has_value());
      BOOST_TEST((reading.coverage.signers == std::vector<certstore::SignerIdentity>{ours.certificate}));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
