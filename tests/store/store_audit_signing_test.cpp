// The signed head of the audit log: by whom, over what, and never over a break.
#include "tests/store/audit_logs.h"

#include "certstore/raw_signature.h"
#include "certstore/statement_key.h"
#include "tests/unit/certificates.h"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace audit_logs;
using namespace store_fixtures;

BOOST_TEST_GLOBAL_FIXTURE(ProtectSecrets);

BOOST_FIXTURE_TEST_SUITE(signed_heads, Log)

BOOST_AUTO_TEST_CASE(a_signed_head_holds_for_exactly_what_it_says) {
  const AuditHead head{{1}, 5, sha256(as_bytes("x"))};
  const SignedHead made = the_signer().sign(head, kWhen);
  BOOST_CHECK(is_genuine(made));
  BOOST_CHECK(is_genuine(parse_signed_head(to_json(made))));
  SignedHead other = made;
  other.head.number = 6;
  BOOST_CHECK(!is_genuine(other));
  other = made;
  other.head.log = {2};
  BOOST_CHECK(!is_genuine(other));
  other = made;
  other.head.digest = {};
  BOOST_CHECK(!is_genuine(other));
  other = made;
  other.time += std::chrono::seconds(1);
  BOOST_CHECK(!is_genuine(other));
}

BOOST_AUTO_TEST_CASE(a_certificate_for_packages_signs_no_head) {
  const PrivateKey key = PrivateKey::make("ed25519");
  CertificateTerms terms;
  terms.subject.common_name = "server";
  terms.not_before = kWhen;
  terms.not_after = kWhen + std::chrono::days(9);
  for (const Profile profile : {Profile::server, Profile::code_signing, Profile::product}) {
    terms.profile = profile;
    const Certificate certificate = make_self_signed(key, terms);
    BOOST_CHECK(!is_statement_certificate(certificate));
    BOOST_CHECK_THROW(HeadSigner(PrivateKey::from_pkcs8(key.to_pkcs8().view(), "key"), certificate), Error);
  }
  BOOST_CHECK(is_statement_certificate(the_signer().certificate()));
}

BOOST_AUTO_TEST_CASE(a_statement_key_signs_no_head_of_another_certificate) {
  BOOST_CHECK_THROW(HeadSigner(PrivateKey::make("ed25519"), the_signer().certificate()), Error);
}

BOOST_AUTO_TEST_CASE(a_test_signature_is_no_head_and_a_head_no_package_signature) {
  // The contexts differ: what a statement key signs for one purpose does not check for another.
  const PrivateKey key = PrivateKey::make("ed25519");
  SignedHead made = the_signer().sign({{1}, 5, {}}, kWhen);
  made.signature = sign_message(key, as_bytes("pkgtrust test signature, says nothing\n"));
  BOOST_CHECK(!is_genuine(made));
}

BOOST_AUTO_TEST_CASE(a_head_by_another_key_is_told) {
  write(1, 4, 4, make_signer());
  BOOST_CHECK_EQUAL(only_break(), "");
  const std::string found = only_break({.signer = the_signer().certificate().sha256()});
  BOOST_CHECK(found.starts_with("the head at record 4 was signed by another key, SHA256 "));
}

BOOST_AUTO_TEST_CASE(a_head_of_another_log_is_told) {
  write(1, 4, 4);
  const Log other;
  other.write(1, 4, 4);
  const Bytes foreign = other.records(audit_records::kSignedHead).at(0).second;
  change([&](Transaction& transaction) { transaction.put(audit_records::kSignedHead, foreign); });
  BOOST_CHECK_EQUAL(only_break(), "the head that was signed on 2027-01-15T08:00:01Z is that of another log");
}

BOOST_AUTO_TEST_CASE(no_head_is_signed_over_a_log_that_was_made_anew) {
  write(1, 4, 4);
  recompute(2, event(20));
  const std::vector<std::string> before = breaks();
  TrustStore store = TrustStore::open_or_create(trust);
  const auto told = store.note(event(5), actor(), &the_signer());
  BOOST_REQUIRE(told);
  BOOST_CHECK_NE(told->find("record 4 is not the one that was signed"), std::string::npos);
  // The record is there, and the break shows as before.
  BOOST_CHECK_EQUAL(store.audit_log().size(), 5);
  BOOST_CHECK(!store.audit_log().back().head_signed);
  BOOST_CHECK(store.check_audit({}).broken == before);
}

