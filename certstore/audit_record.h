// One record of the audit log: what happened, who did it, and the digest of the record before, so that no
// record can be changed, taken out or moved without changing all that follow. docs/keystore.md, "The audit
// log", tells what that proves and what it does not.
#pragma once

#include "certstore/actor.h"
#include "certstore/digest.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace certstore {

// What a command has to say; all but the action may be absent. Text of any origin: it is escaped when the
// record is made.
struct AuditEvent {
  std::string action = {};            // the words of the command: "sign", "trust add"
  std::string file = {};              // as the person named it
  std::optional<Sha256> sha256 = {};  // of that file
  std::string alias = {};             // of the identity
  std::optional<Sha256> signer = {};  // SHA-256 of its certificate
  std::string detail = {};            // the id of a trust record, what was left out ...
  friend bool operator==(const AuditEvent&, const AuditEvent&) = default;
};

// Made at random with each log, so that records of two logs are told apart.
using AuditLogId = std::array<std::uint8_t, 16>;

// Where the next record follows: the last one. number 0: there is none yet.
struct AuditHead {
  AuditLogId log{};
  std::uint64_t number = 0;
  Sha256 digest{};
  friend bool operator==(const AuditHead&, const AuditHead&) = default;
};

struct AuditRecord {
  AuditEvent event;
  Actor who;
  // A key was open, and the head that this record makes was signed in the same breath.
  bool head_signed = false;
  AuditLogId log{};
  std::uint64_t number = 0;  // 1, 2, 3 ... without gaps
  Sha256 previous{};         // the digest of the record before; zeros in the first
  Sha256 digest{};           // of all of the above
  [[nodiscard]] AuditHead head() const { return {log, number, digest}; }
  friend bool operator==(const AuditRecord&, const AuditRecord&) = default;
};

// Begins a log of its own.
[[nodiscard]] AuditHead new_audit_log();
// The record that comes after `head`, its text escaped.
[[nodiscard]] AuditRecord next_record(const AuditHead& head, const AuditEvent& event, const Actor& who,
                                      bool head_signed);
// The same for a record whose text is escaped already: gives it its place behind `head`.
[[nodiscard]] AuditRecord chained(const AuditHead& head, AuditRecord record);
// SHA-256 over a context and every field in order, each with its length in front: no two records that differ
// in any field give the same message.
[[nodiscard]] Sha256 digest_of(const AuditRecord& record);

// One JSON object on one line, without its end; the only form in which a record is kept.
[[nodiscard]] Bytes to_json(const AuditRecord& record);
// Throws Error(store) for anything but exactly what to_json() writes. Whether the digest is right is for the
// one who follows the chain (audit_chain.h).
[[nodiscard]] AuditRecord parse_audit_record(ByteView json);

}  // namespace certstore
