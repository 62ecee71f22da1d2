// What `store check` finds beyond keys that do not open.
#include "certstore/key_store_record.h"
#include "tests/store/store_fixtures.h"

#include <boost/test/unit_test.hpp>

using namespace certstore;
using namespace store_fixtures;

BOOST_TEST_GLOBAL_FIXTURE(ProtectSecrets);

namespace {

struct Fixture {
  TemporaryFolder folder;
  std::filesystem::path keys = folder.path / "keys";
  std::filesystem::path trust = folder.path / "trust";

  Fixture() {
    KeyStore store = KeyStore::create(keys, secret("store"), kCheap);
    const MasterKey key = store.unlock(secret("store"));
    store.add_identity(key, identity("server"), secret("key of server"));
    store.add_identity(key, identity("second"), secret("key of second"));
    store.set_default_alias("second");
    TrustStore records = TrustStore::open_or_create(trust);
    records.add(trust_record("one"), actor());
    records.raise_serial({.signer = {1}, .package = "com.example"}, 7, actor());
  }
  static void change(const std::filesystem::path& folder, const LmdbEnvironment::Change& change) {
    LmdbEnvironment::open(folder, OpenMode::write).update(change);
  }
  void check_keys() const {
    const KeyStore store = KeyStore::open(keys, OpenMode::read);
    const MasterKey key = store.unlock(secret("store"));
    store.require_whole(&key);
  }
  void check_trust() const { TrustStore::open_if_present(trust)->require_whole(); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(store_check, Fixture)

BOOST_AUTO_TEST_CASE(a_whole_store_is_whole) {
  check_keys();
  check_trust();
  KeyStore::open(keys, OpenMode::read).require_whole(nullptr);
}

BOOST_AUTO_TEST_CASE(an_identity_that_was_taken_away_is_missed) {
  change(keys, [](Transaction& transaction) { transaction.erase("identity/server"); });
  BOOST_CHECK_EXCEPTION(check_keys(), Error, is_store_error);
  // Without the passphrase nobody can know.
  KeyStore::open(keys, OpenMode::read).require_whole(nullptr);
}

BOOST_AUTO_TEST_CASE(an_identity_that_was_put_there_is_noticed) {
  change(keys, [](Transaction& transaction) {
    IdentityRecord record = parse_identity(*transaction.get("identity/server"), "server");
    record.identity.alias = "third";
    transaction.put("identity/third", to_record(record));
  });
  BOOST_CHECK_EXCEPTION(check_keys(), Error, is_store_error);
}

BOOST_AUTO_TEST_CASE(a_default_that_is_not_there_is_noticed) {
  change(keys, [](Transaction& transaction) { transaction.erase("identity/second"); });
  BOOST_CHECK_EXCEPTION(KeyStore::open(keys, OpenMode::read).require_whole(nullptr), Error, is_store_error);
}

BOOST_AUTO_TEST_CASE(a_record_that_nobody_knows_is_noticed) {
  for (const std::string_view name : {"unheard", "identit", "record"}) {
    for (const auto& folder_of_it : {keys, trust}) {
      change(folder_of_it, [&](Transaction& transaction) { transaction.put(name, as_bytes("{}")); });
    }
    BOOST_CHECK_EXCEPTION(check_keys(), Error, is_store_error);
    BOOST_CHECK_EXCEPTION(check_trust(), Error, is_store_error);
    for (const auto& folder_of_it : {keys, trust}) {
      change(folder_of_it, [&](Transaction& transaction) { transaction.erase(name); });
    }
  }
  check_keys();
  check_trust();
}

BOOST_AUTO_TEST_CASE(a_record_that_cannot_be_read_is_noticed) {
  for (const std::string_view name : {"identity/server", "default", "backup", "header"}) {
    const Fixture fresh;
    change(fresh.keys, [&](Transaction& transaction) { transaction.put(name, as_bytes("{\"a\":1}")); });
    BOOST_CHECK_EXCEPTION(fresh.check_keys(), Error, is_store_error);
  }
  for (const std::string_view prefix : {"record/", "serial/"}) {
    const Fixture fresh;
    change(fresh.trust, [&](Transaction& transaction) {
      transaction.put(transaction.list(prefix).at(0).first, as_bytes("{\"a\":1}"));
    });
    BOOST_CHECK_EXCEPTION(fresh.check_trust(), Error, is_store_error);
  }
}

BOOST_AUTO_TEST_CASE(a_serial_of_another_package_is_noticed) {
  change(trust, [](Transaction& transaction) {
    const Record serial = transaction.list("serial/").at(0);
    transaction.erase(serial.first);
    transaction.put("serial/00", serial.second);
  });
  BOOST_CHECK_EXCEPTION(check_trust(), Error, is_store_error);
}

BOOST_AUTO_TEST_CASE(compacting_gives_back_the_room_of_what_was_removed) {
  TrustStore store = TrustStore::open_or_create(trust);
  std::vector<std::string> ids;
  for (int i = 0; i < 60; ++i) {
    ids.push_back(store.add(trust_record(std::to_string(i) + std::string(25000, 'x')), actor()).id);
  }
  for (const std::string& id : ids) store.remove(id, actor());
  const auto before = std::filesystem::file_size(trust / "data.mdb");
  const std::vector<AuditRecord> log = store.audit_log();
  store.compact();
  BOOST_CHECK_LT(std::filesystem::file_size(trust / "data.mdb"), before);
  BOOST_CHECK(store.audit_log() == log);
  BOOST_CHECK(store.check_audit({}).broken.empty());
}

BOOST_AUTO_TEST_SUITE_END()
