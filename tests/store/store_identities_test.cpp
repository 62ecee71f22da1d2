#include "certstore/certificate_path.h"
#include "certstore/statement_key.h"
#include "tests/store/store_fixtures.h"

#include <boost/test/unit_test.hpp>

using namespace certstore;
using namespace store_fixtures;

namespace {

struct Fixture {
  KeyStore made() {
    KeyStore created = KeyStore::create(folder.path / "keys", secret("open sesame"), kCheap);
    created.add_identity(created.unlock(secret("open sesame")), identity("server"),
                         secret("private key of server"));
    return created;
  }
  std::string key_of(const std::string& alias) {
    return text_of(store.open_private_key(store.unlock(secret("open sesame")), alias));
  }
  Sha256 present(const std::string& alias) { return sha256(store.get(alias).certificate); }

  TemporaryFolder folder;
  KeyStore store = made();
  MasterKey key = store.unlock(secret("open sesame"));
};

bool is_store_trouble(const Error& error) {
  return error.kind() == ErrorKind::store;
}

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(ProtectSecrets);

BOOST_FIXTURE_TEST_SUITE(store_identities, Fixture)

BOOST_AUTO_TEST_CASE(another_certificate_takes_the_place_and_the_key_stays) {
  store.replace_certificate(key, "server", present("server"), {7, 8, 9}, {{1}, {2}});
  const StoredIdentity found = store.get("server");
  BOOST_CHECK((found.certificate == Bytes{7, 8, 9}));
  BOOST_CHECK_EQUAL(found.chain.size(), 2);
  BOOST_CHECK(found.created == identity("server").created);
  BOOST_CHECK_EQUAL(key_of("server"), "private key of server");
}

BOOST_AUTO_TEST_CASE(a_certificate_that_was_changed_meanwhile_is_not_replaced) {
  const Sha256 seen = present("server");
  store.replace_certificate(key, "server", seen, {7, 8, 9}, {});
  BOOST_CHECK_EXCEPTION(store.replace_certificate(key, "server", seen, {1}, {}), Error, is_store_trouble);
  BOOST_CHECK((store.get("server").certificate == Bytes{7, 8, 9}));
  BOOST_CHECK_EXCEPTION(store.replace_certificate(key, "nobody", seen, {1}, {}), Error, is_store_trouble);
}

BOOST_AUTO_TEST_CASE(an_identity_takes_its_key_along_to_another_alias) {
  store.rename_identity(key, "server", "old server");
  BOOST_CHECK(!store.find("server"));
  BOOST_CHECK(store.get("old server").certificate == identity("server").certificate);
  BOOST_CHECK_EQUAL(key_of("old server"), "private key of server");
}

BOOST_AUTO_TEST_CASE(no_alias_is_taken_from_another_identity) {
  store.add_identity(key, identity("second"), secret("private key of second"));
  BOOST_CHECK_EXCEPTION(store.rename_identity(key, "second", "server"), Error, is_store_trouble);
  BOOST_CHECK_THROW(store.rename_identity(key, "second", ""), Error);
  BOOST_CHECK_THROW(store.rename_identity(key, "second", "statement"), Error);
  BOOST_CHECK_EQUAL(key_of("server"), "private key of server");
  BOOST_CHECK_EQUAL(key_of("second"), "private key of second");
}

BOOST_AUTO_TEST_CASE(the_default_is_the_chosen_one_until_it_goes) {
  BOOST_CHECK_EQUAL(store.default_alias(), "server");
  store.add_identity(key, identity("second"), secret("private key of second"));
  store.set_default_alias("second");
  BOOST_CHECK_EQUAL(store.default_alias(), "second");
  store.rename_identity(key, "second", "third");
  BOOST_CHECK_EQUAL(store.default_alias(), "third");
  BOOST_CHECK_EXCEPTION(store.set_default_alias("second"), Error, is_store_trouble);
  store.remove_identity(key, "third");
  BOOST_CHECK_EQUAL(store.default_alias(), "server");
}

BOOST_AUTO_TEST_CASE(a_planned_default_comes_at_its_second) {
  const Instant now = parse_instant("2026-01-01");
  const Instant then = parse_instant("2026-02-01");
  store.add_identity(key, identity("second"), secret("private key of second"));
  store.add_identity(key, identity("third"), secret("private key of third"));
  BOOST_CHECK_EXCEPTION(store.plan_default_alias("nobody", then, now), Error, is_store_trouble);
  store.plan_default_alias("second", then, now);
  BOOST_CHECK_EQUAL(store.default_alias(then - std::chrono::seconds(1)), "server");
  BOOST_CHECK_EQUAL(store.planned_default(now).next, "second");
  BOOST_CHECK_EQUAL(store.default_alias(then), "second");
  BOOST_CHECK(store.planned_default(then).next.empty());
  // Planned anew after it came: what is in force stays in force until then.
  store.plan_default_alias("third", then + std::chrono::days(9), then);
  BOOST_CHECK_EQUAL(store.default_alias(now), "second");
  BOOST_CHECK_EQUAL(store.default_alias(then + std::chrono::days(9)), "third");
  store.set_default_alias("server");
  BOOST_CHECK_EQUAL(store.default_alias(then + std::chrono::days(9)), "server");
}

BOOST_AUTO_TEST_CASE(a_planned_default_follows_its_identities) {
  const Instant now = parse_instant("2026-01-01");
  const Instant then = parse_instant("2026-02-01");
  store.add_identity(key, identity("second"), secret("private key of second"));
  store.plan_default_alias("second", then, now);
  store.rename_identity(key, "server", "first");
  store.rename_identity(key, "second", "next");
  BOOST_CHECK_EQUAL(store.default_alias(now), "first");
  BOOST_CHECK_EQUAL(store.default_alias(then), "next");
  store.remove_identity(key, "first");
  BOOST_CHECK_EQUAL(store.default_alias(now), "next");
  store.add_identity(key, identity("third"), secret("private key of third"));
  store.plan_default_alias("third", then, now);
  store.remove_identity(key, "third");
  BOOST_CHECK_EQUAL(store.default_alias(then), "next");
}

BOOST_AUTO_TEST_CASE(the_succession_is_kept_with_the_identity) {
  StoredIdentity second = identity("second");
  second.succeeds = sha256(as_bytes("a public key"));
  store.add_identity(key, second, secret("private key of second"));
  store.rename_identity(key, "second", "next");
  BOOST_CHECK(store.get("next").succeeds == second.succeeds);
  BOOST_CHECK(!store.get("server").succeeds);
  store.replace_certificate(key, "next", present("next"), Bytes{1, 2, 3}, {});
  BOOST_CHECK(store.get("next").succeeds == second.succeeds);
}

BOOST_AUTO_TEST_CASE(the_key_of_the_store_is_made_once_and_is_for_statements_alone) {
  ensure_statement_key(store, key, parse_instant("2026-11-23"));
  const StoredIdentity own = store.get("statement");
  BOOST_CHECK_EQUAL(own.kind, "statement");
  const auto certificate = Certificate::from_der(own.certificate, "statement");
  BOOST_CHECK(certificate.key_kind() == KeyKind::ed25519);
  BOOST_CHECK(!may_sign_packages(certificate));
  BOOST_CHECK(certificate.not_after() == parse_instant("9999-12-31T23:59:59Z"));
  ensure_statement_key(store, key, parse_instant("2027-11-23"));
  BOOST_CHECK(store.get("statement").certificate == own.certificate);
  StoredIdentity false_one = identity("statement");
  store.remove_identity(key, "statement");
  BOOST_CHECK_THROW(store.add_identity(key, false_one, secret("x")), Error);
}

BOOST_AUTO_TEST_SUITE_END()
