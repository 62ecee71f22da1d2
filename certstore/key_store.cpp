#include "certstore/key_store.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/digest.h"
#include "certstore/key_store_record.h"
#include "certstore/key_store_seal.h"
#include "certstore/statement_key.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

namespace certstore {
namespace {

constexpr std::string_view kHeader = key_records::kHeader;
constexpr std::string_view kRoster = key_records::kRoster;
constexpr std::string_view kIdentityPrefix = key_records::kIdentityPrefix;
constexpr std::string_view kDefault = key_records::kDefault;

std::string record_name(std::string_view alias) {
  return std::string(kIdentityPrefix) + std::string(alias);
}

Bytes require_record(const Transaction& transaction, std::string_view name) {
  std::optional<Bytes> record = transaction.get(name);
  if (!record)
    throw Error(ErrorKind::store, "the key store has no " + in_quotes(name), "put back a copy of the store");
  return std::move(*record);
}

KeyStoreHeader read_header(const Transaction& transaction) {
  return parse_key_store_header(require_record(transaction, kHeader));
}

std::optional<IdentityRecord> find_identity(const Transaction& transaction, std::string_view alias) {
  const std::optional<Bytes> record = transaction.get(record_name(alias));
  if (!record) return std::nullopt;
  return parse_identity(*record, std::string(alias));
}

// One change of the store: header, roster and identities go together.
class Change {
 public:
  Change(Transaction& transaction, const MasterKey& key)
      : transaction_(transaction),
        key_(key),
        header_(read_header(transaction)),
        roster_(open_roster(header_, key, require_record(transaction, kRoster))) {
    ++header_.generation;
  }

  KeyStoreHeader& header() { return header_; }
  Roster& roster() { return roster_; }

  void put_identity(IdentityRecord record, const SecretBytes& private_key, const MasterKey& key) {
    record.version = header_.generation;
    record.sealed_key = seal(key, place_of(header_, record), private_key.view());
    roster_[record.identity.alias] = record.version;
    transaction_.put(record_name(record.identity.alias), to_record(record));
  }

  SecretBytes open_key(const IdentityRecord& record) const {
    return open_sealed_key(key_, header_, roster_, record);
  }

  void finish(const MasterKey& key) {
    transaction_.put(kHeader, to_record(header_));
    transaction_.put(kRoster, seal(key, roster_place(header_), to_record(roster_)));
  }

