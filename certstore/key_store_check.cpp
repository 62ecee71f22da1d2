#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/key_store.h"
#include "certstore/key_store_record.h"
#include "certstore/key_store_seal.h"

#include <optional>
#include <set>

namespace certstore {
namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorKind::store, what, "put back a copy of the store, or a backup");
}

// Every record is one that this version knows, and reads as what it should be; returns the aliases.
std::set<std::string> read_all(const Transaction& transaction) {
  std::set<std::string> aliases;
  transaction.visit("", [&](std::string_view name, ByteView value) {
    if (name == key_records::kHeader) return static_cast<void>(parse_key_store_header(value));
    if (name == key_records::kDefault) return static_cast<void>(parse_default_record(value));
    if (name == key_records::kBackup) return static_cast<void>(parse_backup_note(value, "backup note"));
    if (name == key_records::kRoster) return;  // sealed
    if (!name.starts_with(key_records::kIdentityPrefix)) {
      refuse("the key store has a record " + in_quotes(name) + " that this version does not know");
    }
    const std::string alias(name.substr(key_records::kIdentityPrefix.size()));
    static_cast<void>(parse_identity(value, alias));
    aliases.insert(alias);
  });
  return aliases;
}

}  // namespace

void KeyStore::require_whole(const MasterKey* key) const {
  const Transaction transaction = environment_.read();
  const std::set<std::string> aliases = read_all(transaction);
  if (const auto record = transaction.get(key_records::kDefault)) {
    const DefaultAlias chosen = parse_default_record(*record);
    for (const std::string& alias : {chosen.alias, chosen.next}) {
      if (alias.empty() || alias == kDefaultAlias || aliases.contains(alias)) continue;
      refuse("the default identity " + in_quotes(alias) + " is missing");
    }
  }
  if (key == nullptr) return;
  const auto header = transaction.get(key_records::kHeader);
  const auto sealed = transaction.get(key_records::kRoster);
  if (!header || !sealed) refuse("the key store has no header or no roster");
  const Roster roster = open_roster(parse_key_store_header(*header), *key, *sealed);
  for (const auto& [alias, version] : roster) {
    if (!aliases.contains(alias)) refuse("the identity " + in_quotes(alias) + " is missing");
  }
  for (const std::string& alias : aliases) {
    if (!roster.contains(alias))
      refuse("the identity " + in_quotes(alias) + " was put there by nobody who had the key");
  }
}

}  // namespace certstore
