// A trust store of schema 1: read as it is, migrated by the first change in one transaction, with a way back.
#include "certstore/trust_record_json.h"
#include "certstore/trust_store_schema.h"
#include "tests/store/audit_logs.h"

#include <boost/test/unit_test.hpp>

using namespace audit_logs;
using namespace store_fixtures;

BOOST_TEST_GLOBAL_FIXTURE(ProtectSecrets);

namespace {

Bytes bytes_of(std::string_view text) {
  return {as_bytes(text).begin(), as_bytes(text).end()};
}

// Exactly what the versions before the chain wrote.
struct OldStore : Log {
  OldStore() {
    std::vector<Record> records = {{"header", bytes_of(R"({"schema":1})")}};
    const std::string_view line = R"({"action":"ACTION","number":N,"record":"632dec1409ea05ed","time":)"
                                  R"("2026-11-23T13:42:3NZ","who":"someone"})";
    for (const int number : {1, 2, 3}) {
      std::string text(line);
      text.replace(text.find("ACTION"), 6, number == 2 ? "serial 7" : "trust add");
      for (std::size_t at = 0; (at = text.find('N', at)) != std::string::npos;) {
        text.replace(at, 1, std::to_string(number));
      }
      records.emplace_back("audit/000000000000000" + std::to_string(number), bytes_of(text));
    }
    records.emplace_back("audit-count", Bytes{3, 0, 0, 0, 0, 0, 0, 0});
    const TrustRecord record = trust_record("old");
    records.emplace_back("record/" + id_of(record), to_json(record));
    BOOST_REQUIRE(LmdbEnvironment::create(trust, records));
  }
};

std::uint64_t schema_of(const std::filesystem::path& trust) {
  return trust_schema::read(LmdbEnvironment::open(trust, OpenMode::read).read());
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(schema, OldStore)

BOOST_AUTO_TEST_CASE(an_old_store_is_read_and_stays_as_it_is) {
  const std::string before = content(trust / "data.mdb");
  const auto store = TrustStore::open_if_present(trust);
  BOOST_REQUIRE(store);
  BOOST_CHECK_EQUAL(store->list().size(), 1);
  BOOST_CHECK(!store->has_audit_chain());
  const auto log = store->audit_log();
  BOOST_REQUIRE_EQUAL(log.size(), 3);
  BOOST_CHECK_EQUAL(log[1].event.action, "serial 7");
  BOOST_CHECK_EQUAL(log[1].who.user, "someone");
  BOOST_CHECK(!log[1].who.uid);
  BOOST_CHECK(content(trust / "data.mdb") == before);
}

BOOST_AUTO_TEST_CASE(the_first_change_migrates_it) {
  write(1, 1, 1);
  BOOST_CHECK_EQUAL(schema_of(trust), 2);
  const auto store = TrustStore::open_if_present(trust);
  BOOST_CHECK_EQUAL(store->list().size(), 1);
  const auto log = store->audit_log();
  BOOST_REQUIRE_EQUAL(log.size(), 5);
  BOOST_CHECK_EQUAL(log[2].event.action, "trust add");
  BOOST_CHECK_EQUAL(log[2].event.detail, "632dec1409ea05ed");
  BOOST_CHECK_EQUAL(to_rfc3339(log[2].who.when), "2026-11-23T13:42:33Z");
  BOOST_CHECK_EQUAL(log[3].event.action, "store migrate");
  BOOST_CHECK_EQUAL(log[3].event.detail, "from schema 1, whose 3 records had no chain");
  BOOST_CHECK_EQUAL(log[4].event.action, "sign");
  BOOST_CHECK_EQUAL(only_break(), "");
}

BOOST_AUTO_TEST_CASE(a_change_that_fails_migrates_nothing) {
  TrustStore store = TrustStore::open_or_create(trust);
  BOOST_CHECK_EXCEPTION(store.remove("ffffffffffff", actor()), Error, is_store_error);
  BOOST_CHECK_EQUAL(schema_of(trust), 1);
}

BOOST_AUTO_TEST_CASE(the_copy_that_is_left_is_the_way_back) {
  const std::vector<Record> before = records();
  write(1, 2);
  const auto copy = trust / ("data.mdb" + std::string(trust_schema::kCopySuffix));
  std::filesystem::rename(copy, trust / "data.mdb");
  BOOST_CHECK(records() == before);
  BOOST_CHECK_EQUAL(schema_of(trust), 1);
}

BOOST_AUTO_TEST_CASE(a_gap_in_the_old_lines_is_told_for_ever) {
  change([](Transaction& transaction) { transaction.erase("audit/0000000000000002"); });
  write(1, 1);
  const auto log = TrustStore::open_if_present(trust)->audit_log();
  BOOST_REQUIRE_EQUAL(log.size(), 4);
  BOOST_CHECK_EQUAL(log[2].event.detail,
                    "from schema 1, whose 2 records had no chain; the one in place 2 had number 3");
}

BOOST_AUTO_TEST_CASE(a_newer_schema_is_refused_and_not_changed) {
  change([](Transaction& transaction) { transaction.put("header", bytes_of(R"({"schema":3})")); });
  const std::string before = content(trust / "data.mdb");
  BOOST_CHECK_EXCEPTION(TrustStore::open_if_present(trust), Error, is_store_error);
  BOOST_CHECK_EXCEPTION(TrustStore::open_or_create(trust), Error, is_store_error);
  BOOST_CHECK(content(trust / "data.mdb") == before);
}

BOOST_AUTO_TEST_SUITE_END()
