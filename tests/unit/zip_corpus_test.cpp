#include "certstore/base/issue.h"
#include "formats/zip/index.h"
#include "formats/zip/reader.h"
#include "tests/unit/zip_files.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <clocale>
#include <map>

using namespace zip_test;

namespace {

// Every row of expected.tsv of this tier, as path.
std::vector<std::string> files_of(const std::filesystem::path& folder, std::string_view tier) {
  std::vector<std::string> names;
  for (const auto& row : read_table(folder / "expected.tsv")) {
    if (row.at(1) == tier) names.push_back(row.at(0));
  }
  BOOST_TEST(names.size() > 50u);
  return names;
}

bool accepted(const std::filesystem::path& path) {
  return read_with_ours(certstore::InputFile::open(path)).has_value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(corpora_of_others)

BOOST_AUTO_TEST_CASE(what_upstream_refuses_is_refused) {
  const auto data = data_folder();
  if (!data) return;
  for (const std::string& name : files_of(*data / "zip", "MUST_REJECT")) {
    BOOST_TEST(!accepted(*data / "zip" / name), name << " is accepted");
  }
}

BOOST_AUTO_TEST_CASE(what_upstream_accepts_is_read_as_libarchive_reads_it) {
  const auto data = data_folder();
  if (!data) return;
  std::setlocale(LC_CTYPE, "C.UTF-8");
  for (const std::string& name : files_of(*data / "zip", "ACCEPT")) {
    const auto file = certstore::InputFile::open(*data / "zip" / name);
    auto ours = read_with_ours(file);
    auto theirs = read_with_libarchive(file);
    BOOST_TEST_REQUIRE(ours.has_value(), name << " is refused");
    BOOST_TEST_REQUIRE(theirs.has_value(), name << " is refused by libarchive");
    std::sort(ours->begin(), ours->end());
    std::sort(theirs->begin(), theirs->end());
    BOOST_TEST((*ours == *theirs), name << " is read differently");
  }
  std::setlocale(LC_CTYPE, "C");
}

BOOST_AUTO_TEST_CASE(where_either_answer_can_be_defended_ours_is_the_documented_one) {
  const auto data = data_folder();
  if (!data) return;
  std::map<std::string, std::string> documented;
  for (const auto& row : read_table(std::string(PKGTRUST_SOURCE_DIR) + "/docs/formats/zip-policy.tsv")) {
    documented[row.at(0)] = row.at(1);
    BOOST_TEST(row.size() == 3u, row.at(0) << " has no reason");
  }
  const auto names = files_of(*data / "zip", "POLICY");
  BOOST_TEST(documented.size() == names.size());
  for (const std::string& name : names) {
    const std::string answer = accepted(*data / "zip" / name) ? "accepted" : "refused";
    BOOST_TEST(answer == documented[name], name << " is " << answer);
  }
}

BOOST_AUTO_TEST_CASE(every_real_package_is_accepted) {
  const auto data = data_folder();
  if (!data) return;
  std::size_t packages = 0;
  for (const auto& file : std::filesystem::directory_iterator(*data / "vro")) {
    if (file.path().extension() != ".package") continue;
    ++packages;
    BOOST_TEST(accepted(file.path()), file.path() << " is refused");
  }
  BOOST_TEST(packages == 11u);
}

BOOST_AUTO_TEST_SUITE_END()