 private:
  Transaction& transaction_;
  const MasterKey& key_;
  KeyStoreHeader header_;
  Roster roster_;
};

DefaultAlias default_of(const Transaction& transaction) {
  const std::optional<Bytes> record = transaction.get(kDefault);
  return record ? parse_default_record(*record) : DefaultAlias{std::string(kDefaultAlias), {}, {}};
}

DefaultAlias default_at(const Transaction& transaction, Instant at) {
  DefaultAlias found = default_of(transaction);
  if (!found.next.empty() && found.from <= at) found = {found.next, {}, {}};
  return found;
}

void follow_rename(Transaction& transaction, std::string_view alias, std::string_view next) {
  DefaultAlias found = default_of(transaction);
  if (found.alias != alias && found.next != alias) return;
  for (std::string* const name : {&found.alias, &found.next}) {
    if (*name == alias) *name = next;
  }
  transaction.put(kDefault, to_default_record(found));
}

// Where the one in force goes, its planned successor is meant; where that goes, nothing is planned.
void follow_removal(Transaction& transaction, std::string_view alias) {
  const DefaultAlias found = default_of(transaction);
  if (found.next == alias) return transaction.put(kDefault, to_default_record({found.alias, {}, {}}));
  if (found.alias != alias) return;
  if (found.next.empty()) return transaction.erase(kDefault);
  transaction.put(kDefault, to_default_record({found.next, {}, {}}));
}

void require_free_alias(const Transaction& transaction, std::string_view alias) {
  if (!find_identity(transaction, alias)) return;
  throw Error(ErrorKind::store, "the store has an identity " + in_quotes(alias) + " already",
              "choose another --alias");
}

// One key with two uses: a signature of the one could be shown as one of the other.
void require_one_use(const Transaction& transaction, const StoredIdentity& identity) {
  for (const auto& [name, bytes] : transaction.list(kIdentityPrefix)) {
    const StoredIdentity other = parse_identity(bytes, name.substr(kIdentityPrefix.size())).identity;
    if (other.bare_key.has_value() == identity.bare_key.has_value()) continue;
    if (other.signer().public_key_sha256() != identity.signer().public_key_sha256()) continue;
    throw Error(ErrorKind::key,
                in_quotes(other.alias) + " is the same key, " +
                    (other.bare_key ? "as a minisign key, which never gets a certificate"
                                    : "with a certificate: it does not become a minisign key"),
                "make a key of its own: pkgsign init --alias NAME");
  }
}

void require_good_alias(std::string_view alias, std::string_view kind) {
  if ((alias == kStatementKey) != (kind == kStatementKey)) {
    throw Error(ErrorKind::usage, in_quotes(kStatementKey) + " is the store's own key, and no identity",
                "choose another --alias");
  }
  const bool has_control = std::any_of(
      alias.begin(), alias.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (alias.empty() || alias.size() > limits::kAliasSize || has_control || !is_utf8(alias)) {
    throw Error(ErrorKind::usage, in_quotes(alias) + " cannot be an alias",
                "1 to " + std::to_string(limits::kAliasSize) + " bytes of UTF-8 without control characters");
  }
}

Certificate stored_certificate(const Bytes& der, const std::string& alias) {
  try {
    return Certificate::from_der(der, alias);
  } catch (const Error& error) {
    throw Error(ErrorKind::store,
                "the store's certificate of " + in_quotes(alias) + " cannot be read: " + error.what(),
                "pkgsign backup restore FILE makes the store anew elsewhere");
  }
}

}  // namespace

StoredIdentity stored_identity(std::string alias, const SignerIdentity& signer) {
  StoredIdentity identity;
  identity.alias = std::move(alias);
  if (signer.bare_key() == nullptr) {
    identity.certificate = signer.certificate()->der();
  } else {
    identity.kind = kMinisignKey;
    identity.bare_key = *signer.bare_key();
  }
  return identity;
}

SignerIdentity StoredIdentity::signer() const {
  if (bare_key) return *bare_key;
  return stored_certificate(certificate, alias);
}

Certificate StoredIdentity::own_certificate() const {
  if (!bare_key) return stored_certificate(certificate, alias);
  throw Error(ErrorKind::key, in_quotes(alias) + " is a minisign key, which never gets a certificate",
              "another identity: pkgsign cert list shows them");
}

std::vector<Certificate> StoredIdentity::issuers() const {
  std::vector<Certificate> issuers;
  for (const Bytes& der : chain) issuers.push_back(stored_certificate(der, alias));
  return issuers;
}

bool KeyStore::exists(const std::filesystem::path& folder) {
  return LmdbEnvironment::exists(folder);
}

KeyStore KeyStore::create(const std::filesystem::path& folder, const SecretBytes& passphrase, KdfCost cost) {
  const MasterKey key = MasterKey::generate();
  KeyStoreHeader header;
  randombytes_buf(header.store.data(), header.store.size());
  header.key = wrap(key, passphrase, header.store, cost);
  const std::vector<Record> records = {
      {std::string(kHeader), to_record(header)},
      {std::string(kRoster), seal(key, roster_place(header), to_record(Roster{}))}};
  if (!LmdbEnvironment::create(folder, records)) {
    throw Error(ErrorKind::store, "there is a key store at " + in_quotes(folder.string()) + " already");
  }
  return open(folder, OpenMode::write);
}

KeyStore KeyStore::open(const std::filesystem::path& folder, OpenMode mode) {
  if (!exists(folder)) {
    throw Error(ErrorKind::store, "there is no key store at " + in_quotes(folder.string()),
                "make one with 'pkgsign init'");
  }
  KeyStore store(LmdbEnvironment::open(folder, mode));
  static_cast<void>(store.cost());  // reads the header, which refuses a newer schema
  return store;
}

KdfCost KeyStore::cost() const {
  return read_header(environment_.read()).key.cost;
}

std::vector<StoredIdentity> KeyStore::list() const {
  std::vector<StoredIdentity> identities;
  for (const auto& [name, record] : environment_.read().list(kIdentityPrefix)) {
    identities.push_back(parse_identity(record, name.substr(kIdentityPrefix.size())).identity);
  }
  return identities;
}

std::optional<StoredIdentity> KeyStore::find(std::string_view alias) const {
  std::optional<IdentityRecord> record = find_identity(environment_.read(), alias);
  if (!record) return std::nullopt;
  return std::move(record->identity);
}

StoredIdentity KeyStore::get(std::string_view alias) const {
  std::optional<StoredIdentity> identity = find(alias);
  if (identity) return std::move(*identity);
  std::string known;
  for (const StoredIdentity& other : list()) {
    // The store's own key is nobody's to name.
    if (other.kind != kStatementKey) known += (known.empty() ? "" : ", ") + in_quotes(other.alias);
  }
  throw Error(ErrorKind::store, "the store has no identity " + in_quotes(alias),
              known.empty() ? "make one with 'pkgsign init'" : "it has " + known);
}

std::string KeyStore::default_alias(Instant at) const {
  return planned_default(at).alias;
}

DefaultAlias KeyStore::planned_default(Instant at) const {
  return default_at(environment_.read(), at);
}

MasterKey KeyStore::unlock(const SecretBytes& passphrase) const {
  const KeyStoreHeader header = read_header(environment_.read());
  return unwrap(header.key, passphrase, header.store);
}

SecretBytes KeyStore::open_private_key(const MasterKey& key, std::string_view alias) const {
  static_cast<void>(get(alias));
  Transaction transaction = environment_.read();
  const std::optional<IdentityRecord> record = find_identity(transaction, alias);
  if (!record) throw Error(ErrorKind::store, "the identity " + in_quotes(alias) + " was removed just now");
  return Change(transaction, key).open_key(*record);
}

void KeyStore::add_identity(const MasterKey& key, const StoredIdentity& identity,
                            const SecretBytes& private_key) {
  require_good_alias(identity.alias, identity.kind);
  environment_.update([&](Transaction& transaction) {
    require_free_alias(transaction, identity.alias);
    require_one_use(transaction, identity);
    Change change(transaction, key);
    change.put_identity({.identity = identity, .version = 0, .sealed_key = {}}, private_key, key);
    change.finish(key);
  });
}

void KeyStore::replace_certificate(const MasterKey& key, std::string_view alias, const Sha256& present,
                                   const Bytes& certificate, const std::vector<Bytes>& chain) {
  static_cast<void>(get(alias));
  environment_.update([&](Transaction& transaction) {
    std::optional<IdentityRecord> record = find_identity(transaction, alias);
    if (!record || sha256(record->identity.certificate) != present) {
      throw Error(ErrorKind::store, "the identity " + in_quotes(alias) + " was changed just now",
                  "try again");
    }
    Change change(transaction, key);
    const SecretBytes private_key = change.open_key(*record);  // bound to the old certificate
    record->identity.certificate = certificate;
    record->identity.chain = chain;
    change.put_identity(std::move(*record), private_key, key);
    change.finish(key);
  });
}

void KeyStore::rename_identity(const MasterKey& key, std::string_view alias, std::string_view next) {
  require_good_alias(next, get(alias).kind);
  environment_.update([&](Transaction& transaction) {
    std::optional<IdentityRecord> record = find_identity(transaction, alias);
    if (!record) throw Error(ErrorKind::store, "the identity " + in_quotes(alias) + " was removed just now");
    require_free_alias(transaction, next);
    Change change(transaction, key);
    const SecretBytes private_key = change.open_key(*record);  // bound to the old alias
    change.roster().erase(std::string(alias));
    transaction.erase(record_name(alias));
    record->identity.alias = next;
    change.put_identity(std::move(*record), private_key, key);
    follow_rename(transaction, alias, next);
    change.finish(key);
  });
}

void KeyStore::set_default_alias(std::string_view alias) {
  static_cast<void>(get(alias));
  environment_.update([&](Transaction& transaction) {
    transaction.put(kDefault, to_default_record({std::string(alias), {}, {}}));
  });
}

void KeyStore::plan_default_alias(std::string_view next, Instant from, Instant at) {
  static_cast<void>(get(next));
  environment_.update([&](Transaction& transaction) {
    const DefaultAlias present = default_at(transaction, at);
    transaction.put(kDefault, to_default_record({present.alias, std::string(next), from}));
  });
}

void KeyStore::remove_identity(const MasterKey& key, std::string_view alias) {
  static_cast<void>(get(alias));
  environment_.rewrite([&](Transaction& transaction) {
    Change change(transaction, key);
    change.roster().erase(std::string(alias));
    transaction.erase(record_name(alias));
    follow_removal(transaction, alias);
    change.finish(key);
  });
}

MasterKey KeyStore::change_passphrase(const SecretBytes& current, const SecretBytes& next,
                                      PassphraseChange wanted) {
  const KeyStoreHeader before = read_header(environment_.read());
  MasterKey old_key = unwrap(before.key, current, before.store);
  std::optional<MasterKey> fresh;
  if (wanted.rekey) fresh = MasterKey::generate();
  const MasterKey& new_key = fresh ? *fresh : old_key;
  const WrappedKey wrapped = wrap(new_key, next, before.store, wanted.cost);
  environment_.rewrite([&](Transaction& transaction) {
    if (read_header(transaction).key.sealed != before.key.sealed) {
      throw Error(ErrorKind::store, "the passphrase was changed by somebody else just now");
    }
    Change change(transaction, old_key);
    change.header().key = wrapped;
    if (wanted.rekey) {
      for (const auto& [name, bytes] : transaction.list(kIdentityPrefix)) {
        const IdentityRecord record = parse_identity(bytes, name.substr(kIdentityPrefix.size()));
        const SecretBytes private_key = change.open_key(record);
        change.put_identity(record, private_key, new_key);
      }
    }
    change.finish(new_key);
  });
  return fresh ? std::move(*fresh) : std::move(old_key);
}

void KeyStore::compact() {
  environment_.rewrite([](Transaction&) {});
}

std::optional<BackupNote> KeyStore::last_backup() const {
  const std::optional<Bytes> record = environment_.read().get(key_records::kBackup);
  if (!record) return std::nullopt;
  return parse_backup_note(*record, "note of the last backup");
}

void KeyStore::remember_backup(const BackupNote& note) {
  environment_.update(
      [&](Transaction& transaction) { transaction.put(key_records::kBackup, to_record(note)); });
}

}  // namespace certstore
