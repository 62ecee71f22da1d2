#include "signer/backup_reminder.h"

#include "certstore/base/escape.h"
#include "certstore/statement_key.h"

#include <iostream>

namespace signer {

std::vector<certstore::StoredIdentity> own_identities(const certstore::KeyStore& keys) {
  auto identities = keys.list();
  std::erase_if(identities, [](const auto& identity) { return identity.kind == certstore::kStatementKey; });
  return identities;
}

std::vector<std::string> without_backup(const certstore::KeyStore& keys) {
  const certstore::BackupNote last = keys.last_backup().value_or(certstore::BackupNote{});
  std::vector<std::string> aliases;
  for (const auto& identity : own_identities(keys)) {
    const auto public_key = identity.signer().public_key_sha256();
    if (!last.has_key(public_key)) aliases.push_back(identity.alias);
  }
  return aliases;
}

void remind_of_backup(const certstore::cli::Arguments& arguments, const certstore::KeyStore& keys) {
  if (arguments.quiet()) return;
  const auto aliases = without_backup(keys);
  if (aliases.empty()) return;
  std::cerr << arguments.tool() << ": reminder: no backup has the key of "
            << certstore::in_quotes(aliases.front())
            << (aliases.size() > 1 ? " and " + std::to_string(aliases.size() - 1) + " more" : "")
            << "; pkgsign backup create -o FILE makes one\n";
}

}  // namespace signer
