// The audit log as a chain of records: following it, and appending to the one that a transaction of the trust
// store holds.
#pragma once

#include "certstore/lmdb_environment.h"
#include "certstore/signed_head.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace certstore {

// A head that somebody kept elsewhere. Without the log's id where only number and digest were written down.
struct SavedHead {
  std::optional<AuditLogId> log;
  std::uint64_t number = 0;
  Sha256 digest{};
};

// What a log is held against; what is absent is not compared.
struct AuditExpectation {
  // The record before the first one; absent: what the first one says of it.
  std::optional<AuditHead> start;
  // The last record, as the log itself tells it.
  std::optional<AuditHead> head;
  std::vector<SignedHead> signed_heads;
  std::optional<SavedHead> saved;
  // Of the store's statement key, where it is known: a head that another key signed proves nothing.
  std::optional<Sha256> signer;
};

// Follows records as they come, and tells everything that is not as it was written, each in one sentence with
// the number of the record.
class AuditCheck {
 public:
  explicit AuditCheck(AuditExpectation expectation);
  // The record that stands in the place `number`.
  void take(std::uint64_t number, ByteView json);
  // A signed head that stands behind the record that it is the head of, as in a file.
  void take(const SignedHead& signed_head);
  // Afterwards nothing is taken. Empty if and only if the chain is whole and agrees with all expectations.
  [[nodiscard]] std::vector<std::string> finish();
  [[nodiscard]] std::uint64_t records() const { return records_; }
  [[nodiscard]] const AuditHead& last() const { return last_; }
  [[nodiscard]] AuditHead start() const { return expectation_.start.value_or(AuditHead{}); }

 private:
  void find(std::string sentence);
  void begin(const AuditRecord& first);
  void follow(std::uint64_t place, const AuditRecord& record);
  void remember(const AuditHead& head);
  [[nodiscard]] bool has(const AuditHead& head) const;
  void compare_end();
  void compare_signed(const SignedHead& signed_head, bool is_there);
  void compare_saved();

  AuditExpectation expectation_;
  AuditHead last_;
  bool began_ = false;
  bool knows_last_ = true;  // false behind a record that is not where it belongs
  std::uint64_t records_ = 0;
  std::uint64_t last_with_signature_ = 0;  // the last record that says its head was signed
  std::uint64_t last_signed_ = 0;          // the last of which that head is here
  std::set<std::uint64_t> wanted_;         // numbers of heads to compare with
  std::vector<AuditHead> known_;           // the heads of these
  std::vector<std::string> found_;
  std::size_t unsaid_ = 0;
};

// How the names of the log's records in the trust store begin, and those of its heads.
namespace audit_records {
inline constexpr std::string_view kPrefix = "audit/";
inline constexpr std::string_view kHead = "audit-head";
inline constexpr std::string_view kSignedHead = "audit-signed";
}  // namespace audit_records

// "audit/" and 16 hex digits, so that the order of the names is that of the numbers.
[[nodiscard]] std::string audit_name(std::uint64_t number);
// Throws Error(store) for a name that audit_name() does not give.
[[nodiscard]] std::uint64_t audit_number(std::string_view name);

[[nodiscard]] std::optional<AuditHead> find_audit_head(const Transaction& transaction);
[[nodiscard]] std::optional<SignedHead> find_signed_head(const Transaction& transaction);
[[nodiscard]] Bytes to_json(const AuditHead& head);
[[nodiscard]] AuditHead parse_audit_head(ByteView json);

// "42:9f86d0...": the head as a person writes it on paper.
[[nodiscard]] std::string to_text(const AuditHead& head);
// Reads that, or the JSON of a head. Throws Error(usage) for anything else.
[[nodiscard]] SavedHead parse_saved_head(std::string_view text);

// Writes the next record, and with a signer also signs the head that it makes. A head is not signed over a
// break: returns then what is broken, else nothing.
std::optional<std::string> append_audit(Transaction& transaction, const AuditEvent& event, const Actor& who,
                                        const HeadSigner* signer);

struct AuditState {
  std::uint64_t records = 0;
  AuditHead start;  // the record before the first one
  AuditHead last;
  std::optional<SignedHead> signed_head;
  std::vector<std::string> broken;  // as AuditCheck::finish()
};

// Follows the whole log that a store holds. Of the expectation only `saved` and `signer` count.
[[nodiscard]] AuditState check_audit(const Transaction& transaction, AuditExpectation expectation);

}  // namespace certstore
