#include "certstore/key_store_record.h"
#include "tests/store/store_fixtures.h"

#include <boost/test/unit_test.hpp>

using namespace certstore;
using namespace store_fixtures;

BOOST_TEST_GLOBAL_FIXTURE(ProtectSecrets);

namespace {

const SealedPlace kPlace{
    .store = {1}, .kind = "identity", .name = "server", .certificate = {2}, .version = 3};

// Two identities, and the records of the store as an attacker with the file can copy them.
struct Fixture {
  Fixture() {
    KeyStore store = KeyStore::create(keys, secret("open sesame"), kCheap);
    const MasterKey key = store.unlock(secret("open sesame"));
    store.add_identity(key, identity("server"), secret("old key of server"));
    store.add_identity(key, identity("other"), secret("key of other"));
  }

  Bytes get(const std::string& name) const {
    const std::optional<Bytes> record = LmdbEnvironment::open(keys, OpenMode::read).read().get(name);
    BOOST_REQUIRE(record);
    return *record;
  }
  void put(const std::string& name, const Bytes& record) const {
    LmdbEnvironment::open(keys, OpenMode::write).update([&](Transaction& transaction) {
      transaction.put(name, record);
    });
  }
  void put(const IdentityRecord& record) const {
    put("identity/" + record.identity.alias, to_record(record));
  }
  IdentityRecord get_identity(const std::string& alias) const {
    return parse_identity(get("identity/" + alias), alias);
  }

  void server_does_not_open() const {
    const KeyStore store = KeyStore::open(keys, OpenMode::read);
    const MasterKey key = store.unlock(secret("open sesame"));
    BOOST_CHECK_EXCEPTION(store.open_private_key(key, "server"), Error, is_store_error);
  }

  TemporaryFolder folder;
  std::filesystem::path keys = folder.path / "keys";
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_sealed_opens_in_its_place) {
  const MasterKey key = MasterKey::generate();
  const Bytes sealed = seal(key, kPlace, as_bytes("secret"));
  BOOST_CHECK_EQUAL(text_of(unseal(key, kPlace, sealed)), "secret");
  BOOST_CHECK(sealed != seal(key, kPlace, as_bytes("secret")));
}

BOOST_AUTO_TEST_CASE(what_is_sealed_opens_in_no_other_place) {
  const MasterKey key = MasterKey::generate();
  const Bytes sealed = seal(key, kPlace, as_bytes("secret"));
  const auto refused = [&](auto spoil) {
    SealedPlace place = kPlace;
    spoil(place);
    BOOST_CHECK_EXCEPTION(unseal(key, place, sealed), Error, is_store_error);
  };
  refused([](SealedPlace& place) { place.store[15] = 1; });
  refused([](SealedPlace& place) { place.kind = "statement"; });
  refused([](SealedPlace& place) { place.name = "serves"; });
  refused([](SealedPlace& place) { place.kind += "s", place.name = "erver"; });
  refused([](SealedPlace& place) { place.certificate[31] = 1; });
  refused([](SealedPlace& place) { place.version = 2; });
  BOOST_CHECK_EXCEPTION(unseal(MasterKey::generate(), kPlace, sealed), Error, is_store_error);
}

BOOST_AUTO_TEST_CASE(no_changed_byte_opens) {
  const MasterKey key = MasterKey::generate();
  const Bytes sealed = seal(key, kPlace, as_bytes("secret"));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes changed = sealed;
    changed[i] ^= 1;
    BOOST_CHECK_EXCEPTION(unseal(key, kPlace, changed), Error, is_store_error);
    BOOST_CHECK_EXCEPTION(unseal(key, kPlace, ByteView(sealed).first(i)), Error, is_store_error);
  }
}

BOOST_AUTO_TEST_CASE(a_cost_out_of_bounds_never_runs) {
  const MasterKey key = MasterKey::generate();
  const WrappedKey good = wrap(key, secret("p"), {}, kCheap);
  for (const KdfCost cost : {KdfCost{0, kCheap.memory}, KdfCost{limits::kKdfPassesMost + 1, kCheap.memory},
                             KdfCost{1, limits::kKdfMemoryLeast - 1}, KdfCost{1, limits::kKdfMemoryMost + 1},
                             KdfCost{~std::uint64_t{0}, ~std::uint64_t{0}}}) {
    BOOST_CHECK_EXCEPTION(require_within_bounds(cost), Error, is_usage_error);
    BOOST_CHECK_EXCEPTION(wrap(key, secret("p"), {}, cost), Error, is_usage_error);
    WrappedKey spoiled = good;
    spoiled.cost = cost;
    BOOST_CHECK_EXCEPTION(unwrap(spoiled, secret("p"), {}), Error, is_store_error);
  }
  BOOST_CHECK_NO_THROW(require_within_bounds({1, limits::kKdfMemoryLeast}));
  BOOST_CHECK_NO_THROW(require_within_bounds({limits::kKdfPassesMost, limits::kKdfMemoryMost}));
}

