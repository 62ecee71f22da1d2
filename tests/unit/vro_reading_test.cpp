#include "formats/vro_layout.h"
#include "tests/unit/certificates.h"
#include "tests/unit/vro_files.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace vro_test;
using certstore::DigestAlgorithm;
using certstore::IssueCode;

namespace {

struct Server {
  certstore::Certificate certificate = tests::make_self_signed_certificate({});
  const certstore::PrivateKey& key = tests::key_named("Test Signer");
  std::string certificate_name = "certificates/CN=Test Signer.cer";

  // Before signing: the members with the certificate in its place and pkg-signer set.
  [[nodiscard]] Members prepared(const std::vector<std::pair<std::string, std::string>>& more = {}) const {
    Members members = unsigned_members();
    std::vector<std::pair<std::string, std::string>> meta = {
        {"pkg-name", "com.example.test"}, {"pkg-signer", "CN=Test Signer"}, {"pkg-owner", "CN=Test Signer"}};
    meta.insert(meta.end(), more.begin(), more.end());
    member(members, "dunes-meta-inf") = properties(meta);
    members.emplace_back(certificate_name, certstore::as_text(certificate.der()));
    return members;
  }
  [[nodiscard]] Members sign(const Members& members,
                             DigestAlgorithm algorithm = DigestAlgorithm::sha256) const {
    return signed_members(members, key, certificate, algorithm);
  }
};

certstore::Issues issues_of(const Members& members) {
  return read_package(archive_of(members)).issues;
}

Members without(Members members, const std::string& name) {
  std::erase_if(members, [&](const auto& m) { return m.first == name; });
  return members;
}

std::size_t number(const RealFile& file, const std::string& column) {
  return std::stoul(file.expected.at(column));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vro_reading)

BOOST_AUTO_TEST_CASE(real_packages_have_the_counts_that_others_found) {
  for (const RealFile& real : real_files()) {
    const auto file = certstore::InputFile::open(real.path);
    const Reading reading = read_package(file);
    BOOST_TEST_CONTEXT(real.path.filename()) {
      BOOST_TEST(reading.package->entries().size() == number(real, "entries"));
      BOOST_TEST(reading.coverage.covered.size() == number(real, "signed_files"));
      BOOST_TEST(reading.matching == number(real, "signatures_ok"));
      BOOST_TEST(reading.issues.empty());
      if (real.expected.at("expect") == "not-vro") {
        BOOST_TEST(reading.package->format() == "zip");
        continue;
      }
      BOOST_TEST(reading.package->format() == "vro");
      BOOST_TEST(reading.package->elements(reading.coverage, 0).size() == number(real, "elements"));
      BOOST_TEST_REQUIRE(reading.coverage.signers.size() == 1u);
      const certstore::SignerIdentity& signer = reading.coverage.signers[0];
      BOOST_TEST(certstore::to_hex(signer.sha256()) == real.expected.at("signer_sha256"));
      BOOST_TEST(signer.subject() == real.expected.at("signer_subject"));
      BOOST_TEST((reading.root->digest() == DigestAlgorithm::md5) == (real.expected.at("digest") == "md5"));
      BOOST_TEST(reading.root->offered().size() == number(real, "certificates"));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_signed_package_is_covered_whole) {
  const Server server;
  for (const auto algorithm : {DigestAlgorithm::sha256, DigestAlgorithm::md5}) {
    const auto file = archive_of(server.sign(server.prepared(), algorithm));
    const Reading reading = read_package(file);
    BOOST_TEST(reading.issues.empty());
    BOOST_TEST(reading.matching == 8u);
    BOOST_TEST(reading.coverage.exempt.size() == 8u);
    BOOST_TEST(reading.coverage.facts.name == "com.example.test");
    BOOST_TEST((reading.coverage.signers == std::vector<certstore::SignerIdentity>{server.certificate}));
    BOOST_TEST(!reading.coverage.set_digest.has_value());
    BOOST_TEST(reading.package->elements(reading.coverage, 1).size() == 2u);
  }
}

BOOST_AUTO_TEST_CASE(without_signatures_a_package_is_unsigned) {
  const auto file = archive_of(unsigned_members());
  const Reading reading = read_package(file);
  BOOST_TEST(reading.package->format() == "vro");
  BOOST_TEST(reading.package->signature_blocks().empty());
  BOOST_TEST(reading.issues.empty());
}

BOOST_AUTO_TEST_CASE(without_its_root_signature_a_package_is_not_unsigned) {
  const Server server;
  Members members = server.sign(server.prepared());
  BOOST_TEST(has(issues_of(without(members, "signatures/dunes-meta-inf")), IssueCode::malformed_layout));
  BOOST_TEST(has(issues_of(without(members, "dunes-meta-inf")), IssueCode::orphan_signature));
  member(members, "signatures/dunes-meta-inf").clear();
  BOOST_TEST(has(issues_of(members), IssueCode::malformed_layout));
  member(members, "signatures/dunes-meta-inf") = std::string(5000, 'x');
  BOOST_TEST(has(issues_of(members), IssueCode::malformed_layout));
}

BOOST_AUTO_TEST_CASE(a_file_without_signature_is_found) {
  const Server server;
  Members members = server.sign(server.prepared());
  members.emplace_back("elements/11111111-aaaa/tags", "added");
  BOOST_TEST(has(issues_of(members), IssueCode::unsigned_entry));
}

BOOST_AUTO_TEST_CASE(a_signature_without_file_is_found) {
  const Server server;
  const Members members = server.sign(server.prepared());
  BOOST_TEST(has(issues_of(without(members, "elements/11111111-aaaa/data")), IssueCode::orphan_signature));
  Members more = members;
  more.emplace_back("signatures/signatures/dunes-meta-inf", "x");
  BOOST_TEST(has(issues_of(more), IssueCode::orphan_signature));
}

BOOST_AUTO_TEST_CASE(a_signature_of_another_digest_than_the_root_does_not_count) {
  const Server server;
  Members members = server.sign(server.prepared());
  Members other = server.sign(server.prepared(), DigestAlgorithm::md5);
  const std::string name = "signatures/elements/11111111-aaaa/data";
  member(members, name) = member(other, name);
  BOOST_TEST(has(issues_of(members), IssueCode::signature_mismatch));
}

BOOST_AUTO_TEST_CASE(the_signer_must_be_the_one_that_is_named) {
  const Server server;
  Members members = server.prepared();
  std::string& meta = member(members, "dunes-meta-inf");
  const std::string sound = meta;
  meta = properties({{"pkg-name", "n"}});
  BOOST_TEST(has(issues_of(server.sign(members)), IssueCode::signer_certificate_missing));
  meta = properties({{"pkg-name", "n"}, {"pkg-signer", "CN=Nobody"}});
  BOOST_TEST(has(issues_of(server.sign(members)), IssueCode::signer_certificate_missing));
  // Another certificate of the package, of another key, is named.
  meta = properties({{"pkg-name", "n"}, {"pkg-signer", "CN=Other"}});
  const certstore::Certificate other = tests::make_self_signed_certificate({.common_name = "Other"});
  members.emplace_back("certificates/CN=Other.cer", certstore::as_text(other.der()));
  BOOST_TEST(has(issues_of(server.sign(members)), IssueCode::signer_certificate_missing));
  member(members, "dunes-meta-inf") = sound;
  BOOST_TEST(issues_of(server.sign(members)).empty());
}

BOOST_AUTO_TEST_CASE(of_two_certificates_of_one_key_the_named_one_counts) {
  const Server server;
  const certstore::Certificate twin =
      tests::make_certificate({.common_name = "Twin"}, server.key.openssl(), nullptr, server.key.openssl());
  Members members = server.prepared();
  members.insert(members.begin() + 1,
                 {"certificates/CN=Twin.cer", std::string(certstore::as_text(twin.der()))});
  member(members, "dunes-meta-inf") = properties({{"pkg-name", "n"}, {"pkg-signer", "CN=Twin"}});
  const auto file = archive_of(server.sign(members));
  const Reading reading = read_package(file);
  BOOST_TEST(reading.issues.empty());
  BOOST_TEST((reading.coverage.signers == std::vector<certstore::SignerIdentity>{twin}));
}

BOOST_AUTO_TEST_CASE(a_certificate_under_another_name_is_found) {
  const Server server;
  Members members = server.prepared();
  const certstore::Certificate other = tests::make_self_signed_certificate({.common_name = "Other"});
  members.emplace_back("certificates/CN=Somebody.cer", certstore::as_text(other.der()));
  BOOST_TEST(has(issues_of(server.sign(members)), IssueCode::certificate_misnamed));
}

BOOST_AUTO_TEST_CASE(a_certificate_that_is_none_is_found) {
  const Server server;
  Members members = server.prepared();
  members.emplace_back("certificates/CN=X.cer", "not a certificate");
  BOOST_TEST(has(issues_of(server.sign(members)), IssueCode::malformed_layout));
}

BOOST_AUTO_TEST_CASE(a_root_that_is_no_document_of_properties_is_found) {
  const Server server;
  Members members = server.prepared();
  member(members, "dunes-meta-inf") = "<properties><entry key='a'/><entry key='a'/></properties>";
  BOOST_TEST(has(issues_of(server.sign(members)), IssueCode::malformed_layout));
}

BOOST_AUTO_TEST_CASE(a_seal_that_is_not_understood_is_never_taken_for_none) {
  const Server server;
  for (const auto& [key, value] : std::vector<std::pair<std::string, std::string>>{
           {"pkgtrust-seal", "v=2 n=1"}, {"pkgtrust-seal", ""}, {"pkgtrust-more", "x"}}) {
    BOOST_TEST(has(issues_of(server.sign(server.prepared({{key, value}}))), IssueCode::seal_malformed));
  }
}

BOOST_AUTO_TEST_CASE(an_element_in_the_folder_of_another_is_found) {
  const Server server;
  Members members = server.prepared();
  member(members, "elements/11111111-aaaa/info") = properties({{"type", "ScriptModule"}, {"id", "2222"}});
  BOOST_TEST(has(issues_of(server.sign(members)), IssueCode::element_misplaced));
  members = without(members, "elements/11111111-aaaa/info");
  BOOST_TEST(has(issues_of(server.sign(members)), IssueCode::malformed_layout));
}

BOOST_AUTO_TEST_CASE(a_package_that_is_also_a_signed_jar_is_ambiguous) {
  const Server server;
  Members members = server.prepared();
  members.emplace_back("META-INF/A.SF", "Signature-Version: 1.0");
  BOOST_TEST(has(issues_of(server.sign(members)), IssueCode::ambiguous_layouts));
}

BOOST_AUTO_TEST_CASE(what_is_not_bound_is_said) {
  const Server server;
  const auto file = archive_of(server.sign(server.prepared()));
  const Reading reading = read_package(file);
  BOOST_TEST(reading.package->unprovable(reading.coverage).size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_subject_is_named_as_the_product_or_as_vropkg_writes_it) {
  using formats::names_subject;
  BOOST_TEST(names_subject("O=VMware,OU=Unknown,CN=x", "O=VMware,OU=Unknown,CN=x"));
  BOOST_TEST(names_subject("CN=x,OU=Unknown,O=VMware", "O=VMware,OU=Unknown,CN=x"));
  BOOST_TEST(names_subject("CN=a,b,O=\xC3\xA4+", "O=\\C3\\A4\\+,CN=a\\,b"));
  BOOST_TEST(!names_subject("OU=Unknown,CN=x,O=VMware", "O=VMware,OU=Unknown,CN=x"));
  BOOST_TEST(!names_subject("", "CN=x"));
}

BOOST_AUTO_TEST_SUITE_END()
