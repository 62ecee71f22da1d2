// The chain of the audit log: whatever was changed, taken out, moved or put in is told, each in one sentence
// with the number of the record.
#include "tests/store/audit_logs.h"

#include <boost/test/unit_test.hpp>

using namespace audit_logs;
using namespace store_fixtures;

BOOST_TEST_GLOBAL_FIXTURE(ProtectSecrets);

BOOST_FIXTURE_TEST_SUITE(audit_log, Log)

BOOST_AUTO_TEST_CASE(an_untouched_log_is_whole) {
  write(1, 12, 8);
  const auto store = TrustStore::open_if_present(trust);
  const AuditState state = store->check_audit({.signer = the_signer().certificate().sha256()});
  BOOST_CHECK(state.broken.empty());
  BOOST_CHECK_EQUAL(state.records, 12);
  BOOST_CHECK(state.last == store->audit_head());
  BOOST_REQUIRE(state.signed_head);
  BOOST_CHECK_EQUAL(state.signed_head->head.number, 8);
}

BOOST_AUTO_TEST_CASE(a_changed_record_is_told) {
  write(1, 6, 6);
  change([](Transaction& transaction) {
    AuditRecord record = parse_audit_record(*transaction.get(audit_name(3)));
    record.who.user = "somebody else";
    transaction.put(audit_name(3), to_json(record));
  });
  BOOST_CHECK_EQUAL(only_break(), "record 3 was changed after it was written");
}

BOOST_AUTO_TEST_CASE(a_changed_record_with_a_digest_of_its_own_is_told_by_the_next) {
  write(1, 6, 6);
  change([](Transaction& transaction) {
    AuditRecord record = parse_audit_record(*transaction.get(audit_name(3)));
    record.who.user = "somebody else";
    record.digest = digest_of(record);
    transaction.put(audit_name(3), to_json(record));
  });
  BOOST_CHECK_EQUAL(only_break(), "record 4 does not follow record 3: one of the two was replaced");
}

BOOST_AUTO_TEST_CASE(a_record_that_was_taken_out_is_told) {
  write(1, 6);
  change([](Transaction& transaction) { transaction.erase(audit_name(3)); });
  BOOST_CHECK_EQUAL(only_break(), "record 3 is missing");
  change([](Transaction& transaction) { transaction.erase(audit_name(4)); });
  BOOST_CHECK_EQUAL(only_break(), "records 3 to 4 are missing");
}

BOOST_AUTO_TEST_CASE(two_swapped_records_are_told) {
  write(1, 6);
  change([](Transaction& transaction) {
    const Bytes third = *transaction.get(audit_name(3));
    transaction.put(audit_name(3), *transaction.get(audit_name(4)));
    transaction.put(audit_name(4), third);
  });
  BOOST_CHECK_EQUAL(only_break(),
                    "record 4 stands in the place of record 3 | record 3 stands in the place of record 4");
}

BOOST_AUTO_TEST_CASE(a_record_of_another_log_is_told) {
  write(1, 6);
  const Log other;
  other.write(1, 6);
  const Bytes foreign = other.records(audit_name(3)).at(0).second;
  change([&](Transaction& transaction) { transaction.put(audit_name(3), foreign); });
  BOOST_CHECK_EQUAL(only_break(),
                    "record 3 belongs to another log, that with the id " + to_hex(other.head().log));
}

BOOST_AUTO_TEST_CASE(a_cut_end_is_told_by_the_head) {
  write(1, 6);
  change([](Transaction& transaction) {
    transaction.erase(audit_name(6));
    transaction.erase(audit_name(5));
  });
  BOOST_CHECK_EQUAL(only_break(), "records 5 to 6 are missing at the end: the log counts 6");
}

BOOST_AUTO_TEST_CASE(a_cut_end_with_the_head_set_back_is_told_by_the_signed_head) {
  write(1, 6, 6);
  change([](Transaction& transaction) {
    transaction.erase(audit_name(6));
    transaction.put(audit_records::kHead,
                    to_json(parse_audit_record(*transaction.get(audit_name(5))).head()));
  });
  BOOST_CHECK_EQUAL(
      only_break(),
      "the log ends at record 5, and record 6 was signed on 2027-01-15T08:00:01Z: what came after "
      "was taken away");
}

BOOST_AUTO_TEST_CASE(a_record_put_behind_the_end_is_told) {
  write(1, 3);
  change([](Transaction& transaction) {
    const AuditHead last = *find_audit_head(transaction);
    transaction.put(audit_name(4), to_json(next_record(last, event(4), actor(), false)));
  });
  BOOST_CHECK_EQUAL(only_break(), "record 4 was put behind the end: the log counts 3");
}

