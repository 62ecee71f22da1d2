// A writer is killed before each call that changes a file, and at random moments: what is left is the old
// state or the new one, and the next change succeeds.
#include "tests/store/imported_bundles.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <functional>
#include <random>

using namespace certstore;
using namespace store_fixtures;

BOOST_TEST_GLOBAL_FIXTURE(ProtectSecrets);

namespace {

// Starts store_writer; kill_at 0: without the shim.
pid_t start(const std::string& change, const std::filesystem::path& store, int kill_at) {
  const pid_t child = ::fork();
  BOOST_REQUIRE_GE(child, 0);
  if (child != 0) return child;
  if (kill_at > 0) {
    ::setenv("LD_PRELOAD", PKGTRUST_KILL_AT_LIBRARY, 1);
    ::setenv("PKGTRUST_KILL_AT", std::to_string(kill_at).c_str(), 1);
    ::setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
  }
  ::execl(PKGTRUST_STORE_WRITER, "store_writer", change.c_str(), store.c_str(), nullptr);
  ::_exit(127);
}

int wait_for(pid_t child) {
  int status = 0;
  BOOST_REQUIRE_EQUAL(::waitpid(child, &status, 0), child);
  return status;
}

bool was_killed(int status) {
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

void make_store(const std::filesystem::path& store) {
  KeyStore keys = KeyStore::create(store / "keys", secret("old"), kCheap);
  const MasterKey key = keys.unlock(secret("old"));
  keys.add_identity(key, identity("server"), secret("key of server"));
  keys.add_identity(key, identity("kept"), secret("key of kept"));
}

std::string key_with(const std::filesystem::path& store, std::string_view passphrase,
                     std::string_view alias) {
  const KeyStore keys = KeyStore::open(store / "keys", OpenMode::read);
  return text_of(keys.open_private_key(keys.unlock(secret(passphrase)), alias));
}

bool has(const std::filesystem::path& store, std::string_view alias) {
  return KeyStore::open(store / "keys", OpenMode::read).find(alias).has_value();
}

bool opens_with(const std::filesystem::path& store, std::string_view passphrase) {
  const KeyStore keys = KeyStore::open(store / "keys", OpenMode::read);
  try {
    static_cast<void>(keys.unlock(secret(passphrase)));
    return true;
  } catch (const Error& error) {
    BOOST_REQUIRE(is_passphrase_error(error));
    return false;
  }
}

// The state after a change that was killed or not: `is_new` says which one it is, and requires that it is one
// of them.
using IsNew = std::function<bool(const std::filesystem::path& store)>;

// Kills `change` before its first, second, ... call until one run ends by itself.
void kill_everywhere(const std::string& change, const IsNew& is_new) {
  int kills = 0;
  int new_states = 0;
  for (int kill_at = 1;; ++kill_at) {
    BOOST_REQUIRE_LT(kill_at, 2000);
    const TemporaryFolder folder;
    if (change != "create") make_store(folder.path);
    if (change == "import") import_first(folder.path / "trust");
    const int status = wait_for(start(change, folder.path, kill_at));
    if (!was_killed(status)) {
      BOOST_REQUIRE_EQUAL(status, 0);
      BOOST_CHECK(is_new(folder.path));
      break;
    }
    ++kills;
    const bool done = is_new(folder.path);
    new_states += done ? 1 : 0;
    if (done) continue;
    // What was left behind does not stop the next one.
    BOOST_REQUIRE_EQUAL(wait_for(start(change, folder.path, 0)), 0);
    BOOST_CHECK(is_new(folder.path));
  }
  BOOST_TEST_MESSAGE(change << ": killed " << kills << " times, " << new_states << " left the new state");
  BOOST_CHECK_GE(kills, 3);
  BOOST_CHECK_LT(new_states, kills);
}

bool passphrase_changed(const std::filesystem::path& store) {
  const bool changed = opens_with(store, "new");
  BOOST_CHECK_NE(opens_with(store, "old"), changed);
  BOOST_CHECK_EQUAL(key_with(store, changed ? "new" : "old", "server"), "key of server");
  BOOST_CHECK_EQUAL(key_with(store, changed ? "new" : "old", "kept"), "key of kept");
  return changed;
}

}  // namespace

BOOST_AUTO_TEST_CASE(creation_is_whole_or_not_at_all) {
  kill_everywhere("create", [](const std::filesystem::path& store) {
    return KeyStore::exists(store / "keys") && opens_with(store, "old");
  });
}

BOOST_AUTO_TEST_CASE(adding_is_whole_or_not_at_all) {
  kill_everywhere("add", [](const std::filesystem::path& store) {
    BOOST_CHECK_EQUAL(key_with(store, "old", "kept"), "key of kept");
    return has(store, "added") && key_with(store, "old", "added") == "key of added";
  });
}

BOOST_AUTO_TEST_CASE(growing_is_whole_or_not_at_all) {
  kill_everywhere("grow", [](const std::filesystem::path& store) {
    BOOST_CHECK_EQUAL(key_with(store, "old", "kept"), "key of kept");
    const std::size_t filled =
        LmdbEnvironment::open(store / "keys", OpenMode::read).read().list("filling").size();
    BOOST_CHECK(filled == 0 || filled == 30);
    return filled == 30;
  });
}

BOOST_AUTO_TEST_CASE(removing_is_whole_or_not_at_all) {
  kill_everywhere("remove", [](const std::filesystem::path& store) {
    BOOST_CHECK_EQUAL(key_with(store, "old", "kept"), "key of kept");
    if (!has(store, "server")) return true;
    BOOST_CHECK_EQUAL(key_with(store, "old", "server"), "key of server");
    return false;
  });
}

BOOST_AUTO_TEST_CASE(changing_the_passphrase_is_whole_or_not_at_all) {
  kill_everywhere("change", passphrase_changed);
}

BOOST_AUTO_TEST_CASE(rekeying_is_whole_or_not_at_all) {
  kill_everywhere("rekey", passphrase_changed);
}

BOOST_AUTO_TEST_CASE(the_first_trust_record_is_whole_or_not_at_all) {
  kill_everywhere("trust", [](const std::filesystem::path& store) {
    const auto records = TrustStore::open_if_present(store / "trust");
    if (!records) return false;
    BOOST_CHECK_EQUAL(records->list().size(), records->audit_log().size());
    return !records->list().empty();
  });
}

BOOST_AUTO_TEST_CASE(importing_a_bundle_is_whole_or_not_at_all) {
  kill_everywhere("import", [](const std::filesystem::path& store) {
    const auto records = TrustStore::open_if_present(store / "trust");
    BOOST_REQUIRE(records);
    BOOST_REQUIRE_EQUAL(records->list().size(), 1);
    BOOST_REQUIRE_EQUAL(records->bundles().size(), 1);
    const bool is_new = records->bundles().front().version == 2;
    BOOST_CHECK_EQUAL(records->list().front().scope_text, is_new ? "second" : "first");
    BOOST_CHECK_EQUAL(records->audit_log().size(), is_new ? 5 : 2);
    return is_new;
  });
}

BOOST_AUTO_TEST_CASE(a_hundred_random_kills_lose_no_trust_record) {
  const TemporaryFolder folder;
  std::mt19937 random(1);
  std::size_t before = 0;
  for (int i = 0; i < 100; ++i) {
    const pid_t child = start("trust-on", folder.path, 0);
    ::usleep(static_cast<useconds_t>(random() % 60000));
    ::kill(child, SIGKILL);
    BOOST_CHECK(was_killed(wait_for(child)));
    const auto store = TrustStore::open_if_present(folder.path / "trust");
    const std::size_t now = store ? store->list().size() : 0;
    BOOST_CHECK_GE(now, before);
    if (store) BOOST_CHECK_EQUAL(store->audit_log().size(), now);
    before = now;
  }
  BOOST_CHECK_GT(before, 0);
}

BOOST_AUTO_TEST_CASE(a_hundred_random_kills_lose_no_key) {
  const TemporaryFolder folder;
  make_store(folder.path);
  std::mt19937 random(2);
  int changed = 0;
  for (int i = 0; i < 100; ++i) {
    const pid_t child = start("change-on", folder.path, 0);
    ::usleep(static_cast<useconds_t>(random() % 120000));
    ::kill(child, SIGKILL);
    BOOST_CHECK(was_killed(wait_for(child)));
    changed += passphrase_changed(folder.path) ? 1 : 0;
  }
  BOOST_TEST_MESSAGE("the new passphrase was in force " << changed << " times");
}
