// A target directory appears or changes whole, or stays as it was.
#include "verifier/import_tree.h"
#include "tests/unit/fake_package.h"

#include <boost/test/unit_test.hpp>

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fcntl.h>

namespace {

using certstore::Error;
using certstore::ErrorKind;
using verifier::ImportTarget;
using verifier::TreeChange;
using Files = std::map<std::string, std::string>;

// A folder with room for the target and what lies beside it.
struct Place {
  tests::TemporaryFolder above;
  std::filesystem::path target = above.path() / "target";
  std::string names() const { return tests::names_below(above.path()); }
};

verifier::ImportPlan plan_of(const tests::FakePackage& package, const Files& files,
                             const ImportTarget& target) {
  verifier::ImportPlan plan;
  for (std::size_t i = 0; i < package.entries().size(); ++i) {
    const std::string name(package.entries()[i].name);
    plan.files.push_back(
        {i, name,
         certstore::digest(certstore::DigestAlgorithm::sha256, certstore::as_bytes(files.at(name)))});
  }
  plan.changes = target.compare(plan.files, 0);
  return plan;
}

void import_files(const Files& files, const std::filesystem::path& path, bool force = false) {
  const tests::FakePackage package(files);
  const ImportTarget target(path);
  target.write(package, plan_of(package, files, target), {.replace_changed = force});
}

bool is_io(const Error& error) {
  return error.kind() == ErrorKind::io;
}

unsigned mode_of(const std::filesystem::path& path) {
  struct stat facts {};
  BOOST_REQUIRE(::lstat(path.c_str(), &facts) == 0);
  return facts.st_mode & 07777;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(import_tree)

BOOST_AUTO_TEST_CASE(an_absent_target_appears_whole_and_nothing_stays_beside_it) {
  const Place place;
  import_files({{"a/one", "1"}, {"two", "2"}}, place.target);
  BOOST_TEST(place.names() == "target/ target/a/ target/a/one target/two");
  BOOST_TEST(tests::content_of(place.target / "a/one") == "1");
}

BOOST_AUTO_TEST_CASE(an_empty_target_keeps_its_mode) {
  const Place place;
  std::filesystem::create_directory(place.target);
  ::chmod(place.target.c_str(), 0750);
  import_files({{"one", "1"}}, place.target / "");
  BOOST_TEST(place.names() == "target/ target/one");
  BOOST_TEST(mode_of(place.target) == 0750u);
}

BOOST_AUTO_TEST_CASE(files_are_compared_with_those_that_are_there) {
  const Place place;
  tests::put(place.target / "same", "s");
  tests::put(place.target / "changed", "old");
  const Files files = {{"same", "s"}, {"changed", "new"}, {"d/added", "x"}};
  const tests::FakePackage package(files);
  const auto plan = plan_of(package, files, ImportTarget(place.target));
  BOOST_TEST((plan.changes == std::vector{TreeChange::changed, TreeChange::added, TreeChange::same}));
}

BOOST_AUTO_TEST_CASE(a_merge_keeps_what_else_is_there) {
  const Place place;
  tests::put(place.target / "kept/file", "mine");
  ::chmod((place.target / "kept/file").c_str(), 0600);
  ::chmod((place.target / "kept").c_str(), 0511);
  std::filesystem::create_symlink("/nowhere", place.target / "link");
  import_files({{"kept/new", "n"}, {"two/x", "2"}}, place.target);
  BOOST_TEST(place.names() ==
             "target/ target/kept/ target/kept/file target/kept/new target/link target/two/ target/two/x");
  BOOST_TEST(tests::content_of(place.target / "kept/file") == "mine");
  BOOST_TEST(mode_of(place.target / "kept/file") == 0600u);
  BOOST_TEST(mode_of(place.target / "kept") == 0511u);
  BOOST_TEST(std::filesystem::is_symlink(place.target / "link"));
  ::chmod((place.target / "kept").c_str(), 0755);
}

BOOST_AUTO_TEST_CASE(changed_files_are_refused_without_force_and_named) {
  const Place place;
  tests::put(place.target / "one", "mine");
  BOOST_CHECK_EXCEPTION(import_files({{"one", "theirs"}, {"two", "2"}}, place.target), Error,
                        [](const Error& error) {
                          return is_io(error) && std::string(error.what()).find("'one'") != std::string::npos;
                        });
  BOOST_TEST(place.names() == "target/ target/one");
  BOOST_TEST(tests::content_of(place.target / "one") == "mine");
}

BOOST_AUTO_TEST_CASE(changed_files_are_replaced_with_force) {
  const Place place;
  tests::put(place.target / "one", "mine");
  std::filesystem::create_hard_link(place.target / "one", place.above.path() / "other-name");
  import_files({{"one", "theirs"}}, place.target, true);
  BOOST_TEST(tests::content_of(place.target / "one") == "theirs");
  BOOST_TEST(tests::content_of(place.above.path() / "other-name") == "mine");
}

BOOST_AUTO_TEST_CASE(a_second_import_of_the_same_changes_nothing) {
  const Place place;
  import_files({{"a/one", "1"}}, place.target);
  import_files({{"a/one", "1"}}, place.target);
  BOOST_TEST(place.names() == "target/ target/a/ target/a/one");
}

BOOST_AUTO_TEST_CASE(a_failure_leaves_the_target_as_it_was) {
  for (const ErrorKind kind : {ErrorKind::io, ErrorKind::interrupted}) {
    const Place place;
    tests::put(place.target / "one", "mine");
    const Files files = {{"one", "theirs"}, {"two", "2"}};
    tests::FakePackage package(files);
    const ImportTarget target(place.target);
    const auto plan = plan_of(package, files, target);
    package.fail_with(kind);
    BOOST_CHECK_EXCEPTION(target.write(package, plan, {.replace_changed = true}), Error,
                          [&](const Error& error) { return error.kind() == kind; });
    BOOST_TEST(place.names() == "target/ target/one");
    BOOST_TEST(tests::content_of(place.target / "one") == "mine");
  }
}

BOOST_AUTO_TEST_CASE(a_target_that_was_filled_meanwhile_is_left_alone) {
  const Place place;
  const Files files = {{"one", "1"}};
  const tests::FakePackage package(files);
  const ImportTarget target(place.target);
  tests::put(place.target / "theirs", "t");
  BOOST_CHECK_EXCEPTION(target.write(package, plan_of(package, files, target), {}), Error, is_io);
  BOOST_TEST(place.names() == "target/ target/theirs");
}

BOOST_AUTO_TEST_CASE(a_target_that_was_replaced_meanwhile_is_left_alone) {
  const Place place;
  tests::put(place.target / "old", "o");
  const Files files = {{"one", "1"}};
  const tests::FakePackage package(files);
  const ImportTarget target(place.target);
  std::filesystem::rename(place.target, place.above.path() / "moved");
  tests::put(place.target / "theirs", "t");
  BOOST_CHECK_EXCEPTION(target.write(package, plan_of(package, files, target), {}), Error, is_io);
  BOOST_TEST(place.names() == "moved/ moved/old target/ target/theirs");
}

BOOST_AUTO_TEST_CASE(targets_that_cannot_be_swapped_are_refused) {
  const Place place;
  tests::put(place.above.path() / "file", "x");
  std::filesystem::create_directory(place.above.path() / "real");
  std::filesystem::create_directory_symlink("real", place.above.path() / "link");
  for (const std::string name :
       {"file", "link", "link/", "file/below", "absent/below", ".", "..", "real/."}) {
    BOOST_CHECK_EXCEPTION(ImportTarget(place.above.path() / name), Error, is_io);
  }
  for (const std::string path : {"/", ".", "..", "/proc"}) BOOST_CHECK_THROW(ImportTarget{path}, Error);
  BOOST_CHECK_THROW(ImportTarget{std::filesystem::current_path()}, Error);
}

BOOST_AUTO_TEST_CASE(links_and_folders_in_the_way_are_refused) {
  const Place place;
  tests::put(place.above.path() / "outside/secret", "s");
  tests::put(place.target / "folder/x", "x");
  std::filesystem::create_directory_symlink("../outside", place.target / "link");
  for (const std::string name : {"folder", "link", "link/secret", "folder/x/y"}) {
    BOOST_CHECK_EXCEPTION(import_files({{name, "new"}}, place.target, true), Error, is_io);
  }
  BOOST_TEST(tests::content_of(place.above.path() / "outside/secret") == "s");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(staging)

namespace {

constexpr const char* kLeft = ".target.0123456789abcdef.new";
constexpr const char* kMarkText = "A staging folder of pkgverify import; it may be removed.\n";

}  // namespace

BOOST_AUTO_TEST_CASE(what_a_killed_run_left_is_recognised_and_removed) {
  const Place place;
  tests::put(place.above.path() / kLeft / "pkgverify-import", kMarkText);
  tests::put(place.above.path() / kLeft / "tree/a/b", "x");
  ::chmod((place.above.path() / kLeft / "tree/a").c_str(), 0);
  const ImportTarget target(place.target);
  const auto leftovers = target.leftovers();
  BOOST_REQUIRE(leftovers.removable.size() == 1u);
  BOOST_TEST(leftovers.removable[0] == kLeft);
  BOOST_TEST(leftovers.foreign.empty());
  target.remove_leftovers(leftovers);
  BOOST_TEST(place.names().empty());
}

// Killed while its mark was made, or when all but the folder was removed.
BOOST_AUTO_TEST_CASE(what_a_run_left_that_was_killed_at_its_first_or_last_step_is_removed) {
  const Place place;
  const std::filesystem::path empty = place.above.path() / ".target.0123456789abcde1.new";
  std::filesystem::create_directory(empty);
  tests::put(place.above.path() / ".target.0123456789abcde2.new/pkgverify-import", "");
  tests::put(place.above.path() / ".target.0123456789abcde3.new/pkgverify-import",
             std::string(kMarkText).substr(0, 9));
  const ImportTarget target(place.target);
  const auto leftovers = target.leftovers();
  BOOST_TEST(leftovers.removable.size() == 3u);
  BOOST_TEST(leftovers.foreign.empty());
  target.remove_leftovers(leftovers);
  BOOST_TEST(place.names().empty());
}

BOOST_AUTO_TEST_CASE(a_half_mark_beside_files_is_left_alone) {
  const Place place;
  tests::put(place.above.path() / kLeft / "pkgverify-import", "");
  tests::put(place.above.path() / kLeft / "mine", "x");
  const auto leftovers = ImportTarget(place.target).leftovers();
  BOOST_TEST(leftovers.removable.empty());
  BOOST_TEST(leftovers.foreign.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_only_has_the_name_is_left_alone) {
  const Place place;
  tests::put(place.above.path() / kLeft / "tree/mine", "x");
  tests::put(place.above.path() / ".target.0123456789abcde0.new/pkgverify-import", "something else");
  tests::put(place.above.path() / ".target.0123456789abcdeg.new/pkgverify-import", kMarkText);
  tests::put(place.above.path() / ".other.0123456789abcdef.new/pkgverify-import", kMarkText);
  std::filesystem::create_directory_symlink("elsewhere", place.above.path() / ".target.0000000000000000.new");
  const auto leftovers = ImportTarget(place.target).leftovers();
  BOOST_TEST(leftovers.removable.empty());
  BOOST_TEST(leftovers.foreign.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_second_run_at_the_same_time_is_refused) {
  const Place place;
  const int above = ::open(place.above.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const certstore::FileDescriptor owner(above);
  {
    const verifier::Staging running(above, "target", "above");
    BOOST_CHECK_EXCEPTION((void)ImportTarget(place.target).leftovers(), Error, is_io);
    BOOST_CHECK_EXCEPTION(import_files({{"one", "1"}}, place.target), Error, is_io);
  }
  BOOST_TEST(place.names().empty());
}

BOOST_AUTO_TEST_CASE(removing_a_tree_follows_no_link) {
  const Place place;
  tests::put(place.above.path() / "outside/kept", "x");
  tests::put(place.above.path() / "tree/a/b", "x");
  std::filesystem::create_directory_symlink("../outside", place.above.path() / "tree/link");
  const certstore::FileDescriptor above(
      ::open(place.above.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  verifier::remove_tree(above.get(), "tree");
  BOOST_TEST(place.names() == "outside/ outside/kept");
}

BOOST_AUTO_TEST_SUITE_END()