BOOST_AUTO_TEST_CASE(an_emptied_log_is_told_by_the_signed_head) {
  write(1, 4, 4);
  change([](Transaction& transaction) {
    for (const Record& record : transaction.list(audit_records::kPrefix)) transaction.erase(record.first);
    transaction.erase(audit_records::kHead);
  });
  BOOST_CHECK_EQUAL(
      only_break(),
      "the log is empty, and record 4 was signed on 2027-01-15T08:00:01Z: what came after was taken "
      "away");
}

BOOST_AUTO_TEST_CASE(a_missing_head_is_told) {
  write(1, 3);
  change([](Transaction& transaction) { transaction.erase(audit_records::kHead); });
  BOOST_CHECK_EQUAL(only_break(), "the log has records, and no head");
  BOOST_CHECK_EXCEPTION(write(4, 4), Error, is_store_error);
}

BOOST_AUTO_TEST_CASE(a_missing_signed_head_is_told_by_the_record_that_made_it) {
  write(1, 4, 3);
  change([](Transaction& transaction) { transaction.erase(audit_records::kSignedHead); });
  BOOST_CHECK_EQUAL(only_break(), "record 3 says that its head was signed, and no such head is kept");
}

BOOST_AUTO_TEST_CASE(an_older_signed_head_put_back_is_told) {
  write(1, 3, 3);
  const Bytes older = records(audit_records::kSignedHead).at(0).second;
  write(4, 5, 5);
  change([&](Transaction& transaction) { transaction.put(audit_records::kSignedHead, older); });
  BOOST_CHECK_EQUAL(only_break(), "record 5 says that its head was signed, and no such head is kept");
}

BOOST_AUTO_TEST_CASE(a_log_made_anew_is_told_by_the_signed_head) {
  write(1, 6, 5);
  recompute(2, event(20));
  BOOST_CHECK_EQUAL(only_break(),
                    "record 5 is not the one that was signed on 2027-01-15T08:00:01Z: the log was "
                    "made anew, there or before");
}

BOOST_AUTO_TEST_CASE(a_log_made_anew_is_told_by_a_saved_head) {
  write(1, 6);
  const AuditHead saved = head();
  recompute(2, event(20));
  // Nothing in the store shows it: that is claimed nowhere.
  BOOST_CHECK_EQUAL(only_break(), "");
  BOOST_CHECK_EQUAL(only_break({.saved = parse_saved_head(to_text(saved))}),
                    "record 6 is not the one that was saved: the log was made anew, there or before");
}

BOOST_AUTO_TEST_CASE(what_comes_after_the_last_head_can_be_made_anew_unseen) {
  write(1, 6, 4);
  recompute(5, event(20));
  BOOST_CHECK_EQUAL(only_break(), "");
}

BOOST_AUTO_TEST_CASE(a_saved_head_stays_good_while_the_log_grows) {
  write(1, 6);
  const SavedHead saved = parse_saved_head(to_text(head()));
  const Bytes json = to_json(head());
  write(7, 9);
  BOOST_CHECK_EQUAL(only_break({.saved = saved}), "");
  BOOST_CHECK_EQUAL(only_break({.saved = parse_saved_head(as_text(json))}), "");
}

BOOST_AUTO_TEST_CASE(a_log_that_began_anew_is_told_by_a_saved_head) {
  write(1, 6);
  const Bytes saved = to_json(head());
  const Log other;
  other.write(1, 9);
  BOOST_CHECK_EQUAL(
      other.only_break({.saved = parse_saved_head(as_text(saved))}),
      "the saved head is that of another log: this one began anew, or is that of another store");
  BOOST_CHECK_EQUAL(other.only_break({.saved = parse_saved_head(to_text(head()))}),
                    "record 6 is not the one that was saved: the log was made anew, there or before");
}

BOOST_AUTO_TEST_CASE(what_is_no_head_is_refused) {
  const std::string good = to_text({{}, 7, sha256(as_bytes("x"))});
  BOOST_CHECK_EQUAL(parse_saved_head(good + "\n").number, 7);
  for (const std::string& text : {std::string(), std::string("7"), std::string(":"), good.substr(0, 60),
                                  good + "0", ":" + good, "x" + good, std::string("{}")}) {
    BOOST_CHECK_EXCEPTION(parse_saved_head(text), Error, is_usage_error);
  }
}

BOOST_AUTO_TEST_SUITE_END()
