// Many at once: readers beside a writer, writers beside each other, and stores that cannot be written.
#include "tests/store/store_fixtures.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <array>
#include <functional>
#include <iostream>

using namespace certstore;
using namespace store_fixtures;

BOOST_TEST_GLOBAL_FIXTURE(ProtectSecrets);

namespace {

constexpr int kReaders = 500;

// Runs `work` in a child process that ends with what it returns.
pid_t in_child(const std::function<int()>& work) {
  const pid_t child = ::fork();
  BOOST_REQUIRE_GE(child, 0);
  if (child != 0) return child;
  int result = 99;
  try {
    result = work();
  } catch (const std::exception& error) {
    std::cerr << error.what() << std::endl;
  }
  ::_exit(result);
}

int result_of(pid_t child) {
  int status = 0;
  BOOST_REQUIRE_EQUAL(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

struct Pipe {
  Pipe() { BOOST_REQUIRE_EQUAL(::pipe2(ends.data(), O_CLOEXEC), 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  std::array<int, 2> ends{};
};

struct Fixture {
  Fixture() {
    static_cast<void>(LmdbEnvironment::create(folder_path, {{"counter", {0}}}));
    std::filesystem::permissions(folder.path, std::filesystem::perms(0755));
  }
  TemporaryFolder folder;
  std::filesystem::path folder_path = folder.path / "trust";
};

void count_up(const std::filesystem::path& folder) {
  LmdbEnvironment::open(folder, OpenMode::write).update([](Transaction& transaction) {
    Bytes counter = transaction.get("counter").value();
    ++counter.front();
    transaction.put("counter", counter);
  });
}

int counter_in(const std::filesystem::path& folder) {
  return LmdbEnvironment::open(folder, OpenMode::read).read().get("counter").value().front();
}

// What a read-only store must do: 0 if it serves reading, refuses writing with its sentence, and stays as it
// is.
int serves_reading_only(const std::filesystem::path& folder) {
  const std::string before = content(folder / "data.mdb");
  if (counter_in(folder) != 0) return 1;
  try {
    count_up(folder);
    return 2;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::store) return 3;
    if (std::string_view(error.what()).find("is read-only") == std::string_view::npos) return 4;
  }
  return content(folder / "data.mdb") == before ? 0 : 5;
}

bool is_root() {
  if (::geteuid() == 0) return true;
  std::cout << "skipped: this machine runs the tests without root, who alone can mount and change users"
            << std::endl;
  return false;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(beside, Fixture)

BOOST_AUTO_TEST_CASE(five_hundred_readers_keep_their_snapshot_beside_a_writer) {
  const Pipe ready;
  const Pipe go;
  std::vector<pid_t> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.push_back(in_child([&] {
      ::close(go.ends[1]);
      const LmdbEnvironment environment = LmdbEnvironment::open(folder_path, OpenMode::read);
      const Transaction snapshot = environment.read();
      char byte = 'r';
      if (::write(ready.ends[1], &byte, 1) != 1) return 1;
      if (::read(go.ends[0], &byte, 1) != 0) return 2;  // the end of the pipe: the writer is done
      return snapshot.get("counter").value().front() == 0 ? 0 : 3;
    }));
  }
  char byte = 0;
  for (int i = 0; i < kReaders; ++i) BOOST_REQUIRE_EQUAL(::read(ready.ends[0], &byte, 1), 1);
  for (int i = 0; i < 20; ++i) count_up(folder_path);
  Pipe& finished = const_cast<Pipe&>(go);
  ::close(finished.ends[1]);
  finished.ends[1] = -1;
  int wrong = 0;
  for (const pid_t reader : readers) wrong += result_of(reader) == 0 ? 0 : 1;
  BOOST_CHECK_EQUAL(wrong, 0);
  BOOST_CHECK_EQUAL(counter_in(folder_path), 20);
}

BOOST_AUTO_TEST_CASE(writers_wait_for_each_other) {
  std::vector<pid_t> writers;
  for (int i = 0; i < 8; ++i) {
    writers.push_back(in_child([&] {
      for (int times = 0; times < 10; ++times) count_up(folder_path);
      return 0;
    }));
  }
  for (const pid_t writer : writers) BOOST_CHECK_EQUAL(result_of(writer), 0);
  BOOST_CHECK_EQUAL(counter_in(folder_path), 80);
}

BOOST_AUTO_TEST_CASE(rewriting_beside_writers_loses_nothing) {
  std::vector<pid_t> writers;
  for (int i = 0; i < 4; ++i) {
    writers.push_back(in_child([&] {
      for (int times = 0; times < 10; ++times) {
        count_up(folder_path);
        LmdbEnvironment::open(folder_path, OpenMode::write).rewrite([](Transaction&) {});
      }
      return 0;
    }));
  }
  for (const pid_t writer : writers) BOOST_CHECK_EQUAL(result_of(writer), 0);
  BOOST_CHECK_EQUAL(counter_in(folder_path), 40);
}

BOOST_AUTO_TEST_CASE(a_change_that_throws_leaves_the_old_state) {
  LmdbEnvironment environment = LmdbEnvironment::open(folder_path, OpenMode::write);
  const auto fails = [](Transaction& transaction) {
    transaction.put("counter", Bytes{7});
    throw Error(ErrorKind::usage, "no");
  };
  BOOST_CHECK_EXCEPTION(environment.update(fails), Error, is_usage_error);
  BOOST_CHECK_EXCEPTION(environment.rewrite(fails), Error, is_usage_error);
  BOOST_CHECK_EQUAL(environment.read().get("counter").value().front(), 0);
}

BOOST_AUTO_TEST_CASE(a_read_only_file_system_serves_reading) {
  if (!is_root()) return;
  const int result = result_of(in_child([&] {
    const char* const path = folder.path.c_str();
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount(path, path, nullptr, MS_BIND, nullptr) != 0 ||
        ::mount(path, path, nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) != 0) {
      return 77;
    }
    return serves_reading_only(folder_path);
  }));
  if (result == 77) {
    std::cout << "skipped: this machine forbids mounts" << std::endl;
    return;
  }
  BOOST_CHECK_EQUAL(result, 0);
}

BOOST_AUTO_TEST_CASE(a_full_disk_leaves_the_old_state) {
  if (!is_root()) return;
  const std::filesystem::path disk = folder.path / "disk";
  std::filesystem::create_directory(disk);
  const int result = result_of(in_child([&] {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", disk.c_str(), "tmpfs", 0, "size=256k") != 0) {
      return 77;
    }
    if (!LmdbEnvironment::create(disk / "keys", {{"counter", {0}}})) return 1;
    const auto fill = [](Transaction& transaction) { transaction.put("large", Bytes(500'000, 1)); };
    for (const bool rewrite : {false, true}) {
      try {
        LmdbEnvironment environment = LmdbEnvironment::open(disk / "keys", OpenMode::write);
        rewrite ? environment.rewrite(fill) : environment.update(fill);
        return 2;
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::io) return 3;
      }
      const auto records = LmdbEnvironment::open(disk / "keys", OpenMode::read).read().list("");
      if (records != std::vector<Record>{{"counter", {0}}}) return 4;
    }
    return 0;
  }));
  if (result == 77) {
    std::cout << "skipped: this machine forbids mounts" << std::endl;
    return;
  }
  BOOST_CHECK_EQUAL(result, 0);
}

BOOST_AUTO_TEST_CASE(a_store_without_permission_to_write_serves_reading) {
  if (!is_root()) return;
  std::filesystem::permissions(folder_path, std::filesystem::perms(0555));
  std::filesystem::permissions(folder_path / "data.mdb", std::filesystem::perms(0444));
  for (const bool lock_file : {true, false}) {
    if (!lock_file) std::filesystem::remove(folder_path / "data.mdb-lock");
    BOOST_CHECK_EQUAL(result_of(in_child([&] {
                        if (::setgid(65534) != 0 || ::setuid(65534) != 0) return 98;
                        return serves_reading_only(folder_path);
                      })),
                      0);
  }
}

BOOST_AUTO_TEST_CASE(a_writer_waits_for_a_reader_that_cannot_lock) {
  if (!is_root()) return;
  std::filesystem::permissions(folder_path, std::filesystem::perms(0555));
  std::filesystem::permissions(folder_path / "data.mdb", std::filesystem::perms(0444));
  const Pipe ready;
  const pid_t reader = in_child([&] {
    if (::setgid(65534) != 0 || ::setuid(65534) != 0) return 98;
    const LmdbEnvironment environment = LmdbEnvironment::open(folder_path, OpenMode::read);
    const char byte = 'r';
    if (::write(ready.ends[1], &byte, 1) != 1) return 1;
    ::usleep(300'000);
    return environment.read().get("counter").value().front() == 0 ? 0 : 3;
  });
  char byte = 0;
  BOOST_REQUIRE_EQUAL(::read(ready.ends[0], &byte, 1), 1);
  count_up(folder_path);
  BOOST_CHECK_EQUAL(result_of(reader), 0);
  BOOST_CHECK_EQUAL(counter_in(folder_path), 1);
}

BOOST_AUTO_TEST_SUITE_END()
