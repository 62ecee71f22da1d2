// Keys that would be lost with this disk.
#pragma once

#include "certstore/base/cli.h"
#include "certstore/key_store.h"

#include <string>
#include <vector>

namespace signer {

// Aliases of the identities whose private keys are in no backup that the store remembers.
[[nodiscard]] std::vector<std::string> without_backup(const certstore::KeyStore& keys);
// One line on stderr where there are such; nothing with --quiet.
void remind_of_backup(const certstore::cli::Arguments& arguments, const certstore::KeyStore& keys);

}  // namespace signer
