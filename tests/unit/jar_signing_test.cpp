// Signing archives as JARs and judging what was written, without another program: round trips, several
// signers, subsets, and that every flipped byte of what was signed is noticed.
#include "certstore/base/error.h"
#include "formats/jar/new_manifest.h"
#include "tests/unit/certificates.h"
#include "tests/unit/fake_package.h"
#include "tests/unit/vro_files.h"
#include "verifier/verify.h"

#include <boost/test/unit_test.hpp>

namespace {

using certstore::as_bytes;
using certstore::Bytes;
using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::InputFile;
using vro_test::archive_of;
using vro_test::file_of;
using vro_test::Members;

const Members kFiles = {{"a.txt", "alpha"}, {"lib/b.txt", "beta"}, {"lib/c.txt", "gamma"}};

certstore::Certificate certificate_of(const std::string& name) {
  return tests::make_self_signed_certificate({.common_name = name, .extensions = {}});
}

formats::SigningRequest request_by(const std::string& name) {
  return {.signer = certificate_of(name),
          .chain = {},
          .time = certstore::parse_instant("2026-01-01"),
          .serial = {}};
}

Bytes bytes_of(const InputFile& file) {
  return file.read_all(1 << 24);
}

Bytes written(const formats::SigningPlan& plan, std::span<const certstore::Signer> signers) {
  const tests::TemporaryFolder folder;
  certstore::AtomicFile out(folder.path() / "out");
  plan.write(signers, out);
  return bytes_of(out.reopen());
}

// What signing makes of `archive`.
Bytes sign(const Bytes& archive, const std::string& name, const formats::SigningRequest& request) {
  const InputFile file = file_of(archive);
  const auto package = formats::open_package(file, std::nullopt);
  const auto plan = package->plan_signing(request);
  const auto pkcs8 = tests::key_named(name).to_pkcs8();
  const certstore::Signer signer(certstore::PrivateKey::from_pkcs8(pkcs8.view(), name), request.certificate(),
                                 {});
  return written(*plan, {&signer, 1});
}

Bytes sign(const Bytes& archive, const std::string& name) {
  return sign(archive, name, request_by(name));
}

verifier::Report judge(const Bytes& archive, const std::vector<std::string>& trusted) {
  const InputFile file = file_of(archive);
  verifier::VerifyOptions options;
  options.policy.at = certstore::parse_instant("2026-06-01");
  for (const std::string& name : trusted) options.policy.trusted.emplace_back(certificate_of(name));
  return verifier::verify(file, options);
}

ExitCode code_of(const Bytes& archive, const std::vector<std::string>& trusted) {
  return judge(archive, trusted).exit_code();
}

// The kind of the refusal, if signing ends in one.
std::optional<ErrorKind> refusal(const Bytes& archive, const formats::SigningRequest& request) {
  try {
    (void)sign(archive, request.certificate().subject_part("CN").empty() ? "" : "ann", request);
    return std::nullopt;
  } catch (const Error& error) {
    return error.kind();
  }
}

const Bytes& plain() {
  static const Bytes archive = bytes_of(archive_of(kFiles));
  return archive;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(jar_signing)

BOOST_AUTO_TEST_CASE(what_is_signed_is_accepted_from_its_signer_and_from_nobody_else) {
  const Bytes archive = sign(plain(), "ann");
  const verifier::Report report = judge(archive, {"ann"});
  BOOST_TEST((report.exit_code() == ExitCode::accepted));
  BOOST_TEST(report.format == "jar");
  BOOST_TEST(report.facts.bound);
  BOOST_TEST(report.elements.size() == 3u);
  BOOST_TEST((code_of(archive, {"ben"}) == ExitCode::untrusted));
  BOOST_TEST((code_of(plain(), {"ann"}) == ExitCode::unsigned_package));
}

BOOST_AUTO_TEST_CASE(the_same_request_gives_the_same_bytes) {
  BOOST_TEST((sign(plain(), "ann") == sign(plain(), "ann")));
}

BOOST_AUTO_TEST_CASE(two_signers_stand_beside_each_other) {
  formats::SigningRequest second = request_by("ben");
  second.add = true;
  const Bytes both = sign(sign(plain(), "ann"), "ben", second);
  for (const std::string name : {"ann", "ben"}) BOOST_TEST((code_of(both, {name}) == ExitCode::accepted));
  const verifier::Report report = judge(both, {"ann", "ben"});
  for (const verifier::ElementReport& element : report.elements) BOOST_TEST(element.signers.size() == 2u);
}

BOOST_AUTO_TEST_CASE(signers_of_different_entries_are_told_apart) {
  formats::SigningRequest first = request_by("ann");
  first.only = {"lib/*"};
  const Bytes part = sign(plain(), "ann", first);
  BOOST_TEST((code_of(part, {"ann"}) == ExitCode::invalid));
  formats::SigningRequest second = request_by("ben");
  second.only = {"a.*"};
  second.add = true;
  const Bytes both = sign(part, "ben", second);
  BOOST_TEST((code_of(both, {"ann", "ben"}) == ExitCode::accepted));
  BOOST_TEST((code_of(both, {"ann"}) == ExitCode::untrusted));
  const verifier::Report report = judge(both, {"ann", "ben"});
  BOOST_TEST_REQUIRE(report.elements.size() == 3u);
  BOOST_TEST((report.elements[0].signers != report.elements[1].signers));
}

BOOST_AUTO_TEST_CASE(where_rules_only_report_it_a_part_is_accepted_but_never_what_shadows) {
  formats::SigningRequest part = request_by("ann");
  part.only = {"lib/*"};
  Members members = kFiles;
  members.emplace_back("META-INF/versions/9/a.txt", "nine");
  BOOST_TEST((refusal(bytes_of(archive_of(members)), part) == ErrorKind::usage));
  const auto code_for = [](const Bytes& archive) {
    const InputFile file = file_of(archive);
    verifier::VerifyOptions options;
    options.policy.at = certstore::parse_instant("2026-06-01");
    options.policy.trusted.emplace_back(certificate_of("ann"));
    options.rules.report_uncovered = true;
    return verifier::verify(file, options).exit_code();
  };
  BOOST_TEST((code_for(sign(plain(), "ann", part)) == ExitCode::accepted));
}

BOOST_AUTO_TEST_CASE(a_signed_archive_needs_a_word_on_what_becomes_of_its_signatures) {
  const Bytes archive = sign(plain(), "ben");
  formats::SigningRequest request = request_by("ann");
  BOOST_TEST((refusal(archive, request) == ErrorKind::usage));
  request.replace = true;
  BOOST_TEST((code_of(sign(archive, "ann", request), {"ann"}) == ExitCode::accepted));
  BOOST_TEST((code_of(sign(archive, "ann", request), {"ben"}) == ExitCode::untrusted));
  formats::SigningRequest again = request_by("ann");
  again.add = true;
  BOOST_TEST((refusal(sign(plain(), "ann"), again) == ErrorKind::usage));
}

BOOST_AUTO_TEST_CASE(options_of_the_other_layout_and_globs_without_an_entry_are_refused) {
  formats::SigningRequest request = request_by("ann");
  request.digest = certstore::DigestAlgorithm::md5;
  BOOST_TEST((refusal(plain(), request) == ErrorKind::usage));
  request = request_by("ann");
  request.bound = false;
  BOOST_TEST((refusal(plain(), request) == ErrorKind::usage));
  request = request_by("ann");
  request.only = {"nothing"};
  BOOST_TEST((refusal(plain(), request) == ErrorKind::usage));
  request = request_by("ann");
  request.add = true;
  BOOST_TEST((refusal(bytes_of(archive_of(vro_test::unsigned_members())), request) == ErrorKind::usage));
}

BOOST_AUTO_TEST_CASE(every_flipped_byte_of_a_signed_archive_is_noticed) {
  const Bytes archive = sign(bytes_of(archive_of({{"a", "alpha"}})), "ann");
  for (std::size_t i = 0; i < archive.size(); ++i) {
    Bytes changed = archive;
    changed[i] ^= 1;
    const InputFile file = file_of(changed);
    verifier::VerifyOptions options;
    options.policy.at = certstore::parse_instant("2026-06-01");
    options.policy.trusted.emplace_back(certificate_of("ann"));
    options.want_entry_digests = true;
    try {
      const verifier::Report report = verifier::verify(file, options);
      if (report.exit_code() != ExitCode::accepted) continue;
      // Times and attributes of the archive are not signed; names and contents are.
      BOOST_TEST_REQUIRE(report.elements.size() == 1u);
      BOOST_TEST(report.elements[0].element.name == "a", "byte " << i);
      const auto content = certstore::digest(certstore::DigestAlgorithm::sha256, as_bytes("alpha"));
      const auto entry = report.elements[0].element.entries.at(0);
      BOOST_TEST((report.entries[entry].sha256 == content), "byte " << i);
    } catch (const Error& error) {
      BOOST_TEST((error.kind() == ErrorKind::unsupported));
    }
  }
}

BOOST_AUTO_TEST_CASE(stripping_gives_back_what_was_there) {
  const auto strip = [](const Bytes& archive) {
    const InputFile file = file_of(archive);
    const auto package = formats::open_package(file, std::nullopt);
    return written(*package->plan_stripping(certstore::parse_instant("2026-01-01")), {});
  };
  BOOST_TEST((strip(sign(plain(), "ann")) == plain()));
  BOOST_CHECK_THROW(strip(plain()), Error);
  BOOST_CHECK_THROW(strip(bytes_of(archive_of(vro_test::unsigned_members()))), Error);
}

BOOST_AUTO_TEST_CASE(a_manifest_keeps_what_it_said_and_loses_stale_digests) {
  using namespace formats::jar;
  const std::string text =
      "Manifest-Version: 1.0\r\nMain-Class: M\r\n\r\nName: a\r\nSHA1-Digest: x\r\nKept: yes\r\n\r\n"
      "Name: gone\r\nMD5-Digest: x\r\n\r\n";
  const Manifest old(as_bytes(text), "m");
  const NewManifest made = write_manifest(&old, {{"a", Bytes(32)}, {"b", Bytes(32)}});
  const std::string said(certstore::as_text(made.bytes));
  BOOST_TEST(said.find("Name: a\r\nKept: yes\r\nSHA-256-Digest: ") != std::string::npos);
  BOOST_TEST(said.find("Name: b\r\n") != std::string::npos);
  BOOST_TEST(said.find("gone") == std::string::npos);
  BOOST_TEST(said.find("SHA1") == std::string::npos);
  for (const formats::jar::Place& place : made.entries) {
    BOOST_TEST(said.substr(place.begin, 6) == "Name: ");
    BOOST_TEST(said.substr(place.end - 4, 4) == "\r\n\r\n");
  }
  BOOST_CHECK_THROW(extend_manifest(old, {{"a", Bytes(32)}}), Error);
}

BOOST_AUTO_TEST_SUITE_END()
