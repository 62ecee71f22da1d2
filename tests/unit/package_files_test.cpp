// The walk that finds what a run is about: its order, its bound, and what it passes over.
#include "verifier/package_files.h"
#include "tests/unit/fake_package.h"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>

#include <cstdio>

using namespace verifier;

namespace {

void touch(const std::string& path) {
  const certstore::FileDescriptor file(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  BOOST_REQUIRE(file.is_open());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(package_files)

BOOST_AUTO_TEST_CASE(a_folder_gives_its_files_in_the_order_of_their_names) {
  const tests::TemporaryFolder folder;
  const std::string root = folder.path().string();
  for (const char* name : {"/b", "/a", "/a.p7s", "/Z"}) touch(root + name);
  const FoundFiles found = find_package_files({root});
  BOOST_REQUIRE(found.files.size() == 3U);
  BOOST_TEST(found.files[0].path == root + "/Z");
  BOOST_TEST(found.files[1].path == root + "/a");
  BOOST_TEST(found.files[2].path == root + "/b");
  BOOST_TEST(found.unread.empty());
}

BOOST_AUTO_TEST_CASE(more_files_than_one_run_takes_are_said_and_not_passed_over) {
  const tests::TemporaryFolder folder;
  const std::string root = folder.path().string();
  for (const char* name : {"/0", "/1", "/2", "/3"}) touch(root + name);
  const FoundFiles found = find_package_files({root}, 3);
  BOOST_TEST(found.files.size() == 3U);
  BOOST_REQUIRE(found.unread.size() == 1U);
  BOOST_TEST(std::string(found.unread[0].error.what()).find("more than 3 files") != std::string::npos);
  BOOST_TEST(std::remove((root + "/0").c_str()) == 0);
  BOOST_TEST(find_package_files({root}, 3).unread.empty());
}

BOOST_AUTO_TEST_SUITE_END()
