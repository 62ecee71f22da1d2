// The store in a backup: everything comes back, every key was tried, and no other store is touched.
#include "certstore/backup.h"

#include "certstore/certificate_request.h"
#include "certstore/key_store_record.h"
#include "certstore/statement_key.h"
#include "tests/store/store_fixtures.h"
#include "tests/unit/certificates.h"

#include <boost/test/unit_test.hpp>

using namespace certstore;
using namespace store_fixtures;

BOOST_TEST_GLOBAL_FIXTURE(ProtectSecrets);

namespace {

const Instant kMade = parse_instant("2026-11-23T12:00:00Z");

struct Machine {
  TemporaryFolder folder;
  StorePlace place{folder.path / "store", "test"};
};

StoredIdentity identity_of(const std::string& alias, const std::string& certificate_of) {
  StoredIdentity made = identity(alias);
  made.certificate = tests::make_self_signed_certificate({.common_name = certificate_of}).der();
  made.chain.clear();
  return made;
}

void add(const StorePlace& place, const std::string& alias, const std::string& certificate_of) {
  KeyStore keys = KeyStore::open(place.keys(), OpenMode::write);
  keys.add_identity(keys.unlock(secret("store")), identity_of(alias, certificate_of),
                    tests::key_named(alias).to_pkcs8());
}

// One with two keys and a few decisions.
struct UsedMachine : Machine {
  UsedMachine() {
    make_store_folder(place);
    KeyStore::create(place.keys(), secret("store"), kCheap);
    add(place, "server", "server");
    add(place, "second", "second");
    TrustStore trust = TrustStore::open_or_create(place.trust());
    trust.add(trust_record("one"), actor());
    trust.add(trust_record("two"), actor());
    trust.raise_serial({.signer = {}, .package = "com.example"}, 7, actor());
  }
};

BackupContents back_up(const Machine& machine, const std::filesystem::path& file) {
  const KeyStore keys = KeyStore::open(machine.place.keys(), OpenMode::read);
  const MasterKey key = keys.unlock(secret("store"));
  const auto trust = TrustStore::open_if_present(machine.place.trust());
  return create_backup(file, {keys, key, trust ? &*trust : nullptr}, {secret("file"), kCheap, kMade});
}

Backup open_backup(const std::filesystem::path& file) {
  return Backup(InputFile::open(file), secret("file"));
}

std::vector<Record> records_in(const std::filesystem::path& environment) {
  return LmdbEnvironment::open(environment, OpenMode::read).read().list("");
}

bool is_key_error(const Error& error) {
  return error.kind() == ErrorKind::key;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_record_comes_back_byte_for_byte) {
  const UsedMachine before;
  const auto file = before.folder.path / "a.backup";
  static_cast<void>(back_up(before, file));
  const Machine after;
  restore_backup(open_backup(file), after.place, {secret("new"), kCheap});
  BOOST_CHECK(records_in(before.place.trust()) == records_in(after.place.trust()));
  std::size_t same = 0;
  const auto restored = records_in(after.place.keys());
  for (const auto& record : records_in(before.place.keys())) {
    // The header holds the master key under the new passphrase.
    if (record.first == key_records::kHeader) continue;
    BOOST_CHECK(std::ranges::count(restored, record) == 1);
    ++same;
  }
  BOOST_CHECK_EQUAL(same, 3);
  BOOST_CHECK_EQUAL(restored.size(), 5);  // and the note of the backup
}

BOOST_AUTO_TEST_CASE(the_restored_store_opens_with_the_new_passphrase_only) {
  const UsedMachine before;
  const auto file = before.folder.path / "a.backup";
  static_cast<void>(back_up(before, file));
  const Machine after;
  restore_backup(open_backup(file), after.place, {secret("new"), kCheap});
  KeyStore keys = KeyStore::open(after.place.keys(), OpenMode::write);
  BOOST_CHECK_EXCEPTION(keys.unlock(secret("store")), Error, is_passphrase_error);
  BOOST_CHECK_EXCEPTION(keys.unlock(secret("file")), Error, is_passphrase_error);
  const MasterKey key = keys.unlock(secret("new"));
  BOOST_CHECK(keys.open_private_key(key, "second").equals(tests::key_named("second").to_pkcs8()));
  keys.remove_identity(key, "second");
  BOOST_CHECK(keys.open_private_key(key, "server").equals(tests::key_named("server").to_pkcs8()));
}

BOOST_AUTO_TEST_CASE(it_tells_each_key_and_the_decisions) {
  const UsedMachine machine;
  const auto file = machine.folder.path / "a.backup";
  const BackupContents made = back_up(machine, file);
  const BackupContents read = check_backup(open_backup(file));
  for (const BackupContents& contents : {made, read}) {
    BOOST_REQUIRE_EQUAL(contents.keys.size(), 2);
    BOOST_CHECK_EQUAL(contents.keys[0].alias, "second");
    BOOST_CHECK_EQUAL(contents.keys[1].signer.subject(), "CN=server");
    BOOST_CHECK(contents.note.made == kMade);
    BOOST_CHECK(contents.note.has_key(tests::key_named("server").public_key_sha256()));
    BOOST_CHECK(!contents.note.has_key(tests::key_named("other").public_key_sha256()));
    BOOST_CHECK_EQUAL(contents.trust_records, 2);
    BOOST_CHECK_EQUAL(contents.serials, 1);
    BOOST_CHECK_EQUAL(contents.audit_lines, 3);
  }
}

BOOST_AUTO_TEST_CASE(a_key_of_every_kind_and_the_stores_own_key_are_tried) {
  const UsedMachine machine;
  {
    KeyStore keys = KeyStore::open(machine.place.keys(), OpenMode::write);
    const MasterKey master = keys.unlock(secret("store"));
    CertificateTerms terms;
    terms.subject.common_name = "kinds";
    terms.not_before = kMade;
    terms.not_after = kMade + std::chrono::days(9);
    for (const std::string_view kind : {"rsa-pss-2048", "p-256", "p-384", "ed25519"}) {
      const PrivateKey key = PrivateKey::make(kind);
      StoredIdentity made = identity(kind);
      made.certificate = make_self_signed(key, terms).der();
      keys.add_identity(master, made, key.to_pkcs8());
    }
    ensure_statement_key(keys, master, kMade);
  }
  const auto file = machine.folder.path / "a.backup";
  const BackupContents contents = back_up(machine, file);
  BOOST_CHECK_EQUAL(contents.keys.size(), 7);
  BOOST_CHECK_EQUAL(contents.note.keys.size(), 7);
  BOOST_CHECK_EQUAL(std::ranges::count(contents.keys, kStatementKey, &TestedKey::kind), 1);
}

BOOST_AUTO_TEST_CASE(a_store_that_trusts_nobody_is_backed_up_too) {
  const UsedMachine machine;
  std::filesystem::remove_all(machine.place.trust());
  const auto file = machine.folder.path / "a.backup";
  BOOST_CHECK_EQUAL(back_up(machine, file).trust_records, 0);
  const Machine after;
  restore_backup(open_backup(file), after.place, {secret("new"), kCheap});
  BOOST_CHECK(!LmdbEnvironment::exists(after.place.trust()));
  BOOST_CHECK(differences(open_backup(file), after.place).empty());
}

BOOST_AUTO_TEST_CASE(a_store_of_many_parts_and_a_file_that_must_grow_come_back) {
  const UsedMachine machine;
  TrustStore trust = TrustStore::open_or_create(machine.place.trust());
  for (int i = 0; i < 40; ++i) trust.add(trust_record(std::string(50'000, 'r') + std::to_string(i)), actor());
  const auto before = trust.snapshot().list("");
  const auto file = machine.folder.path / "a.backup";
  const KeyStore keys = KeyStore::open(machine.place.keys(), OpenMode::read);
  const MasterKey key = keys.unlock(secret("store"));
  static_cast<void>(create_backup(file, {keys, key, &trust}, {secret("file"), kCheap, kMade}));
  BOOST_CHECK_GT(std::filesystem::file_size(file), 2'000'000);
  const Machine after;
  restore_backup(open_backup(file), after.place, {secret("new"), kCheap});
  BOOST_CHECK(before == records_in(after.place.trust()));
}

BOOST_AUTO_TEST_CASE(flipped_bytes_of_a_whole_backup_are_noticed) {
  const UsedMachine machine;
  const auto file = machine.folder.path / "a.backup";
  static_cast<void>(back_up(machine, file));
  const std::string bytes = content(file);
  // backup_file_test flips every byte of a small one; here the stride is prime to every size in the layout.
  for (std::size_t i = 0; i < bytes.size(); i += 13) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0x40);
    write_content(file, changed);
    BOOST_CHECK_EXCEPTION(check_backup(open_backup(file)), Error, is_store_error);
  }
}

BOOST_AUTO_TEST_CASE(a_key_that_does_not_sign_for_its_certificate_makes_no_backup) {
  const UsedMachine machine;
  add(machine.place, "odd", "server");
  const auto file = machine.folder.path / "a.backup";
  BOOST_CHECK_EXCEPTION(back_up(machine, file), Error, is_key_error);
  BOOST_CHECK(!std::filesystem::exists(file));
}

BOOST_AUTO_TEST_CASE(the_file_is_for_its_owner_only_and_replaces_none) {
  const UsedMachine machine;
  const auto file = machine.folder.path / "a.backup";
  static_cast<void>(back_up(machine, file));
  struct stat status {};
  BOOST_REQUIRE_EQUAL(::stat(file.c_str(), &status), 0);
  BOOST_CHECK_EQUAL(status.st_mode & 07777, 0600);
  const std::string before = content(file);
  BOOST_CHECK_THROW(back_up(machine, file), Error);
  BOOST_CHECK(content(file) == before);
}

BOOST_AUTO_TEST_CASE(no_private_key_master_key_or_passphrase_is_readable_in_the_file) {
  const UsedMachine machine;
  const auto file = machine.folder.path / "a.backup";
  static_cast<void>(back_up(machine, file));
  const std::string bytes = content(file);
  const Backup backup = open_backup(file);
  BOOST_CHECK_EQUAL(bytes.find(as_text(backup.master_key().bytes().view())), std::string::npos);
  BOOST_CHECK_EQUAL(bytes.find("server"), std::string::npos);
}

BOOST_AUTO_TEST_CASE(restoring_over_a_store_changes_nothing_and_tells_what_differs) {
  const UsedMachine before;
  const auto file = before.folder.path / "a.backup";
  static_cast<void>(back_up(before, file));
  const Backup backup = open_backup(file);
  BOOST_CHECK(differences(backup, before.place).empty());
  const Machine after;
  restore_backup(backup, after.place, {secret("store"), kCheap});
  {
    KeyStore keys = KeyStore::open(after.place.keys(), OpenMode::write);
    keys.remove_identity(keys.unlock(secret("store")), "server");
  }
  add(after.place, "third", "third");
  TrustStore::open_or_create(after.place.trust()).add(trust_record("three"), actor());
  const auto records = records_in(after.place.keys());
  BOOST_CHECK(!is_vacant(after.place));
  BOOST_CHECK_EXCEPTION(restore_backup(backup, after.place, {secret("new"), kCheap}), Error, is_store_error);
  const std::vector<std::string> expected = {"identity 'server': only in the backup",
                                             "identity 'third': only in the store",
                                             "trust records: 1 only in the store"};
  BOOST_CHECK(differences(backup, after.place) == expected);
  BOOST_CHECK(records == records_in(after.place.keys()));
}

BOOST_AUTO_TEST_CASE(an_empty_folder_is_vacant_and_one_with_any_file_is_not) {
  const Machine machine;
  BOOST_CHECK(is_vacant(machine.place));
  make_store_folder(machine.place);
  BOOST_CHECK(is_vacant(machine.place));
  write_content(machine.place.folder / "note.txt", "mine");
  BOOST_CHECK(!is_vacant(machine.place));
}

BOOST_AUTO_TEST_CASE(a_restored_store_remembers_its_backup) {
  const UsedMachine before;
  const auto file = before.folder.path / "a.backup";
  const BackupNote note = back_up(before, file).note;
  BOOST_CHECK(!KeyStore::open(before.place.keys(), OpenMode::read).last_backup());
  KeyStore::open(before.place.keys(), OpenMode::write).remember_backup(note);
  BOOST_CHECK(KeyStore::open(before.place.keys(), OpenMode::read).last_backup() == note);
  const Machine after;
  restore_backup(open_backup(file), after.place, {secret("new"), kCheap});
  BOOST_CHECK(KeyStore::open(after.place.keys(), OpenMode::read).last_backup() == note);
}
