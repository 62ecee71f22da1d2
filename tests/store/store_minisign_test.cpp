// Bare keys in the key store: sealed for their public part, and never with a certificate beside it.
#include "certstore/certificate_request.h"
#include "certstore/key_store_record.h"
#include "certstore/lmdb_environment.h"
#include "certstore/minisign_secret.h"
#include "certstore/test_signature.h"
#include "tests/store/store_fixtures.h"

#include <boost/test/unit_test.hpp>

using namespace certstore;
using namespace store_fixtures;

namespace {

// A key store with one minisign key "mini".
struct Fixture {
  Fixture() {
    KeyStore store = KeyStore::create(keys, secret("open sesame"), kCheap);
    StoredIdentity identity = stored_identity("mini", made.public_key);
    identity.created = Instant(std::chrono::seconds(1'800'000'000));
    store.add_identity(store.unlock(secret("open sesame")), identity, made.key.to_pkcs8());
  }

  // Rewrites the record "mini" behind the store's back.
  template <typename Edit>
  void change_record(const Edit& edit) const {
    LmdbEnvironment environment = LmdbEnvironment::open(keys, OpenMode::write);
    environment.update([&](Transaction& transaction) {
      IdentityRecord record = parse_identity(*transaction.get("identity/mini"), "mini");
      edit(record);
      transaction.put("identity/mini", to_record(record));
    });
  }

  // The same key with a certificate.
  StoredIdentity with_certificate(std::string alias) const {
    CertificateTerms terms;
    terms.subject.common_name = "mini";
    terms.not_before = Instant(std::chrono::seconds(1'800'000'000));
    terms.not_after = terms.not_before + std::chrono::days(1);
    return stored_identity(std::move(alias), make_self_signed(made.key, terms));
  }

  TemporaryFolder folder;
  std::filesystem::path keys = folder.path / "keys";
  MinisignSecret made = make_minisign_key();
};

ErrorKind kind_of_adding(KeyStore& store, const StoredIdentity& identity, const PrivateKey& key) {
  try {
    store.add_identity(store.unlock(secret("open sesame")), identity, key.to_pkcs8());
  } catch (const Error& error) {
    return error.kind();
  }
  return ErrorKind::internal;
}

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(ProtectSecrets);

BOOST_FIXTURE_TEST_SUITE(store_minisign, Fixture)

BOOST_AUTO_TEST_CASE(a_bare_key_comes_back_as_it_was_put) {
  const KeyStore store = KeyStore::open(keys, OpenMode::read);
  const StoredIdentity found = store.get("mini");
  BOOST_CHECK_EQUAL(found.kind, kMinisignKey);
  BOOST_REQUIRE(found.bare_key.has_value());
  BOOST_CHECK(*found.bare_key == made.public_key);
  BOOST_CHECK(found.bare_key->id() == made.public_key.id());
  BOOST_CHECK(found.certificate.empty());
  BOOST_CHECK_THROW(static_cast<void>(found.own_certificate()), Error);
  const MasterKey master = store.unlock(secret("open sesame"));
  const SecretBytes pkcs8 = store.open_private_key(master, "mini");
  BOOST_CHECK_NO_THROW(require_signs(PrivateKey::from_pkcs8(pkcs8.view(), "mini"), found.signer(), "mini"));
  BOOST_CHECK_NO_THROW(store.require_whole(&master));
}

BOOST_AUTO_TEST_CASE(a_key_whose_public_part_was_changed_does_not_open) {
  const auto change_id = [](IdentityRecord& record) {
    KeyId id = record.identity.bare_key->id();
    id[0] ^= 1;
    record.identity.bare_key = BareKey::from_ed25519(record.identity.bare_key->point(), id, "k");
  };
  const auto change_key = [](IdentityRecord& record) {
    record.identity.bare_key = make_minisign_key().public_key;
  };
  const auto opens = [&] {
    const KeyStore store = KeyStore::open(keys, OpenMode::read);
    static_cast<void>(store.open_private_key(store.unlock(secret("open sesame")), "mini"));
  };
  BOOST_CHECK_NO_THROW(opens());
  change_record(change_id);
  BOOST_CHECK_THROW(opens(), Error);
  change_record(change_id);  // back
  BOOST_CHECK_NO_THROW(opens());
  change_record(change_key);
  BOOST_CHECK_THROW(opens(), Error);
}

BOOST_AUTO_TEST_CASE(a_bare_key_never_gets_a_certificate) {
  KeyStore store = KeyStore::open(keys, OpenMode::write);
  BOOST_CHECK(kind_of_adding(store, with_certificate("server"), made.key) == ErrorKind::key);
  BOOST_CHECK_EQUAL(store.list().size(), 1);
}

BOOST_AUTO_TEST_CASE(a_key_with_a_certificate_does_not_become_bare) {
  KeyStore store = KeyStore::open(keys, OpenMode::write);
  const MasterKey master = store.unlock(secret("open sesame"));
  store.remove_identity(master, "mini");
  store.add_identity(master, with_certificate("server"), made.key.to_pkcs8());
  BOOST_CHECK(kind_of_adding(store, stored_identity("mini", made.public_key), made.key) == ErrorKind::key);
  const MinisignSecret other = make_minisign_key();
  BOOST_CHECK_NO_THROW(
      store.add_identity(master, stored_identity("mini", other.public_key), other.key.to_pkcs8()));
}

BOOST_AUTO_TEST_CASE(a_new_passphrase_and_a_new_name_leave_the_key) {
  KeyStore store = KeyStore::open(keys, OpenMode::write);
  const MasterKey master =
      store.change_passphrase(secret("open sesame"), secret("other"), {.cost = kCheap, .rekey = true});
  store.rename_identity(master, "mini", "next");
  const SecretBytes pkcs8 = store.open_private_key(master, "next");
  BOOST_CHECK(pkcs8.equals(made.key.to_pkcs8()));
  BOOST_CHECK(*store.get("next").bare_key == made.public_key);
}

BOOST_AUTO_TEST_CASE(a_record_of_one_kind_with_the_fields_of_the_other_is_refused) {
  IdentityRecord record{
      .identity = stored_identity("mini", made.public_key), .version = 1, .sealed_key = {1}};
  BOOST_CHECK_NO_THROW(static_cast<void>(parse_identity(to_record(record), "mini")));
  record.identity.kind = "identity";
  BOOST_CHECK_THROW(static_cast<void>(parse_identity(to_record(record), "mini")), Error);
  IdentityRecord other{.identity = identity("mini"), .version = 1, .sealed_key = {1}};
  BOOST_CHECK_NO_THROW(static_cast<void>(parse_identity(to_record(other), "mini")));
  other.identity.kind = kMinisignKey;
  BOOST_CHECK_THROW(static_cast<void>(parse_identity(to_record(other), "mini")), Error);
}

BOOST_AUTO_TEST_SUITE_END()
