// The signatures beside a file (FILE.p7s, FILE.minisig): found, and joined with what the package itself says.
#pragma once

#include "certstore/base/file.h"
#include "verifier/report.h"

#include <string>
#include <vector>

namespace verifier {

// Opens the signatures that go with the file at `path`: those that --signature names, else each that stands
// beside it under the name of its kind. Nothing for "none", for standard input, and where none is there.
// Throws Error(io) for one that cannot be read.
[[nodiscard]] std::vector<certstore::InputFile> open_beside(const std::string& path,
                                                            const std::vector<std::string>& signatures);

// Adds to the report on a package what a signature beside it says. One that does not match is invalid; a
// signer who is trusted (or was, and is retired) vouches for every entry; any other neither helps nor harms.
void join_beside(Report& report, const Report& beside);

// Of a file that has no signatures of its own: one report of all those beside it, each signer with equal
// right. At least one.
[[nodiscard]] Report join_equals(std::vector<Report> reports);

}  // namespace verifier
