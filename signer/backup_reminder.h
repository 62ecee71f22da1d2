// Keys that would be lost with this disk.
#pragma once

#include "certstore/base/cli.h"
#include "certstore/key_store.h"

#include <string>
#include <vector>

namespace signer {

// The identities of a person: the store's own keys are not among them.
[[nodiscard]] std::vector<certstore::StoredIdentity> own_identities(const certstore::KeyStore& keys);
// Aliases of those whose private keys are in no backup that the store remembers.
[[nodiscard]] std::vector<std::string> without_backup(const certstore::KeyStore& keys);
// One line on stderr where there are such; nothing with --quiet.
void remind_of_backup(const certstore::cli::Arguments& arguments, const certstore::KeyStore& keys);

}  // namespace signer
