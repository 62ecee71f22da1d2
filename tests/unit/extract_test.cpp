// What is extracted is what was judged, and stays beneath its folder.
#include "verifier/extract.h"
#include "tests/unit/fake_package.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>

namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::FileDescriptor;
using verifier::Folder;
using Files = std::map<std::string, std::string>;

Folder open_folder(const std::filesystem::path& path, Folder::Walk walk = Folder::Walk::by_kernel) {
  return {FileDescriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)), path.string(), walk};
}

std::vector<verifier::ExtractedEntry> all_of(const tests::FakePackage& package, const Files& judged) {
  std::vector<verifier::ExtractedEntry> items;
  for (std::size_t i = 0; i < package.entries().size(); ++i) {
    const std::string name(package.entries()[i].name);
    items.push_back(
        {i, name,
         certstore::digest(certstore::DigestAlgorithm::sha256, certstore::as_bytes(judged.at(name)))});
  }
  return items;
}

void extract_all(const Files& files, Folder& into) {
  const tests::FakePackage package(files);
  verifier::extract(package, all_of(package, files), into, {});
}

auto of_kind(ErrorKind kind) {
  return [kind](const Error& error) { return error.kind() == kind; };
}

const std::vector<Folder::Walk> kWalks = {Folder::Walk::by_kernel, Folder::Walk::stepwise};

std::string word_of(Folder::Walk walk) {
  return walk == Folder::Walk::by_kernel ? "by kernel" : "stepwise";
}

}  // namespace

namespace verifier {
std::ostream& operator<<(std::ostream& out, Folder::Walk walk) {
  return out << word_of(walk);
}
}  // namespace verifier

BOOST_AUTO_TEST_SUITE(extract)

BOOST_DATA_TEST_CASE(entries_are_written_with_their_folders_and_plain_modes, kWalks, walk) {
  const tests::TemporaryFolder folder;
  Folder into = open_folder(folder.path(), walk);
  BOOST_TEST((into.walk() == walk));
  const mode_t before = ::umask(022);
  extract_all({{"a/b/one", "first"}, {"a/two", ""}, {"three", "third"}}, into);
  ::umask(before);
  BOOST_TEST(tests::names_below(folder.path()) == "a/ a/b/ a/b/one a/two three");
  BOOST_TEST(tests::content_of(folder.path() / "a/b/one") == "first");
  struct stat facts {};
  BOOST_REQUIRE(::stat((folder.path() / "a/b/one").c_str(), &facts) == 0);
  BOOST_TEST((facts.st_mode & 07777) == 0644u);
  BOOST_REQUIRE(::stat((folder.path() / "a/b").c_str(), &facts) == 0);
  BOOST_TEST((facts.st_mode & 07777) == 0755u);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_those_that_were_judged_are_refused) {
  const tests::TemporaryFolder folder;
  Folder into = open_folder(folder.path());
  const tests::FakePackage package{Files{{"one", "evil"}}};
  BOOST_CHECK_EXCEPTION(verifier::extract(package, all_of(package, {{"one", "good"}}), into, {}), Error,
                        of_kind(ErrorKind::io));
}

BOOST_AUTO_TEST_CASE(an_entry_that_now_has_another_name_is_refused) {
  const tests::TemporaryFolder folder;
  Folder into = open_folder(folder.path());
  const tests::FakePackage package{Files{{"one", "x"}}};
  auto items = all_of(package, {{"one", "x"}});
  items[0].name = "two";
  BOOST_CHECK_EXCEPTION(verifier::extract(package, items, into, {}), Error, of_kind(ErrorKind::io));
  BOOST_TEST(tests::names_below(folder.path()).empty());
}

const std::vector<std::string> kUnsafe = {"",          "/",    "/etc/x", "..",    "../x",
                                          "a/../../x", "a/..", "./x",    "a//",   "a//b",
                                          "a/",        "a\\b", "a\nb",   "a\x7f", {"a\0", 2}};

BOOST_DATA_TEST_CASE(a_name_that_is_not_plain_is_refused, kUnsafe, name) {
  BOOST_CHECK_EXCEPTION(verifier::require_safe_name(name), Error, of_kind(ErrorKind::malformed));
  const tests::TemporaryFolder folder;
  Folder into = open_folder(folder.path());
  BOOST_CHECK_THROW(extract_all({{name, "x"}}, into), Error);
  BOOST_TEST(tests::names_below(folder.path()).empty());
}

BOOST_AUTO_TEST_CASE(a_name_with_more_folders_than_the_limit_is_refused) {
  std::string deep;
  for (int i = 0; i < 127; ++i) deep += "d/";
  verifier::require_safe_name(deep + "x");
  BOOST_CHECK_EXCEPTION(verifier::require_safe_name(deep + "d/x"), Error, of_kind(ErrorKind::malformed));
}

