// The trust decisions of this machine, what it remembers against rollback, and its audit log. Needs neither
// passphrase nor identity, and never opens the keys.
#pragma once

#include "certstore/audit_chain.h"
#include "certstore/bundle_difference.h"
#include "certstore/digest.h"
#include "certstore/lmdb_environment.h"
#include "certstore/trust_record.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace certstore {

// A signer's package, by name, for the memory against rollback.
struct SealedName {
  Sha256 signer{};  // of the certificate
  std::string package;
};

// The highest serial that was accepted.
struct AcceptedSerial {
  std::uint64_t serial = 0;
  Instant accepted{};
};

// How the names of its records begin.
namespace trust_records {
inline constexpr std::string_view kRecordPrefix = "record/";
inline constexpr std::string_view kSerialPrefix = "serial/";
}  // namespace trust_records

class TrustStore {
 public:
  // Opens to write, and makes it where it is absent. Throws Error(store) as LmdbEnvironment::open does.
  static TrustStore open_or_create(const std::filesystem::path& folder);
  // Nothing if there is no trust store; throws Error(store) for one that cannot be read.
  static std::optional<TrustStore> open_if_present(const std::filesystem::path& folder,
                                                   OpenMode mode = OpenMode::read);

  [[nodiscard]] std::vector<TrustRecord> list() const;  // the oldest first
  // The one record whose id begins with `prefix` (at least 4 characters). Throws Error(store) for none and
  // for more.
  [[nodiscard]] TrustRecord find(std::string_view prefix) const;
  // Keeps the record under an id made from its content, and returns the record with that id. One that is
  // there already (but for when and by whom it was made) is kept as it is and returned.
  TrustRecord add(const TrustRecord& record, const Actor& actor);
  // Removes the one that `prefix` names, and returns it.
  TrustRecord remove(std::string_view prefix, const Actor& actor);

  [[nodiscard]] std::optional<AcceptedSerial> accepted_serial(const SealedName& name) const;
  // All of them, in no order that means something.
  [[nodiscard]] std::vector<std::pair<SealedName, AcceptedSerial>> accepted_serials() const;
  // Remembers a serial; a lower one than the remembered changes nothing.
  void raise_serial(const SealedName& name, std::uint64_t serial, const Actor& actor);

  [[nodiscard]] std::vector<CrlRecord> crls() const;
  [[nodiscard]] CrlRecord find_crl(std::string_view prefix) const;  // as find()
  // Keeps the list in the place of the one of its series; false where it is there already. Throws
  // Error(store) for one that is not newer and not `force`.
  bool add_crl(const CrlRecord& record, bool force, const Actor& actor);
  CrlRecord remove_crl(std::string_view prefix, const Actor& actor);

  // What is remembered of each bundle that was imported.
  [[nodiscard]] std::vector<KeptBundle> bundles() const;
  // All of one moment, for difference().
  [[nodiscard]] TrustState state() const;
  // Of a state without records: what a difference is made from where there is no store.
  [[nodiscard]] static Sha256 digest_of_empty();
  // Does what the difference says, whole or not at all; `event` names the file. Throws Error(store) if the
  // store is not as it was when the difference was made. Who signed it was checked before.
  void import_bundle(const BundleDifference& agreed, const AuditEvent& event, const Actor& actor);

  // Withdraws what forgetting() says and forgets the bundle, in one step. Throws Error(store) if the store is
  // not as it was then.
  void forget_bundle(const BundleDifference& agreed, const Actor& actor);

  // Writes a record of the audit log about something that changes nothing here; durable when it returns. With
  // a signer the head is signed too; returns what keeps it from being signed, where the log is broken.
  std::optional<std::string> note(const AuditEvent& event, const Actor& actor,
                                  const HeadSigner* signer = nullptr);
  // The oldest first; of a store of an older schema its lines, without a chain.
  [[nodiscard]] std::vector<AuditRecord> audit_log() const;
  // Whether the log has a chain: not in a store of an older schema, which the next change migrates.
  [[nodiscard]] bool has_audit_chain() const;
  // Where the next record follows; a new log where there is none yet.
  [[nodiscard]] AuditHead audit_head() const;
  [[nodiscard]] AuditState check_audit(const AuditExpectation& expectation) const;
  // Throws Error(store) unless every record but those of the audit log is known and can be read.
  void require_whole() const;
  // Rewrites the file without free space.
  void compact();
  // All records of one moment, for the backup.
  [[nodiscard]] Transaction snapshot() const { return environment_.read(); }

 private:
  explicit TrustStore(LmdbEnvironment environment) : environment_(std::move(environment)) {}
  void change(const Actor& actor, const LmdbEnvironment::Change& change);

  LmdbEnvironment environment_;
};

}  // namespace certstore
