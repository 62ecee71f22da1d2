// The two texts of a virtual appliance: what is written, what is read, what is told apart, what is refused.
#include "certstore/base/error.h"
#include "certstore/base/limits.h"
#include "formats/ova/certificate_file.h"
#include "formats/ova/manifest.h"
#include "formats/vro_one_meaning.h"
#include "tests/unit/certificates.h"

#include <boost/test/unit_test.hpp>

#include <chrono>

namespace {

using certstore::as_bytes;
using certstore::Bytes;
using certstore::DigestAlgorithm;
using certstore::IssueCode;
using namespace formats::ova;

const std::string kHex(64, 'a');

bool is_refused(std::string_view text, std::string_view about) {
  const Manifest manifest = read_manifest(as_bytes(text), "vm.mf");
  BOOST_TEST(manifest.lines.empty());
  BOOST_TEST_REQUIRE(manifest.issues.size() == 1u);
  BOOST_TEST_CONTEXT(manifest.issues[0].detail) {
    BOOST_TEST((manifest.issues[0].code == IssueCode::malformed_layout));
    return manifest.issues[0].detail.find(about) != std::string::npos;
  }
  return false;
}

// The one finding about how the line is spelled; empty if there is none.
std::string spelling(const std::string& line) {
  const Manifest manifest = read_manifest(as_bytes(line + kHex + "\n"), "vm.mf");
  BOOST_TEST_REQUIRE(manifest.lines.size() == 1u);
  BOOST_TEST(manifest.lines[0].name == "vm.ovf");
  BOOST_TEST((manifest.lines[0].algorithm == DigestAlgorithm::sha256));
  if (manifest.issues.empty()) return {};
  BOOST_TEST((manifest.issues[0].code == IssueCode::digest_spelling));
  return manifest.issues[0].detail;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

const certstore::Certificate& publisher() {
  static const certstore::Certificate made =
      tests::make_self_signed_certificate({.common_name = "Publisher"});
  return made;
}

std::string pem() {
  return to_pem(publisher());
}

std::string complaint(const std::string& text) {
  const CertificateText read = read_certificate_text(as_bytes(text), "vm.cert");
  if (read.issues.empty()) return {};
  BOOST_TEST(!read.signature.has_value());
  BOOST_TEST(read.certificates.empty());
  BOOST_TEST((read.issues[0].code == IssueCode::malformed_layout));
  return read.issues[0].detail;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ova_text)

BOOST_AUTO_TEST_CASE(a_line_is_written_as_the_standard_says) {
  BOOST_TEST(digest_line(DigestAlgorithm::sha256, "a b.vmdk", Bytes{0x0a, 0xff}) ==
             "SHA256(a b.vmdk)= 0aff\n");
  BOOST_TEST(digest_line(DigestAlgorithm::sha512, "x", Bytes{1}) == "SHA512(x)= 01\n");
  BOOST_CHECK_THROW(digest_line(DigestAlgorithm::md5, "x", Bytes{1}), certstore::Error);
  for (const std::string name : {"", " x", "x ", "a\nb", "a\tb", "a\x7f"}) {
    BOOST_CHECK_THROW(digest_line(DigestAlgorithm::sha256, name, Bytes{1}), certstore::Error);
  }
  BOOST_CHECK_THROW(digest_line(DigestAlgorithm::sha256, std::string(1000, 'x'), Bytes{1}), certstore::Error);
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_back) {
  for (const std::string name : {"vm.ovf", "a (1).vmdk", "(", ")", "=", "a)= b", "\xc3\xa9", "-x"}) {
    const Bytes value(32, 0x5a);
    const Manifest manifest =
        read_manifest(as_bytes(digest_line(DigestAlgorithm::sha256, name, value)), "vm.mf");
    BOOST_TEST(manifest.issues.empty());
    BOOST_TEST_REQUIRE(manifest.lines.size() == 1u);
    BOOST_TEST(manifest.lines[0].name == name);
    BOOST_TEST(manifest.lines[0].value == value);
  }
}

BOOST_AUTO_TEST_CASE(what_is_written_is_known_as_a_manifest_elsewhere) {
  for (const std::string name : {"vm.ovf", "a (1).vmdk", ")x", "a)b)c"}) {
    formats::MeaningCheck check;
    check.feed(as_bytes(digest_line(DigestAlgorithm::sha512, name, Bytes(64, 1))));
    BOOST_TEST(check.list_meaning() == "a manifest of a virtual appliance");
  }
}

BOOST_AUTO_TEST_CASE(each_way_of_spelling_is_told_with_its_tool) {
  BOOST_TEST(spelling("SHA256(vm.ovf)= ") == "");
  BOOST_TEST(has(spelling("SHA2-256(vm.ovf)= "), "OpenSSL 3"));
  BOOST_TEST(has(spelling("SHA2-256(vm.ovf)= "), "vCenter refuses"));
  BOOST_TEST(has(spelling("SHA256 (vm.ovf) = "), "sha256sum --tag"));
  BOOST_TEST(has(spelling("SHA256(vm.ovf) = "), "signova"));
  BOOST_TEST(has(spelling("SHA256(vm.ovf)="), "one blank"));
  BOOST_TEST(has(spelling("SHA-256(vm.ovf)= "), "no"));
  BOOST_TEST(has(spelling("sha256(vm.ovf)= "), "which is SHA256"));
}

BOOST_AUTO_TEST_CASE(one_way_of_spelling_is_one_finding) {
  const std::string line = "SHA256 (a) = " + kHex + "\n";
  const Manifest manifest =
      read_manifest(as_bytes(line + "SHA256 (b) = " + kHex + "\r\nSHA2-256(c)= " + kHex), "vm.mf");
  BOOST_TEST(manifest.lines.size() == 3u);
  BOOST_TEST_REQUIRE(manifest.issues.size() == 2u);
  BOOST_TEST((has(manifest.issues[0].detail, "line 1 and 1 further") ||
              has(manifest.issues[1].detail, "line 1 and 1 further")));
}

BOOST_AUTO_TEST_CASE(upper_case_digits_and_empty_lines_are_read) {
  const Manifest manifest =
      read_manifest(as_bytes("\nSHA1(vm.ovf)= " + std::string(40, 'F') + "  \r\n\n"), "vm.mf");
  BOOST_TEST(manifest.issues.empty());
  BOOST_TEST_REQUIRE(manifest.lines.size() == 1u);
  BOOST_TEST(manifest.lines[0].value == Bytes(20, 0xff));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_named_twice_is_found) {
  const std::string line = "SHA256(vm.ovf)= " + kHex + "\n";
  const Manifest manifest =
      read_manifest(as_bytes(line + "SHA1(vm.ovf)= " + std::string(40, '0') + "\n"), "vm.mf");
  BOOST_TEST_REQUIRE(manifest.issues.size() == 1u);
  BOOST_TEST((manifest.issues[0].code == IssueCode::duplicate_section));
}

BOOST_AUTO_TEST_CASE(what_is_no_manifest_is_refused) {
  BOOST_TEST(is_refused("", "no file"));
  BOOST_TEST(is_refused("\n\n", "no file"));
  BOOST_TEST(is_refused("hello\n", "form"));
  BOOST_TEST(is_refused("SHA256(vm.ovf) " + kHex, "form"));
  BOOST_TEST(is_refused("SHA256 vm.ovf= " + kHex, "form"));
  BOOST_TEST(is_refused(" SHA256(vm.ovf)= " + kHex, "no digest algorithm"));
  BOOST_TEST(is_refused("MD5(vm.ovf)= " + std::string(32, '0'), "no digest algorithm"));
  BOOST_TEST(is_refused("SHA256(vm.ovf)= " + kHex + "0", "line 1"));
  BOOST_TEST(is_refused("SHA256(vm.ovf)= " + kHex + "00", "not as many"));
  BOOST_TEST(is_refused("SHA512(vm.ovf)= " + kHex, "not as many"));
  BOOST_TEST(is_refused("SHA256(vm.ovf)= ", "not as many"));
  BOOST_TEST(is_refused("SHA256()= " + kHex, "the name"));
  BOOST_TEST(is_refused("SHA256( vm.ovf)= " + kHex, "the name"));
  BOOST_TEST(is_refused("SHA256(vm\t.ovf)= " + kHex, "control character"));
  BOOST_TEST(is_refused("SHA256(a)= " + kHex + "\rSHA256(b)= " + kHex, "control character"));
  BOOST_TEST(is_refused(std::string("SHA256(a\0b)= ", 13) + kHex, "control character"));
  BOOST_TEST(is_refused("SHA256(" + std::string(1000, 'x') + ")= " + kHex, "too long"));
  BOOST_TEST(is_refused(std::string(certstore::limits::kOvaText + 1, '\n'), "no more are read"));
}

BOOST_AUTO_TEST_CASE(a_long_hostile_manifest_takes_linear_time) {
  std::string text;
  while (text.size() < certstore::limits::kOvaText - 200) {
    text += "SHA256(" + std::to_string(text.size()) + ")= " + kHex + "\n";
  }
  const auto start = std::chrono::steady_clock::now();
  BOOST_TEST(read_manifest(as_bytes(text), "vm.mf").issues.empty());
  BOOST_TEST(read_manifest(as_bytes(std::string(text.size(), '(')), "vm.mf").issues.size() == 1u);
  BOOST_TEST((std::chrono::steady_clock::now() - start < std::chrono::seconds(20)));
}

BOOST_AUTO_TEST_CASE(a_certificate_file_is_read_back) {
  const std::string line = digest_line(DigestAlgorithm::sha256, "vm.mf", Bytes(256, 7));
  const CertificateText read =
      read_certificate_text(as_bytes(certificate_text(line, publisher(), Bytes{0x30, 0})), "vm.cert");
  BOOST_TEST(read.issues.empty());
  BOOST_TEST_REQUIRE(read.signature.has_value());
  BOOST_TEST(read.signature->name == "vm.mf");
  BOOST_TEST(read.signature->value == Bytes(256, 7));
  BOOST_TEST_REQUIRE(read.certificates.size() == 1u);
  BOOST_TEST((read.certificates[0] == publisher()));
  BOOST_TEST_REQUIRE(read.cms.has_value());
  BOOST_TEST(*read.cms == (Bytes{0x30, 0}));
}

BOOST_AUTO_TEST_CASE(a_certificate_file_as_virtualbox_writes_it_is_read) {
  const std::string text =
      "SHA256(vm.mf) = 0A0B\r\n\r\nBag Attributes\r\n    friendlyName: x\r\n" + pem() + "\n";
  const CertificateText read = read_certificate_text(as_bytes(text), "vm.cert");
  BOOST_TEST_REQUIRE(read.signature.has_value());
  BOOST_TEST(read.signature->value == (Bytes{10, 11}));
  BOOST_TEST_REQUIRE(read.issues.size() == 1u);
  BOOST_TEST((read.issues[0].code == IssueCode::digest_spelling));
}

BOOST_AUTO_TEST_CASE(what_is_no_certificate_file_is_refused) {
  const std::string line = "SHA256(vm.mf)= 0a\n";
  const std::string cms = "-----BEGIN CMS-----\nMAA=\n-----END CMS-----\n";
  BOOST_TEST(complaint(line + pem() + cms) == "");
  BOOST_TEST(has(complaint(""), "no line"));
  BOOST_TEST(has(complaint(pem()), "no line"));
  BOOST_TEST(has(complaint(line), "no certificate"));
  BOOST_TEST(has(complaint(line + line + pem()), "second signature"));
  BOOST_TEST(has(complaint(line + "MD5(vm.mf)= 00\n" + pem()), "second signature"));
  BOOST_TEST(has(complaint(pem() + line), "behind"));
  BOOST_TEST(has(complaint(line + pem() + cms + cms), "second CMS"));
  BOOST_TEST(has(complaint("SHA256(vm.mf)= \n" + pem()), "empty"));
  BOOST_TEST(has(complaint("SHA256(vm.mf)= 0\n" + pem()), "line 1"));
  BOOST_TEST(has(complaint("SHA256(vm.mf)= " + std::string(4098, '0') + "\n" + pem()), "too long"));
  BOOST_TEST(has(complaint(line + "-----BEGIN RSA PRIVATE KEY-----\n"), "private key"));
  BOOST_TEST(has(complaint(line + pem() + "-----BEGIN X-----\n"), "no place"));
  BOOST_TEST(has(complaint(line + pem() + "-----BEGIN CMS-----\nMAA="), "does not end"));
  BOOST_TEST(has(complaint(line + pem() + "-----BEGIN CMS-----\n!!!!\n-----END CMS-----\n"), "line"));
  BOOST_TEST(
      has(complaint(line + pem() + "-----BEGIN CMS-----\nMAA=\n-----END CERTIFICATE-----\n"), "another"));
  BOOST_TEST(
      has(complaint(line + "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"), "line 4"));
  BOOST_TEST(has(complaint(line + "-----END CERTIFICATE-----\n" + pem()), "did not begin"));
  BOOST_TEST(has(complaint(line + "-----BEGIN CERT\n" + pem()), "cut"));
}

BOOST_AUTO_TEST_SUITE_END()
