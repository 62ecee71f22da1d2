// What a stranger's package may cost: bounds on what is kept of an element and on what is looked at, and work
// that grows no faster than the package.
#include "formats/vro_content.h"
#include "tests/unit/certificates.h"
#include "tests/unit/vro_files.h"
#include "verifier/verify.h"

#include <boost/test/unit_test.hpp>

#include <ctime>

using namespace vro_test;
using certstore::as_bytes;
using certstore::Bytes;

namespace {

constexpr std::size_t kNameSize = 4096;

std::vector<formats::Element> elements_of(const Members& members) {
  const certstore::Certificate certificate = tests::make_self_signed_certificate({});
  const auto file = archive_of(signed_members(members, tests::key_named("Test Signer"), certificate,
                                              certstore::DigestAlgorithm::sha256));
  const Reading reading = read_package(file);
  return reading.package->elements(reading.coverage, 1);
}

// With a certificate in its place, so that the package has a signer.
Members members_of_signer() {
  const certstore::Certificate certificate = tests::make_self_signed_certificate({});
  Members members = unsigned_members();
  members.front().second =
      properties({{"pkg-name", "com.example.test"}, {"pkg-signer", certificate.subject()}});
  members.emplace_back("certificates/" + certificate.subject() + ".cer",
                       certstore::as_text(certificate.der()));
  return members;
}

// So many contents in a history, the wanted one at the end.
bool is_found_behind(std::size_t others) {
  std::string history = "<versions>";
  for (std::size_t i = 0; i < others; ++i)
    history += "<content>" + certstore::to_base64(as_bytes("x")) + "</content>";
  history += "<content>" + certstore::to_base64(as_bytes("wanted")) + "</content></versions>";
  const Bytes digest = certstore::digest(certstore::DigestAlgorithm::md5, as_bytes("wanted"));
  return formats::history_has(as_bytes(history), "Workflow", digest);
}

// CPU seconds for a package with so many files that no signature covers.
double cost_of_uncovered(std::size_t files) {
  const certstore::Certificate certificate = tests::make_self_signed_certificate({});
  Members members = signed_members(members_of_signer(), tests::key_named("Test Signer"), certificate,
                                   certstore::DigestAlgorithm::sha256);
  for (std::size_t i = 0; i < files; ++i) members.emplace_back("stray/" + std::to_string(i), "x");
  const auto file = archive_of(members);
  const std::clock_t before = std::clock();
  const verifier::Report report = verifier::verify(file, {});
  BOOST_TEST((report.exit_code() == certstore::ExitCode::invalid));
  return static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vro_bounds)

BOOST_AUTO_TEST_CASE(names_that_are_endless_are_cut_or_left_out) {
  const std::string endless(300'000, 'n');  // three of them are a document of properties at its bound
  Members members = members_of_signer();
  member(members, "elements/11111111-aaaa/info") = properties(
      {{"type", endless}, {"id", "11111111-aaaa"}, {"name", endless}, {"signature-owner", endless}});
  member(members, "elements/11111111-aaaa/data") =
      "<w version=\"" + endless + "\"><display-name>" + endless + "</display-name></w>";
  const auto elements = elements_of(members);
  const formats::Element& element = elements.at(0);
  BOOST_TEST(element.kind.size() == kNameSize);
  BOOST_TEST(element.name.size() == kNameSize);
  BOOST_TEST(element.owner.value().claimed_name.size() == kNameSize);
  BOOST_TEST(element.version.empty());
}

BOOST_AUTO_TEST_CASE(a_folder_in_a_million_folders_ends) {
  std::string categories = "<categories>";
  for (int i = 0; i < 10'000; ++i) categories += "<category name='folder'/>";
  const std::string folder = formats::read_vro_folder(as_bytes(categories + "</categories>"));
  BOOST_TEST(folder.starts_with("folder/folder/"));
  BOOST_TEST(folder.size() < kNameSize);
}

BOOST_AUTO_TEST_CASE(a_history_is_looked_at_to_its_bound) {
  BOOST_TEST(is_found_behind(255));
  BOOST_TEST(!is_found_behind(256));
}

BOOST_AUTO_TEST_CASE(coverage_takes_time_in_proportion_to_the_package) {
  static_cast<void>(cost_of_uncovered(100));
  const double few = cost_of_uncovered(4'000);
  const double many = cost_of_uncovered(16'000);
  // Four times the files; sixteen times the work would be a search per file.
  BOOST_TEST(many < 9 * few, few << " s and " << many << " s");
}

BOOST_AUTO_TEST_SUITE_END()
