// What the backup commands say.
#pragma once

#include "certstore/backup.h"
#include "certstore/base/cli.h"

#include <ostream>
#include <string>
#include <string_view>

namespace signer {

// Of the backup file.
[[nodiscard]] certstore::SecretBytes file_passphrase(const certstore::cli::Arguments& arguments, bool is_new);
inline constexpr certstore::cli::Option kFilePassphraseOption{
    "file-passphrase", '\0', "SOURCE", "passphrase of the backup file, another than the store's"};

// One fact a line: when it was made, each key with its certificate, the decisions.
void print_contents(const certstore::BackupContents& contents, std::ostream& out);

}  // namespace signer
