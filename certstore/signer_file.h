// Whom a person names by a file: certificates in any form, or the public key of minisign or signify.
#pragma once

#include "certstore/signer_identity.h"

#include <string>
#include <vector>

namespace certstore {

// Throws Error(io) for a file that cannot be read, Error(key) for one that holds neither, and says what it
// holds.
[[nodiscard]] std::vector<SignerIdentity> read_signer_file(const std::string& path);

}  // namespace certstore