BOOST_AUTO_TEST_CASE(no_head_is_signed_over_a_break_since_the_last_one) {
  write(1, 3, 3);
  write(4, 6);
  change([](Transaction& transaction) { transaction.erase(audit_name(5)); });
  TrustStore store = TrustStore::open_or_create(trust);
  BOOST_CHECK(store.note(event(7), actor(), &the_signer()));
  BOOST_CHECK(store.note(event(8), actor(), &the_signer()));
  BOOST_CHECK_EQUAL(store.check_audit({}).signed_head->head.number, 3);
}

BOOST_AUTO_TEST_CASE(no_head_is_signed_where_the_last_one_is_gone_or_by_another_key) {
  write(1, 3, 3);
  TrustStore store = TrustStore::open_or_create(trust);
  const HeadSigner other = make_signer();
  BOOST_CHECK(store.note(event(4), actor(), &other));
  BOOST_CHECK(!store.note(event(5), actor(), &the_signer()));
}

BOOST_AUTO_TEST_CASE(a_first_head_is_signed_over_a_whole_log_only) {
  write(1, 5);
  change([](Transaction& transaction) { transaction.erase(audit_name(2)); });
  TrustStore store = TrustStore::open_or_create(trust);
  const auto told = store.note(event(6), actor(), &the_signer());
  BOOST_REQUIRE(told);
  BOOST_CHECK_EQUAL(*told, "record 2 is missing");
}

BOOST_AUTO_TEST_SUITE_END()

// Any byte of any record of the log, its head and its signed head: never unnoticed, never a crash.
BOOST_AUTO_TEST_CASE(any_changed_byte_is_noticed) {
  const Log log;
  log.write(1, 10, 7);
  const std::vector<Record> whole = log.records("audit");
  BOOST_REQUIRE_EQUAL(whole.size(), 12);
  std::mt19937 random(1);
  LmdbEnvironment environment = LmdbEnvironment::open(log.trust, OpenMode::write);
  std::size_t tried = 0;
  for (const Record& record : whole) {
    const std::string& name = record.first;
    const Bytes& value = record.second;
    for (std::size_t at = 0; at < value.size(); ++at) {
      Bytes changed = value;
      // The lowest bits make other digits, the case bit other spellings.
      const int kind = static_cast<int>(random() % 3);
      changed[at] ^= static_cast<std::uint8_t>(kind == 0 ? 1U : kind == 1 ? 0x20U : 1U + random() % 255U);
      if (changed == value) continue;
      ++tried;
      environment.update([&](Transaction& transaction) { transaction.put(name, changed); });
      const auto broken = check_audit(environment.read(), {}).broken;
      BOOST_CHECK_MESSAGE(!broken.empty(), name << ", byte " << at << " was changed unnoticed");
    }
    environment.update([&](Transaction& transaction) { transaction.put(name, value); });
  }
  BOOST_CHECK(check_audit(environment.read(), {}).broken.empty());
  BOOST_CHECK_GT(tried, 4000);
}

BOOST_AUTO_TEST_CASE(two_records_that_differ_anywhere_have_two_digests) {
  // Text that moves from one field into the next one must not give the same message.
  AuditRecord one = next_record({}, {.action = "sign", .file = "ab", .alias = "c"}, actor(), false);
  std::vector<AuditRecord> others(9, one);
  others[0].event.action = "sig";
  others[0].event.file = "nab";
  others[1].event.file = "a";
  others[1].event.alias = "bc";
  others[2].event.sha256 = Sha256{};
  others[3].event.signer = Sha256{};
  others[4].who.uid.reset();
  others[5].who.uid = 0;
  others[6].head_signed = true;
  others[7].event.detail = "c";
  others[7].event.alias = "";
  others[8].who.user += others[8].who.host;
  others[8].who.host = "";
  std::set<Sha256> digests = {digest_of(one)};
  for (const AuditRecord& other : others) digests.insert(digest_of(other));
  BOOST_CHECK_EQUAL(digests.size(), others.size() + 1);
}
