// The signature beside a file (FILE.p7s): found, and joined with what the package itself says.
#pragma once

#include "certstore/base/file.h"
#include "verifier/report.h"

#include <optional>
#include <string>

namespace verifier {

// Opens the signature that goes with the file at `path`: what --signature names, else PATH.p7s if it is
// there. Nothing for "none", for standard input, and where none is there. Throws Error(io) for one that
// cannot be read.
[[nodiscard]] std::optional<certstore::InputFile> open_beside(const std::string& path,
                                                              const std::optional<std::string>& signature);

// Adds to the report on a package what the signature beside it says. One that does not match is invalid; a
// signer who is trusted (or was, and is retired) vouches for every entry; any other neither helps nor harms.
void join_beside(Report& report, const Report& beside);

}  // namespace verifier
