#include "certstore/base/bytes.h"
#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/exit_code.h"
#include "certstore/base/file.h"
#include "certstore/base/memory_gate.h"
#include "certstore/base/parallel.h"
#include "certstore/base/time.h"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <fstream>
#include <numeric>
#include <thread>

using namespace certstore;

namespace {

// A folder that is gone at the end of the test.
struct TemporaryFolder {
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pkgtrust-test-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool is_malformed(const Error& error) {
  return error.kind() == ErrorKind::malformed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(escaping)

BOOST_AUTO_TEST_CASE(plain_and_foreign_letters_stay_as_they_are) {
  BOOST_TEST(escaped("Zürich 東京 a-b_c") == "Zürich 東京 a-b_c");
}

BOOST_AUTO_TEST_CASE(controls_bidi_marks_and_broken_utf8_are_spelled_out) {
  BOOST_TEST(escaped("a\nb\033[31m\x7f") == "a\\x0ab\\x1b[31m\\x7f");
  BOOST_TEST(escaped("a\u202Eb\u200Bc\u2066") == "a\\u{202e}b\\u{200b}c\\u{2066}");
  BOOST_TEST(escaped("\xC3(\xED\xA0\x80\xC0\xAF") == "\\xc3(\\xed\\xa0\\x80\\xc0\\xaf");
  BOOST_TEST(escaped("back\\slash") == "back\\\\slash");
}

BOOST_AUTO_TEST_CASE(a_long_name_is_cut_between_characters) {
  BOOST_TEST(in_quotes("äöü", 2) == "'äö...'");
  BOOST_TEST(in_quotes("äö", 2) == "'äö'");
}

BOOST_AUTO_TEST_CASE(a_shell_word_reads_back_as_the_same_bytes) {
  for (const std::string name : {"plain.package", "it's", "a b", "$(touch x)", "`x`", "-rf", "new\nline",
                                 "\033[2J", "\u202Egnp.exe", "back\\slash", "\n7", "\xff\xfe"}) {
    std::array<char, 256> buffer{};
    const std::string script = "printf %s " + shell_quoted(name);
    TemporaryFolder folder;
    std::ofstream(folder.path / "script") << script;
    FILE* const run = ::popen(("bash " + (folder.path / "script").string()).c_str(), "r");
    const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), run);
    ::pclose(run);
    const std::string expected = name.front() == '-' ? "./" + name : name;
    BOOST_TEST(std::string(buffer.data(), got) == expected);
    for (const char byte : shell_quoted(name)) BOOST_TEST(static_cast<unsigned char>(byte) >= 0x20);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bytes)

BOOST_AUTO_TEST_CASE(a_reader_never_goes_beyond_the_end) {
  const Bytes four = {1, 2, 3, 4};
  ByteReader reader(four, "header");
  BOOST_TEST(reader.u16() == 0x0201);
  BOOST_CHECK_EXCEPTION(reader.u32(), Error, is_malformed);
  BOOST_TEST(reader.left() == 2u);
  BOOST_TEST(reader.u16() == 0x0403);
}

BOOST_AUTO_TEST_CASE(hex_and_base64_have_one_form_only) {
  BOOST_TEST(to_hex(from_hex("00ffA0")) == "00ffa0");
  for (const std::string_view bad : {"0", "0g", "00 11", "0x00"})
    BOOST_CHECK_THROW((void)from_hex(bad), Error);
  BOOST_TEST(to_base64(from_base64("AAEC")) == "AAEC");
  for (const std::string_view bad : {"AA", "AA==\n", "AB==", "A A=", "AAA=="}) {
    BOOST_CHECK_THROW((void)from_base64(bad), Error);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(exit_codes)

BOOST_AUTO_TEST_CASE(a_code_says_that_nothing_to_its_left_was_found) {
  const std::array order = {13, 16, 14, 1, 10, 11, 12, 17, 15, 18, 0};
  for (std::size_t left = 0; left < order.size(); ++left) {
    for (std::size_t right = left; right < order.size(); ++right) {
      const auto a = static_cast<ExitCode>(order[left]);
      const auto b = static_cast<ExitCode>(order[right]);
      BOOST_CHECK(leftmost(a, b) == a);
      BOOST_CHECK(leftmost(b, a) == a);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(files)

BOOST_AUTO_TEST_CASE(an_uncommitted_file_leaves_nothing) {
  TemporaryFolder folder;
  { AtomicFile(folder.path / "new").write(as_bytes("half")); }
  BOOST_TEST(std::filesystem::is_empty(folder.path));
}

BOOST_AUTO_TEST_CASE(a_commit_shows_the_whole_file_and_refuses_an_existing_one) {
  TemporaryFolder folder;
  AtomicFile first(folder.path / "new");
  first.write(as_bytes("whole"));
  first.commit(Existing::refuse);
  BOOST_TEST(content(folder.path / "new") == "whole");
  AtomicFile second(folder.path / "new");
  second.write(as_bytes("other"));
  BOOST_CHECK_THROW(second.commit(Existing::refuse), Error);
  BOOST_TEST(content(folder.path / "new") == "whole");
  second.commit(Existing::replace);
  BOOST_TEST(content(folder.path / "new") == "other");
  BOOST_TEST(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
}

BOOST_AUTO_TEST_CASE(a_copied_range_is_read_back_before_it_has_a_name) {
  TemporaryFolder folder;
  std::ofstream(folder.path / "from") << "0123456789";
  const InputFile from = InputFile::open(folder.path / "from");
  AtomicFile to(folder.path / "to");
  to.copy(from, 2, 5);
  BOOST_TEST(as_text(to.reopen().read_all(100)) == "23456");
  BOOST_CHECK_THROW(to.copy(from, 8, 5), Error);
}

BOOST_AUTO_TEST_CASE(a_file_that_changed_under_us_is_a_trouble) {
  TemporaryFolder folder;
  std::ofstream(folder.path / "a") << "one";
  const InputFile file = InputFile::open(folder.path / "a");
  file.require_unchanged();
  std::ofstream(folder.path / "a", std::ios::app) << "more";
  BOOST_CHECK_THROW(file.require_unchanged(), Error);
}

BOOST_AUTO_TEST_CASE(a_change_whose_time_was_set_back_is_noticed_under_a_new_link_too) {
  const TemporaryFolder folder;
  const auto path = folder.path / "a";
  std::ofstream(path) << "before";
  struct stat before {};
  BOOST_REQUIRE(::stat(path.c_str(), &before) == 0);
  const InputFile file = InputFile::open(path);
  // Until the clock that stamps files has moved, not even the kernel tells the two apart.
  struct stat now = before;
  while (now.st_ctim.tv_sec == before.st_ctim.tv_sec && now.st_ctim.tv_nsec == before.st_ctim.tv_nsec) {
    std::fstream(path, std::ios::in | std::ios::out) << "behind";
    const std::array<timespec, 2> times = {before.st_atim, before.st_mtim};
    BOOST_REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times.data(), 0) == 0);
    BOOST_REQUIRE(::stat(path.c_str(), &now) == 0);
  }
  std::filesystem::create_hard_link(path, folder.path / "b");
  BOOST_CHECK_THROW(file.require_unchanged(), Error);
}

BOOST_AUTO_TEST_CASE(a_folder_a_fifo_and_a_missing_file_are_refused) {
  TemporaryFolder folder;
  ::mkfifo((folder.path / "fifo").c_str(), 0600);
  BOOST_CHECK_THROW(InputFile::open(folder.path), Error);
  BOOST_CHECK_THROW(InputFile::open(folder.path / "fifo"), Error);
  BOOST_CHECK_THROW(InputFile::open(folder.path / "absent"), Error);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(time_and_threads)

BOOST_AUTO_TEST_CASE(a_time_is_read_and_written_in_one_form) {
  BOOST_TEST(to_rfc3339(parse_instant("2026-11-23T10:14:13Z")) == "2026-11-23T10:14:13Z");
  BOOST_TEST(to_rfc3339(parse_instant("2028-02-29")) == "2028-02-29T00:00:00Z");
  for (const std::string_view bad : {"2027-02-29", "2026-1-1", "2026-11-23T10:14:13", "26-11-23",
                                     "+026-11-23", "2026-11-23T24:00:00Z", ""}) {
    BOOST_CHECK_EXCEPTION((void)parse_instant(bad), Error, is_malformed);
  }
}

BOOST_AUTO_TEST_CASE(every_index_is_worked_on_once_and_the_lowest_failure_is_reported) {
  std::vector<int> seen(1000);
  for_each_parallel(seen.size(), 4, [&](std::size_t i) { ++seen[i]; });
  BOOST_TEST(std::accumulate(seen.begin(), seen.end(), 0) == 1000);
  BOOST_TEST(*std::max_element(seen.begin(), seen.end()) == 1);
  for (int run = 0; run < 50; ++run) {
    try {
      for_each_parallel(100, 4, [](std::size_t i) {
        if (i >= 10 && i % 10 == 0) throw Error(ErrorKind::io, std::to_string(i));
      });
      BOOST_ERROR("no failure seen");
    } catch (const Error& error) {
      BOOST_TEST(error.what() == std::string("10"));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(memory)

BOOST_AUTO_TEST_CASE(those_inside_never_hold_more_than_the_bound) {
  MemoryGate gate(100);
  std::atomic<std::uint64_t> inside{0};
  std::atomic<std::uint64_t> most{0};
  for_each_parallel(400, 16, [&](std::size_t i) {
    const std::uint64_t amount = 1 + i % 60;
    const auto share = gate.enter(amount);
    const std::uint64_t sum = inside += amount;
    for (std::uint64_t seen = most; seen < sum && !most.compare_exchange_weak(seen, sum);) {
    }
    std::this_thread::yield();
    inside -= amount;
  });
  BOOST_TEST(most <= 100u);
  BOOST_TEST(most > 0u);
}

BOOST_AUTO_TEST_CASE(one_that_asks_for_more_than_all_is_let_in_alone) {
  MemoryGate gate(100);
  std::atomic<unsigned> inside{0};
  std::atomic<bool> shared{false};
  for_each_parallel(100, 8, [&](std::size_t) {
    const auto share = gate.enter(1'000'000);
    if (++inside > 1) shared = true;
    std::this_thread::yield();
    --inside;
  });
  BOOST_TEST(!shared);
}

BOOST_AUTO_TEST_SUITE_END()
