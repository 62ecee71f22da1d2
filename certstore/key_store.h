// The identities of this machine: private keys, sealed, with their certificates, under aliases. Certificates
// are readable by all who can read the file; keys need the passphrase. pkgverify never opens it. Open it for
// as short as possible: changing the passphrase and removing wait until nobody else has it open.
#pragma once

#include "certstore/backup_note.h"
#include "certstore/base/secret.h"
#include "certstore/base/time.h"
#include "certstore/lmdb_environment.h"
#include "certstore/seal.h"
#include "certstore/signer_identity.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace certstore {

inline constexpr std::string_view kDefaultAlias = "server";
// The kind of a bare key that signs as minisign does; it never gets a certificate.
inline constexpr std::string_view kMinisignKey = "minisign";

// What is known of an identity without the passphrase.
struct StoredIdentity {
  std::string alias;
  std::string kind = "identity";  // what the key is for; others may follow
  Bytes certificate;              // DER; empty for a bare key
  std::vector<Bytes> chain;       // DER, the issuer first
  Instant created{};
  // SHA-256 of the public key in whose place this one was made (cert renew --new-key).
  std::optional<Sha256> succeeds = std::nullopt;
  std::optional<BareKey> bare_key = std::nullopt;  // of kind kMinisignKey, and of no other

  // Throw Error(store) where the store holds bytes that are no certificate.
  [[nodiscard]] SignerIdentity signer() const;
  // Throws Error(key) for a bare key too.
  [[nodiscard]] Certificate own_certificate() const;
  [[nodiscard]] std::vector<Certificate> issuers() const;
};

// An identity with the certificate, or the bare key, of that signer; without chain and date.
[[nodiscard]] StoredIdentity stored_identity(std::string alias, const SignerIdentity& signer);

// The identity that is used where none is named, and the one that will be from a date on.
struct DefaultAlias {
  std::string alias;
  std::string next;  // empty: no change is planned
  Instant from{};
};

class KeyStore {
 public:
  [[nodiscard]] static bool exists(const std::filesystem::path& folder);
  // Makes an empty store in `folder`, whole or not at all. Throws Error(store) if there is one, Error(usage)
  // for a cost out of bounds.
  static KeyStore create(const std::filesystem::path& folder, const SecretBytes& passphrase, KdfCost cost);
  // Throws Error(store) when it is absent, damaged, of a newer schema, or read-only and mode is write.
  static KeyStore open(const std::filesystem::path& folder, OpenMode mode);

  [[nodiscard]] KdfCost cost() const;
  [[nodiscard]] std::vector<StoredIdentity> list() const;  // by alias
  [[nodiscard]] std::optional<StoredIdentity> find(std::string_view alias) const;
  // Throws Error(store) where there is none, and names those that there are.
  [[nodiscard]] StoredIdentity get(std::string_view alias) const;
  // The identity that is used at that time where none is named: the one chosen, else kDefaultAlias.
  [[nodiscard]] std::string default_alias(Instant at = now()) const;
  // The same with the change that is planned; none, once it has come.
  [[nodiscard]] DefaultAlias planned_default(Instant at = now()) const;

  // Throws Error(passphrase) for a wrong one.
  [[nodiscard]] MasterKey unlock(const SecretBytes& passphrase) const;
  // Returns the PKCS#8 DER. Throws Error(store) if the record is not the one that this store put there last.
  [[nodiscard]] SecretBytes open_private_key(const MasterKey& key, std::string_view alias) const;

  // Throws Error(store) where the alias exists, Error(usage) for an alias that is empty, longer than
  // limits::kAliasSize, has control characters, or is that of the store's own key, Error(key) where the same
  // key is there bare and would get a certificate, or the other way. Whether key and certificate match is the
  // caller's to check.
  void add_identity(const MasterKey& key, const StoredIdentity& identity, const SecretBytes& private_key);
  // Puts another certificate of the same key, with its chain, in the place of the one with that SHA-256; the
  // old one stays until then. Throws Error(store) where that is not the present one. Whether key and
  // certificate match is the caller's to check.
  void replace_certificate(const MasterKey& key, std::string_view alias, const Sha256& present,
                           const Bytes& certificate, const std::vector<Bytes>& chain);
  // Gives an identity another alias, which becomes the default if the old one was. Throws as add_identity().
  void rename_identity(const MasterKey& key, std::string_view alias, std::string_view next);
  // From now on, whatever was planned. Throws Error(store) where there is no such identity.
  void set_default_alias(std::string_view alias);
  // From `from` on; until then the one that is in force at `at`. Throws likewise.
  void plan_default_alias(std::string_view next, Instant from, Instant at = now());
  // No byte of the removed record is left in the store's file.
  void remove_identity(const MasterKey& key, std::string_view alias);

  struct PassphraseChange {
    KdfCost cost;
    bool rekey = false;  // a new master key, all secrets sealed anew
  };
  // Afterwards nothing in the file opens with the old passphrase. Returns the key that is now in force.
  MasterKey change_passphrase(const SecretBytes& current, const SecretBytes& next, PassphraseChange change);
  // Throws Error(store) unless every record is known and can be read and, with the key, there are exactly the
  // identities that were put there. Whether their keys open is not part of it.
  void require_whole(const MasterKey* key) const;
  // Rewrites the file without free space.
  void compact();

  // What is remembered of the last backup that was checked.
  [[nodiscard]] std::optional<BackupNote> last_backup() const;
  void remember_backup(const BackupNote& note);
  // All records of one moment, for the backup.
  [[nodiscard]] Transaction snapshot() const { return environment_.read(); }

 private:
  explicit KeyStore(LmdbEnvironment environment) : environment_(std::move(environment)) {}
  LmdbEnvironment environment_;
};

}  // namespace certstore
