// What the tests of the audit log share: a statement key, a store with a log in it, and hands that change it
// behind the store's back (the store's own checksums are right afterwards: whoever can write the file can
// make them).
#pragma once

#include "certstore/audit_chain.h"
#include "certstore/certificate_request.h"
#include "certstore/trust_store.h"
#include "tests/store/store_fixtures.h"

namespace audit_logs {

using namespace certstore;

inline const Instant kWhen = parse_instant("2026-11-23T12:00:00Z");

inline HeadSigner make_signer() {
  PrivateKey key = PrivateKey::make("ed25519");
  CertificateTerms terms;
  terms.subject.common_name = "statement";
  terms.profile = Profile::statement;
  terms.not_before = kWhen;
  terms.not_after = kWhen + std::chrono::days(9);
  Certificate certificate = make_self_signed(key, terms);
  return {std::move(key), std::move(certificate)};
}

// Made once: tests compare logs of the same key.
inline const HeadSigner& the_signer() {
  static const HeadSigner signer = make_signer();
  return signer;
}

// Every field is used in one of the records.
inline AuditEvent event(int number) {
  AuditEvent made{.action = "sign"};
  if (number % 2 == 0) made.file = "file " + std::to_string(number) + ".package";
  if (number % 3 == 0) made.sha256 = sha256(as_bytes(std::to_string(number)));
  if (number % 2 == 1) made.alias = "server";
  if (number % 4 == 0) made.signer = sha256(as_bytes("signer"));
  if (number % 5 == 0) made.detail = "détail \\ of \"it\"";
  return made;
}

struct Log {
  store_fixtures::TemporaryFolder folder;
  std::filesystem::path trust = folder.path / "trust";

  // Records first..last; the head of `signed_at` is signed.
  void write(int first, int last, int signed_at = 0, const HeadSigner& signer = the_signer()) const {
    TrustStore store = TrustStore::open_or_create(trust);
    for (int i = first; i <= last; ++i) {
      store.note(event(i), store_fixtures::actor(), i == signed_at ? &signer : nullptr);
    }
  }
  void change(const LmdbEnvironment::Change& change) const {
    LmdbEnvironment::open(trust, OpenMode::write).update(change);
  }
  [[nodiscard]] std::vector<Record> records(std::string_view prefix = "") const {
    return LmdbEnvironment::open(trust, OpenMode::read).read().list(prefix);
  }
  [[nodiscard]] AuditHead head() const { return TrustStore::open_if_present(trust)->audit_head(); }
  [[nodiscard]] std::vector<std::string> breaks(const AuditExpectation& expectation = {}) const {
    return TrustStore::open_if_present(trust)->check_audit(expectation).broken;
  }
  // The one sentence, or all of them.
  [[nodiscard]] std::string only_break(const AuditExpectation& expectation = {}) const {
    std::string text;
    for (const std::string& one : breaks(expectation)) text += (text.empty() ? "" : " | ") + one;
    return text;
  }
  // From record `first` on, everything is made anew as the program would, with another event there.
  void recompute(std::uint64_t first, const AuditEvent& other) const {
    change([&](Transaction& transaction) {
      auto head = parse_audit_record(*transaction.get(audit_name(first))).head();
      const auto before = first == 1 ? std::nullopt : transaction.get(audit_name(first - 1));
      head = before ? parse_audit_record(*before).head() : AuditHead{head.log, 0, {}};
      for (std::uint64_t i = first;; ++i) {
        const auto json = transaction.get(audit_name(i));
        if (!json) break;
        AuditRecord record = parse_audit_record(*json);
        if (i == first) record.event = other;
        record = chained(head, record);
        transaction.put(audit_name(i), to_json(record));
        head = record.head();
      }
      transaction.put(audit_records::kHead, to_json(head));
    });
  }
};

}  // namespace audit_logs
