// The audit log as a file of lines, for a store that cannot be written.
#include "certstore/audit_file.h"
#include "tests/store/audit_logs.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

using namespace audit_logs;
using namespace store_fixtures;

BOOST_TEST_GLOBAL_FIXTURE(ProtectSecrets);

namespace {

struct Lines {
  TemporaryFolder folder;
  std::filesystem::path path = folder.path / "audit.ndjson";
  AuditHead start{{7}, 40, sha256(as_bytes("record 40"))};

  void write(int first, int last, int signed_at = 0) const {
    for (int i = first; i <= last; ++i) {
      AuditFile(path, start).append(event(i), actor(), i == signed_at ? &the_signer() : nullptr);
    }
  }
  [[nodiscard]] AuditState check(const AuditExpectation& expectation = {}) const {
    return check_audit_file(InputFile::open(path), expectation);
  }
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> found;
    std::string text = content(path);
    for (std::size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string::npos;
         begin = end + 1) {
      found.push_back(text.substr(begin, end - begin));
    }
    return found;
  }
  void put(const std::vector<std::string>& lines) const {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    write_content(path, text);
  }
  [[nodiscard]] std::string first_break() const {
    const auto broken = check().broken;
    return broken.empty() ? "" : broken.front();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audit_file, Lines)

BOOST_AUTO_TEST_CASE(it_goes_on_from_the_head_of_the_store) {
  write(1, 5, 3);
  const AuditState state = check();
  BOOST_CHECK(state.broken.empty());
  BOOST_CHECK_EQUAL(state.records, 5);
  BOOST_CHECK(state.start == start);
  BOOST_CHECK_EQUAL(state.last.number, 45);
  BOOST_REQUIRE(state.signed_head);
  BOOST_CHECK_EQUAL(state.signed_head->head.number, 43);
  BOOST_CHECK_EQUAL(lines().size(), 6);
}

BOOST_AUTO_TEST_CASE(only_its_owner_reads_a_new_one) {
  write(1, 1);
  struct stat status {};
  BOOST_REQUIRE_EQUAL(::stat(path.c_str(), &status), 0);
  BOOST_CHECK_EQUAL(status.st_mode & 07777, 0600);
}

BOOST_AUTO_TEST_CASE(a_line_taken_out_moved_or_changed_is_told) {
  write(1, 5, 5);
  const auto whole = lines();
  auto changed = whole;
  changed.erase(changed.begin() + 2);
  put(changed);
  BOOST_CHECK_EQUAL(first_break(), "record 43 is missing");
  changed = whole;
  std::swap(changed[1], changed[2]);
  put(changed);
  BOOST_CHECK_EQUAL(check().broken.at(1), "record 42 stands behind record 43: the order was changed");
  changed = whole;
  changed[2].replace(changed[2].find("someone"), 7, "nobody!");
  put(changed);
  BOOST_CHECK_EQUAL(first_break(), "record 43 was changed after it was written");
  changed = whole;
  changed.pop_back();
  put(changed);
  BOOST_CHECK_EQUAL(first_break(), "record 45 says that its head was signed, and no such head is kept");
  changed = whole;
  std::swap(changed[4], changed[5]);
  put(changed);
  BOOST_CHECK(!check().broken.empty());
  changed = whole;
  changed.erase(changed.begin() + 4);
  put(changed);
  BOOST_CHECK(!check().broken.empty());
}

BOOST_AUTO_TEST_CASE(any_changed_byte_is_noticed) {
  write(1, 3, 2);
  const std::string whole = content(path);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const unsigned bits : {1U, 0x20U, 0x80U}) {
      std::string changed = whole;
      changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ bits);
      write_content(path, changed);
      BOOST_CHECK_MESSAGE(!check().broken.empty(), "byte " << at << " was changed unnoticed");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_broken_file_is_not_continued) {
  write(1, 3, 2);
  const std::string whole = content(path);
  for (const std::string& broken :
       {whole.substr(0, whole.size() - 1), "x" + whole, whole + "{}\n", std::string("hello\n")}) {
    write_content(path, broken);
    BOOST_CHECK_EXCEPTION(write(4, 4), Error, is_store_error);
    BOOST_CHECK(content(path) == broken);
  }
}

BOOST_AUTO_TEST_CASE(a_saved_head_is_compared) {
  write(1, 3);
  const SavedHead saved = parse_saved_head(to_text(check().last));
  write(4, 5);
  BOOST_CHECK(check({.saved = saved}).broken.empty());
  const SavedHead other{std::nullopt, 43, {}};
  BOOST_CHECK_EQUAL(check({.saved = other}).broken.size(), 1);
}

BOOST_AUTO_TEST_CASE(eight_processes_keep_one_chain) {
  for (int i = 0; i < 8; ++i) {
    const pid_t child = ::fork();
    BOOST_REQUIRE_GE(child, 0);
    if (child != 0) continue;
    AuditFile file(path, start);
    for (int j = 0; j < 10; ++j) file.append(event(j), actor(), nullptr);
    ::_exit(0);
  }
  int status = 0;
  while (::wait(&status) > 0) BOOST_CHECK_EQUAL(status, 0);
  BOOST_CHECK(check().broken.empty());
  BOOST_CHECK_EQUAL(check().records, 80);
}

BOOST_AUTO_TEST_SUITE_END()