BOOST_AUTO_TEST_CASE(a_link_may_lead_beneath_the_target_only) {
  using Link = std::pair<const char*, const char*>;
  for (const auto& [name, target] :
       {Link("a", "b"), Link("a", "."), Link("a", "b/c"), Link("a", "b/"), Link("d/a", ".."),
        Link("d/a", "../"), Link("d/a", "../b"), Link("d/e/a", "../../b")}) {
    BOOST_TEST_CONTEXT(name << " -> " << target)
    BOOST_CHECK_NO_THROW(verifier::require_safe_link(name, target));
  }
  // a/.. is elsewhere where a is a link itself; ./a is left to who needs it.
  for (const auto& [name, target] :
       {Link("a", ".."), Link("a", "/b"), Link("a", "../b"), Link("d/a", "../.."), Link("d/a", "../../b"),
        Link("d/a", "b/.."), Link("d/a", "b/../c"), Link("d/a", "..//b"), Link("d/a", "../b/../../.."),
        Link("a", "b\\c"), Link("a", ""), Link("a", "./b"), Link("a", "b\n")}) {
    BOOST_TEST_CONTEXT(name << " -> " << target)
    BOOST_CHECK_EXCEPTION(verifier::require_safe_link(name, target), Error, of_kind(ErrorKind::unsupported));
  }
}

BOOST_DATA_TEST_CASE(a_symbolic_link_is_made_and_read_and_not_gone_through, kWalks, walk) {
  const tests::TemporaryFolder folder;
  Folder into = open_folder(folder.path(), walk);
  into.make_folder("d");
  into.make_link("d/link", "../d");
  BOOST_TEST(into.link_target("d/link").value() == "../d");
  BOOST_TEST(!into.link_target("d/none"));
  BOOST_CHECK_EXCEPTION((void)into.link_target("d"), Error, of_kind(ErrorKind::io));
  BOOST_CHECK_EXCEPTION(into.make_link("d/link", "x"), Error, of_kind(ErrorKind::io));
  BOOST_CHECK_EXCEPTION(into.make_link("d/link/x", "x"), Error, of_kind(ErrorKind::io));
  BOOST_CHECK_EXCEPTION((void)into.create_file("d/link/x"), Error, of_kind(ErrorKind::io));
}

BOOST_DATA_TEST_CASE(a_symbolic_link_in_the_way_is_not_followed, kWalks, walk) {
  const tests::TemporaryFolder outside;
  const tests::TemporaryFolder folder;
  std::filesystem::create_directory_symlink(outside.path(), folder.path() / "a");
  Folder into = open_folder(folder.path(), walk);
  into.adopt("a");
  BOOST_CHECK_EXCEPTION(extract_all({{"a/one", "x"}}, into), Error, of_kind(ErrorKind::io));
  BOOST_TEST(tests::names_below(outside.path()).empty());
  tests::put(outside.path() / "one", "secret");
  BOOST_CHECK_EXCEPTION((void)into.open("a/one"), Error, of_kind(ErrorKind::io));
  std::filesystem::create_symlink(outside.path() / "one", folder.path() / "link");
  BOOST_CHECK_EXCEPTION((void)into.open("link"), Error, of_kind(ErrorKind::io));
}

BOOST_DATA_TEST_CASE(a_name_that_is_taken_is_refused_and_the_file_stays, kWalks, walk) {
  const tests::TemporaryFolder folder;
  tests::put(folder.path() / "one", "mine");
  Folder into = open_folder(folder.path(), walk);
  BOOST_CHECK_EXCEPTION(extract_all({{"one", "x"}}, into), Error, of_kind(ErrorKind::io));
  BOOST_TEST(tests::content_of(folder.path() / "one") == "mine");
}

// What a file system that does not tell "Elements" from "elements" answers to the second one.
BOOST_AUTO_TEST_CASE(a_folder_that_is_there_under_another_name_is_refused) {
  const tests::TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "elements");
  Folder into = open_folder(folder.path());
  BOOST_CHECK_EXCEPTION(extract_all({{"elements/one", "x"}}, into), Error, of_kind(ErrorKind::io));
}

BOOST_AUTO_TEST_CASE(names_equal_but_for_case_are_written_where_the_target_tells_them_apart) {
  const tests::TemporaryFolder folder;
  Folder into = open_folder(folder.path());
  extract_all({{"a/One", "1"}, {"a/one", "2"}, {"A/one", "3"}}, into);
  BOOST_TEST(tests::names_below(folder.path()) == "A/ A/one a/ a/One a/one");
}

BOOST_AUTO_TEST_CASE(opening_what_is_absent_gives_nothing) {
  const tests::TemporaryFolder folder;
  tests::put(folder.path() / "file", "x");
  const Folder in = open_folder(folder.path());
  BOOST_TEST(!in.open("none").has_value());
  BOOST_TEST(!in.open("no/such").has_value());
  BOOST_CHECK_EXCEPTION((void)in.open("file/below"), Error, of_kind(ErrorKind::io));
}

BOOST_AUTO_TEST_SUITE_END()
