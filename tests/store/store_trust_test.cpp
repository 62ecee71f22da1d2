#include "certstore/trust_record_json.h"
#include "tests/store/imported_bundles.h"

#include <boost/test/unit_test.hpp>

using namespace certstore;
using namespace store_fixtures;

namespace {

struct Fixture {
  TemporaryFolder folder;
  std::filesystem::path trust = folder.path / "trust";
};

TrustRecord full_record() {
  TrustRecord record = trust_record("asked on the phone");
  record.use = TrustRecord::Use::timestamp;
  record.scope = TrustRecord::Scope::package_glob;
  record.scope_text = "com.example.*";
  record.from = Instant(std::chrono::seconds(1'700'000'000));
  record.until = Instant(std::chrono::seconds(1'900'000'000));
  record.origin = TrustRecord::Origin::prompt;
  record.compared = true;
  record.allowed = {{"md5", record.until}, {"expired", {}}};
  record.bound_required = true;
  record.id = id_of(record);
  return record;
}

std::string json_text(const TrustRecord& record) {
  const Bytes json = to_json(record);
  return std::string(as_text(json));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(trust_store, Fixture)

BOOST_AUTO_TEST_CASE(a_record_comes_back_as_it_was_put) {
  const TrustRecord kept = TrustStore::open_or_create(trust).add(full_record(), actor());
  BOOST_CHECK(kept == full_record());
  const auto store = TrustStore::open_if_present(trust);
  BOOST_REQUIRE(store);
  BOOST_REQUIRE_EQUAL(store->list().size(), 1);
  BOOST_CHECK(store->list().front() == full_record());
}

BOOST_AUTO_TEST_CASE(an_absent_store_is_no_error_and_is_not_made) {
  BOOST_CHECK(!TrustStore::open_if_present(trust));
  BOOST_CHECK(!std::filesystem::exists(trust));
}

BOOST_AUTO_TEST_CASE(trust_never_touches_the_keys) {
  TrustStore::open_or_create(trust).add(full_record(), actor());
  BOOST_CHECK(!std::filesystem::exists(folder.path / "keys"));
}

BOOST_AUTO_TEST_CASE(the_same_decision_twice_is_one_record) {
  TrustStore store = TrustStore::open_or_create(trust);
  const TrustRecord first = store.add(full_record(), actor());
  TrustRecord again = full_record();
  again.made_by = "somebody else";
  BOOST_CHECK(store.add(again, actor()) == first);
  BOOST_CHECK_EQUAL(store.list().size(), 1);
  BOOST_CHECK_EQUAL(store.audit_log().size(), 1);
}

BOOST_AUTO_TEST_CASE(a_record_is_found_by_the_beginning_of_its_id) {
  TrustStore store = TrustStore::open_or_create(trust);
  const TrustRecord kept = store.add(full_record(), actor());
  BOOST_CHECK(store.find(kept.id) == kept);
  BOOST_CHECK(store.find(kept.id.substr(0, 4)) == kept);
  BOOST_CHECK_EXCEPTION(store.find(kept.id.substr(0, 3)), Error, is_usage_error);
  BOOST_CHECK_EXCEPTION(store.find("ffffffffffffffffff"), Error, is_store_error);
}

BOOST_AUTO_TEST_CASE(a_removed_record_is_gone_and_the_log_tells_it) {
  TrustStore store = TrustStore::open_or_create(trust);
  const TrustRecord kept = store.add(full_record(), actor());
  BOOST_CHECK(store.remove(kept.id, actor()) == kept);
  BOOST_CHECK(store.list().empty());
  const std::vector<AuditRecord> log = store.audit_log();
  BOOST_REQUIRE_EQUAL(log.size(), 2);
  BOOST_CHECK_EQUAL(log[0].event.action, "trust add");
  BOOST_CHECK_EQUAL(log[1].event.action, "trust remove");
  BOOST_CHECK_EQUAL(log[1].number, 2);
  BOOST_CHECK_EQUAL(log[1].event.detail, "trust " + kept.id + ", by prompt");
  BOOST_CHECK(log[1].event.signer == kept.sha256);
  BOOST_CHECK(log[1].who == actor());
}

BOOST_AUTO_TEST_CASE(what_leaves_no_record_can_leave_a_line_in_the_log) {
  TrustStore store = TrustStore::open_or_create(trust);
  store.note({.action = "import once", .file = "a\nb"}, actor());
  const std::vector<AuditRecord> log = store.audit_log();
  BOOST_REQUIRE_EQUAL(log.size(), 1);
  BOOST_CHECK_EQUAL(log[0].event.action, "import once");
  BOOST_CHECK_EQUAL(log[0].event.file, "a\\x0ab");
  BOOST_CHECK(log[0].who == actor());
  BOOST_CHECK(store.list().empty());
}

BOOST_AUTO_TEST_CASE(a_lower_serial_changes_nothing) {
  TrustStore store = TrustStore::open_or_create(trust);
  const SealedName name{.signer = {1}, .package = "com.example\xFF"};
  BOOST_CHECK(!store.accepted_serial(name));
  store.raise_serial(name, 5, actor());
  store.raise_serial(name, 4, actor());
  BOOST_REQUIRE(store.accepted_serial(name));
  BOOST_CHECK_EQUAL(store.accepted_serial(name)->serial, 5);
  BOOST_CHECK(store.accepted_serial(name)->accepted == actor().when);
  BOOST_CHECK(!store.accepted_serial({.signer = {2}, .package = name.package}));
  BOOST_REQUIRE_EQUAL(store.accepted_serials().size(), 1);
  BOOST_CHECK_EQUAL(store.accepted_serials().front().first.package, name.package);
}

BOOST_AUTO_TEST_CASE(a_store_that_changed_meanwhile_imports_nothing) {
  import_first(trust);
  TrustStore store = TrustStore::open_or_create(trust);
  const BundleDifference shown = difference(bundle_of("second", 2), store.state());
  store.add(full_record(), actor());
  BOOST_CHECK_EXCEPTION(store.import_bundle(shown, {}, actor()), Error, is_store_error);
  BOOST_CHECK_EQUAL(store.list().size(), 2);
  BOOST_REQUIRE_EQUAL(store.bundles().size(), 1);
  BOOST_CHECK_EQUAL(store.bundles().front().version, 1);
  BOOST_CHECK_NO_THROW(store.require_whole());
}

BOOST_AUTO_TEST_CASE(what_a_person_decides_too_outlives_the_bundle) {
  import_first(trust);
  TrustStore store = TrustStore::open_or_create(trust);
  TrustRecord same = store.list().front();
  same.origin = TrustRecord::Origin::command;
  store.add(same, actor());
  store.import_bundle(difference(bundle_of("second", 2), store.state()), {}, actor());
  BOOST_CHECK_EQUAL(store.list().size(), 2);
}

BOOST_AUTO_TEST_CASE(the_id_is_made_of_what_the_record_decides) {
  TrustRecord other = full_record();
  other.label = "another label";
  other.made_at += std::chrono::seconds(1);
  BOOST_CHECK_EQUAL(id_of(other), full_record().id);
  other.bound_required = false;
  BOOST_CHECK_NE(id_of(other), full_record().id);
}

BOOST_AUTO_TEST_CASE(records_that_contradict_themselves_are_refused) {
  TrustStore store = TrustStore::open_or_create(trust);
  const auto refused = [&](auto spoil) {
    TrustRecord record = full_record();
    spoil(record);
    BOOST_CHECK_EXCEPTION(store.add(record, actor()), Error, is_usage_error);
  };
  refused([](TrustRecord& record) { record.scope_text.clear(); });
  refused([](TrustRecord& record) { record.scope = TrustRecord::Scope::everything; });
  refused([](TrustRecord& record) { record.certificate.push_back(0); });
  refused([](TrustRecord& record) { record.certificate.clear(); });
  refused([](TrustRecord& record) { record.subject = TrustRecord::Subject::content; });
  refused([](TrustRecord& record) { record.until = record.from - std::chrono::seconds(1); });
  refused([](TrustRecord& record) { record.allowed.push_back({"rc4", {}}); });
  refused([](TrustRecord& record) { record.allowed.push_back({"md5", {}}); });
  refused([](TrustRecord& record) { record.reason = "\xC3("; });
  BOOST_CHECK(store.list().empty());
}

BOOST_AUTO_TEST_CASE(json_that_is_not_exactly_a_record_is_refused) {
  const std::string good = json_text(full_record());
  BOOST_CHECK(parse_trust_record(as_bytes(good)) == full_record());
  const auto refused = [](const std::string& text) {
    BOOST_CHECK_EXCEPTION(parse_trust_record(as_bytes(text)), Error, is_store_error);
  };
  refused("");
  refused("[]");
  refused(good.substr(0, good.size() - 1));
  refused(good + "x");
  refused("{\"extra\":1," + good.substr(1));
  for (const auto& [from, to] : {std::pair{"\"schema\":1", "\"schema\":2"},
                                 {"\"timestamp\"", "\"everything\""},
                                 {"\"compared\":true", "\"compared\":1"},
                                 {"\"reason\"", "\"raeson\""},
                                 {"\"name\":\"md5\"", "\"name\":\"md4\""}}) {
    std::string changed = good;
    const std::size_t place = changed.find(from);
    BOOST_REQUIRE(place != std::string::npos);
    refused(changed.replace(place, std::string_view(from).size(), to));
  }
  refused("{\"reason\":\"" + std::string(limits::kStoreRecord, 'x') + "\"}");
}

BOOST_AUTO_TEST_CASE(sixty_records_make_the_file_grow) {
  TrustStore store = TrustStore::open_or_create(trust);
  for (int i = 0; i < 60; ++i) {
    TrustRecord record = trust_record(std::to_string(i) + std::string(25000, 'x'));
    store.add(record, actor());
  }
  BOOST_CHECK_EQUAL(store.list().size(), 60);
  BOOST_CHECK_EQUAL(store.audit_log().size(), 60);
}

BOOST_AUTO_TEST_SUITE_END()
