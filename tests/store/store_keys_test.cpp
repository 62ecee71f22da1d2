#include "certstore/key_store_record.h"
#include "certstore/lmdb_environment.h"
#include "tests/store/store_fixtures.h"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

using namespace certstore;
using namespace store_fixtures;

namespace {

// A key store with one identity "server", closed.
struct Fixture {
  Fixture() {
    KeyStore store = KeyStore::create(keys, secret("open sesame"), kCheap);
    store.add_identity(store.unlock(secret("open sesame")), identity("server"),
                       secret("private key of server"));
  }
  TemporaryFolder folder;
  std::filesystem::path keys = folder.path / "keys";
};

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  BOOST_REQUIRE_EQUAL(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777U;
}

bool holds(const std::filesystem::path& file, std::string_view bytes) {
  return content(file).find(bytes) != std::string::npos;
}

// The sealed bytes of a record as they lie in the file (base64 in JSON).
std::string sealed_text(const std::filesystem::path& keys, const std::string& alias) {
  const LmdbEnvironment environment = LmdbEnvironment::open(keys, OpenMode::read);
  const auto record = environment.read().get("identity/" + alias);
  BOOST_REQUIRE(record);
  return to_base64(parse_identity(*record, alias).sealed_key);
}

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(ProtectSecrets);

BOOST_FIXTURE_TEST_SUITE(key_store, Fixture)

BOOST_AUTO_TEST_CASE(an_identity_comes_back_as_it_was_put) {
  const KeyStore store = KeyStore::open(keys, OpenMode::read);
  BOOST_REQUIRE_EQUAL(store.list().size(), 1);
  const StoredIdentity found = store.get("server");
  BOOST_CHECK(found.certificate == identity("server").certificate);
  BOOST_CHECK(found.chain == identity("server").chain);
  BOOST_CHECK(found.created == identity("server").created);
  BOOST_CHECK_EQUAL(found.kind, "identity");
  const SecretBytes key = store.open_private_key(store.unlock(secret("open sesame")), "server");
  BOOST_CHECK_EQUAL(text_of(key), "private key of server");
}

BOOST_AUTO_TEST_CASE(folders_and_files_are_closed_to_others) {
  { const KeyStore store = KeyStore::open(keys, OpenMode::write); }
  BOOST_CHECK_EQUAL(mode_of(keys), 0700);
  for (const auto& file : std::filesystem::directory_iterator(keys))
    BOOST_CHECK_EQUAL(mode_of(file.path()), 0600);
}

BOOST_AUTO_TEST_CASE(a_wrong_passphrase_is_told_from_damage) {
  const KeyStore store = KeyStore::open(keys, OpenMode::read);
  BOOST_CHECK_EXCEPTION(store.unlock(secret("Open sesame")), Error, is_passphrase_error);
  BOOST_CHECK_EXCEPTION(store.unlock(secret("")), Error, is_passphrase_error);
}

BOOST_AUTO_TEST_CASE(nothing_secret_lies_open_in_the_file) {
  BOOST_CHECK(!holds(keys / "data.mdb", "private key of"));
  BOOST_CHECK(!holds(keys / "data.mdb", to_base64(as_bytes("private key of server"))));
}

BOOST_AUTO_TEST_CASE(a_second_store_in_the_same_place_is_refused) {
  BOOST_CHECK_EXCEPTION(KeyStore::create(keys, secret("x"), kCheap), Error, is_store_error);
  const KeyStore store = KeyStore::open(keys, OpenMode::read);
  BOOST_CHECK_NO_THROW(static_cast<void>(store.unlock(secret("open sesame"))));
}

BOOST_AUTO_TEST_CASE(an_alias_that_exists_is_refused) {
  KeyStore store = KeyStore::open(keys, OpenMode::write);
  const MasterKey key = store.unlock(secret("open sesame"));
  BOOST_CHECK_EXCEPTION(store.add_identity(key, identity("server"), secret("another")), Error,
                        is_store_error);
  BOOST_CHECK_EQUAL(text_of(store.open_private_key(key, "server")), "private key of server");
}

BOOST_AUTO_TEST_CASE(bad_aliases_are_refused) {
  KeyStore store = KeyStore::open(keys, OpenMode::write);
  const MasterKey key = store.unlock(secret("open sesame"));
  for (const std::string& alias :
       {std::string(), std::string("a\nb"), std::string(101, 'a'), std::string("\xFF")}) {
    BOOST_CHECK_EXCEPTION(store.add_identity(key, identity(alias), secret("k")), Error, is_usage_error);
  }
}

BOOST_AUTO_TEST_CASE(an_absent_identity_is_an_error_that_names_the_others) {
  const KeyStore store = KeyStore::open(keys, OpenMode::read);
  BOOST_CHECK(!store.find("other"));
  BOOST_CHECK_EXCEPTION(store.get("other"), Error, [](const Error& error) {
    return error.hint().find("'server'") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(a_removed_identity_leaves_no_bytes) {
  const std::string sealed = sealed_text(keys, "server");
  BOOST_REQUIRE(holds(keys / "data.mdb", sealed));
  KeyStore store = KeyStore::open(keys, OpenMode::write);
  const MasterKey key = store.unlock(secret("open sesame"));
  store.add_identity(key, identity("other"), secret("private key of other"));
  store.remove_identity(key, "server");
  BOOST_CHECK(!holds(keys / "data.mdb", sealed));
  BOOST_CHECK(!holds(keys / "data.mdb", to_base64(identity("server").certificate)));
  BOOST_CHECK_EQUAL(store.list().size(), 1);
  BOOST_CHECK_EQUAL(text_of(store.open_private_key(key, "other")), "private key of other");
}

BOOST_AUTO_TEST_CASE(a_changed_passphrase_leaves_nothing_that_the_old_one_opens) {
  KeyStore store = KeyStore::open(keys, OpenMode::write);
  const std::string before = content(keys / "data.mdb");
  const std::string wrapped = before.substr(before.find("\"key\":\"") + 7, 40);
  store.change_passphrase(secret("open sesame"), secret("close sesame"), {.cost = kCheap, .rekey = false});
  BOOST_CHECK(!holds(keys / "data.mdb", wrapped));
  BOOST_CHECK_EXCEPTION(store.unlock(secret("open sesame")), Error, is_passphrase_error);
  const MasterKey key = store.unlock(secret("close sesame"));
  BOOST_CHECK_EQUAL(text_of(store.open_private_key(key, "server")), "private key of server");
}

BOOST_AUTO_TEST_CASE(rekeying_seals_every_secret_anew) {
  const std::string sealed = sealed_text(keys, "server");
  KeyStore store = KeyStore::open(keys, OpenMode::write);
  const MasterKey old_key = store.unlock(secret("open sesame"));
  const MasterKey key =
      store.change_passphrase(secret("open sesame"), secret("open sesame"), {.cost = kCheap, .rekey = true});
  BOOST_CHECK(!holds(keys / "data.mdb", sealed));
  BOOST_CHECK_EXCEPTION(store.open_private_key(old_key, "server"), Error, is_store_error);
  BOOST_CHECK_EQUAL(text_of(store.open_private_key(key, "server")), "private key of server");
  BOOST_CHECK(store.unlock(secret("open sesame")).bytes().equals(key.bytes()));
}

BOOST_AUTO_TEST_CASE(a_wrong_passphrase_changes_nothing) {
  KeyStore store = KeyStore::open(keys, OpenMode::write);
  const std::string before = content(keys / "data.mdb");
  BOOST_CHECK_EXCEPTION(
      store.change_passphrase(secret("wrong"), secret("next"), {.cost = kCheap, .rekey = true}), Error,
      is_passphrase_error);
  BOOST_CHECK(content(keys / "data.mdb") == before);
}

BOOST_AUTO_TEST_CASE(sixty_identities_make_the_file_grow) {
  KeyStore store = KeyStore::open(keys, OpenMode::write);
  const MasterKey key = store.unlock(secret("open sesame"));
  StoredIdentity large = identity("x");
  large.certificate = Bytes(20'000, 7);
  for (int i = 0; i < 60; ++i) {
    large.alias = "alias " + std::to_string(i);
    store.add_identity(key, large, secret("key " + std::to_string(i)));
  }
  BOOST_CHECK_EQUAL(store.list().size(), 61);
  BOOST_CHECK_EQUAL(text_of(store.open_private_key(key, "alias 37")), "key 37");
  store.compact();
  BOOST_CHECK_EQUAL(text_of(store.open_private_key(key, "alias 59")), "key 59");
}

BOOST_AUTO_TEST_SUITE_END()
