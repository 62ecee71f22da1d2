// Where a command writes what it did: the audit log of the store, and the file of --audit-to. The only place
// in this folder that knows how; a command has one line.
#pragma once

#include "certstore/audit_file.h"
#include "certstore/base/cli.h"
#include "certstore/store_place.h"
#include "certstore/trust_store.h"

#include <optional>

namespace signer {

inline constexpr certstore::cli::Option kAuditToOption{
    "audit-to", '\0', "FILE", "append the audit record to FILE too: for a read-only store"};

class AuditPen {
 public:
  enum class Unwritable { refuse, warn };

  // Opens the log of the store, which it makes where it is absent, and the file of --audit-to. Where neither
  // can be written: throws Error(store) naming --audit-to, or warns and writes nothing. Only one in a
  // process.
  AuditPen(const certstore::cli::Arguments& arguments, const certstore::StorePlace& place,
           Unwritable otherwise = Unwritable::refuse);
  // For a key that is in no store: only the file, if there is one.
  static AuditPen without_store(const certstore::cli::Arguments& arguments);

  // From now on heads are signed with the statement key of the store, if it has one.
  void take_key(const certstore::KeyStore& keys, const certstore::MasterKey& key);
  // Writes one record; durable when it returns. Warns where a broken log keeps the head from being signed.
  void write(const certstore::AuditEvent& event);
  // The trust store of the place, if there is one.
  [[nodiscard]] const certstore::TrustStore* trust() const { return store_ ? &*store_ : nullptr; }

 private:
  explicit AuditPen(const certstore::cli::Arguments& arguments) : arguments_(arguments) {}
  void open_file(const certstore::AuditHead& start);

  const certstore::cli::Arguments& arguments_;
  std::optional<certstore::TrustStore> store_;
  bool writes_store_ = false;
  std::optional<certstore::AuditFile> file_;
  std::optional<certstore::HeadSigner> signer_;
};

// One record about a key that is open.
void note_use(const certstore::cli::Arguments& arguments, const certstore::KeyStore& keys,
              const certstore::MasterKey& key, const certstore::AuditEvent& event);
// One record about something that needs no key: what cannot be written is a warning.
void note(const certstore::cli::Arguments& arguments, const certstore::AuditEvent& event);
// Before a passphrase is asked for: throws Error(store) as AuditPen does where no record could be written.
void require_audit_place(const certstore::cli::Arguments& arguments);

}  // namespace signer
