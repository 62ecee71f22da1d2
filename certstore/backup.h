// The whole store in one sealed file: every record of the keys and of the trust decisions as they rest, and
// the master key that opens the private ones. Made from a snapshot of each, checked before it gets its name.
#pragma once

#include "certstore/backup_file.h"
#include "certstore/backup_note.h"
#include "certstore/certificate.h"
#include "certstore/key_store.h"
#include "certstore/store_place.h"
#include "certstore/trust_store.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace certstore {

// A backup that was opened with its passphrase.
class Backup {
 public:
  enum class Part { keys, trust };

  // Throws as BackupFile does.
  Backup(InputFile file, const SecretBytes& passphrase);

  [[nodiscard]] const std::string& name() const { return file_.name(); }
  [[nodiscard]] const BackupNote& note() const { return note_; }
  [[nodiscard]] const MasterKey& master_key() const { return master_key_; }
  // Hands over the records of one part in the order of the file: of the keys, header and roster first. Reads
  // to the end: throws Error(store) if any byte of the file is not as it was written.
  void visit(Part part, const RecordVisitor& visitor) const;
  [[noreturn]] void refuse(const std::string& why) const { file_.refuse(why); }

 private:
  BackupFile file_;
  BackupNote note_;
  MasterKey master_key_;
};

// A private key that opened, made a signature, and had it checked with its certificate or public key.
struct TestedKey {
  std::string alias;
  std::string kind;  // as in StoredIdentity
  SignerIdentity signer;
};

struct BackupContents {
  BackupNote note;
  std::vector<TestedKey> keys;
  std::size_t trust_records = 0;
  std::size_t serials = 0;
  std::size_t bundles = 0;  // that were imported
  std::size_t audit_lines = 0;
  // What is wrong with the chain of the audit log (audit_chain.h). It was so in the store: the backup is
  // sound all the same.
  std::vector<std::string> audit_breaks = {};
};

// Unseals everything in it. Throws Error(store) for a file that is damaged or does not fit together,
// Error(key) for a key that does not sign for its certificate.
[[nodiscard]] BackupContents check_backup(const Backup& backup);

// What is backed up.
struct BackupOrigin {
  const KeyStore& keys;
  const MasterKey& key;
  const TrustStore* trust = nullptr;  // null: nobody was ever trusted
};

struct BackupTerms {
  const SecretBytes& passphrase;  // of the file
  KdfCost cost;
  Instant now;
  // Called with the SHA-256 of the file when it is written and checked, before it gets its name.
  std::function<void(const Sha256&)> before_naming = [](const Sha256&) {};
};

// Writes `path` (mode 0600), reads it back and checks it as check_backup(); only then it appears. Throws
// Error(io) if it exists or cannot be written.
[[nodiscard]] BackupContents create_backup(const std::filesystem::path& path, const BackupOrigin& origin,
                                           const BackupTerms& terms);

// Whether nothing is at the place of the store, so that one can be restored there.
[[nodiscard]] bool is_vacant(const StorePlace& place);
struct RestoreTerms {
  const SecretBytes& passphrase;  // of the restored store
  KdfCost cost;
  // Called with the store when it is whole, before it gets its place.
  std::function<void(const StorePlace&)> before_naming = [](const StorePlace&) {};
};

// Makes the store anew from the backup under a passphrase of its own, whole or not at all. Throws
// Error(store) unless the place is vacant.
void restore_backup(const Backup& backup, const StorePlace& place, const RestoreTerms& terms);
// What the store at the place has otherwise than the backup, one fact a line, safe to print; empty if it has
// the same identities, trust records and accepted serials. Changes nothing.
[[nodiscard]] std::vector<std::string> differences(const Backup& backup, const StorePlace& place);

}  // namespace certstore