BOOST_AUTO_TEST_CASE(a_wrapped_key_is_bound_to_its_store_salt_and_cost) {
  const MasterKey key = MasterKey::generate();
  const WrappedKey good = wrap(key, secret("p"), {1}, kCheap);
  BOOST_CHECK(unwrap(good, secret("p"), {1}).bytes().equals(key.bytes()));
  BOOST_CHECK_EXCEPTION(unwrap(good, secret("p"), {2}), Error, is_passphrase_error);
  WrappedKey cheaper = good;
  cheaper.cost.passes = 2;
  BOOST_CHECK_EXCEPTION(unwrap(cheaper, secret("p"), {1}), Error, is_passphrase_error);
  WrappedKey salted = good;
  salted.salt[0] ^= 1;
  BOOST_CHECK_EXCEPTION(unwrap(salted, secret("p"), {1}), Error, is_passphrase_error);
}

BOOST_FIXTURE_TEST_CASE(a_record_moved_to_another_alias_does_not_open, Fixture) {
  IdentityRecord moved = get_identity("other");
  moved.identity.alias = "server";
  put(moved);
  server_does_not_open();
}

BOOST_FIXTURE_TEST_CASE(a_swapped_secret_does_not_open, Fixture) {
  IdentityRecord server = get_identity("server");
  server.sealed_key = get_identity("other").sealed_key;
  put(server);
  server_does_not_open();
}

BOOST_FIXTURE_TEST_CASE(a_swapped_certificate_does_not_open, Fixture) {
  IdentityRecord server = get_identity("server");
  server.identity.certificate = get_identity("other").identity.certificate;
  put(server);
  server_does_not_open();
}

BOOST_FIXTURE_TEST_CASE(a_secret_of_another_kind_does_not_open, Fixture) {
  IdentityRecord server = get_identity("server");
  server.identity.kind = "statement";
  put(server);
  server_does_not_open();
}

BOOST_FIXTURE_TEST_CASE(a_record_that_was_put_back_does_not_open, Fixture) {
  const Bytes old = get("identity/server");
  {
    KeyStore store = KeyStore::open(keys, OpenMode::write);
    const MasterKey key = store.unlock(secret("open sesame"));
    store.remove_identity(key, "server");
    store.add_identity(key, identity("server"), secret("new key of server"));
    BOOST_CHECK_EQUAL(text_of(store.open_private_key(key, "server")), "new key of server");
  }
  put("identity/server", old);
  server_does_not_open();
}

BOOST_FIXTURE_TEST_CASE(a_removed_record_that_was_put_back_does_not_open, Fixture) {
  const Bytes old = get("identity/server");
  {
    KeyStore store = KeyStore::open(keys, OpenMode::write);
    store.remove_identity(store.unlock(secret("open sesame")), "server");
  }
  put("identity/server", old);
  server_does_not_open();
}

BOOST_FIXTURE_TEST_CASE(a_roster_that_was_put_back_does_not_open, Fixture) {
  const Bytes old = get("roster");
  {
    KeyStore store = KeyStore::open(keys, OpenMode::write);
    store.add_identity(store.unlock(secret("open sesame")), identity("third"), secret("k"));
  }
  put("roster", old);
  server_does_not_open();
}

BOOST_FIXTURE_TEST_CASE(a_record_of_another_store_does_not_open, Fixture) {
  const Bytes server = get("identity/server");
  const Fixture other;
  other.put("identity/server", server);
  other.server_does_not_open();
}

BOOST_FIXTURE_TEST_CASE(a_newer_schema_is_refused_with_a_sentence, Fixture) {
  put("header", Bytes(as_bytes("{\"schema\":2,\"unheard\":[]}").begin(),
                      as_bytes("{\"schema\":2,\"unheard\":[]}").end()));
  BOOST_CHECK_EXCEPTION(KeyStore::open(keys, OpenMode::read), Error, [](const Error& error) {
    return is_store_error(error) && error.hint().find("newer") != std::string::npos;
  });
}

BOOST_FIXTURE_TEST_CASE(a_newer_schema_of_trust_is_refused, Fixture) {
  const std::filesystem::path trust = folder.path / "trust";
  static_cast<void>(TrustStore::open_or_create(trust));
  const std::string_view newer = "{\"schema\":3}";
  LmdbEnvironment::open(trust, OpenMode::write).update([&](Transaction& transaction) {
    transaction.put("header", as_bytes(newer));
  });
  BOOST_CHECK_EXCEPTION(TrustStore::open_or_create(trust), Error, is_store_error);
  BOOST_CHECK_EXCEPTION(TrustStore::open_if_present(trust), Error, is_store_error);
}
