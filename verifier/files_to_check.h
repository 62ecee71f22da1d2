// Which files a run of `check` is about: operands, the names in a list, what lies in folders.
#pragma once

#include "certstore/base/cli.h"
#include "verifier/package_files.h"

namespace verifier {

inline constexpr certstore::cli::Option kRecursiveOption{"recursive", 'r', "",
                                                         "judge every file in folders, too"};
inline constexpr certstore::cli::Option kFilesFromOption{
    "files-from", '\0', "LIST", "judge the files that it names, one a line, too; - is standard input"};

// The operands, then the names in the list of --files-from. Throws Error(usage) for what does not go together
// and a list that is none, Error(io) for one that cannot be read or names nothing.
[[nodiscard]] std::vector<std::string> names_to_check(const certstore::cli::Arguments& arguments);

// The files of these names; with --recursive each folder stands for all files in it, whatever they are. A
// folder without a file is a place that could not be looked into: nothing to judge is not good news.
[[nodiscard]] FoundFiles files_to_check(const certstore::cli::Arguments& arguments,
                                        const std::vector<std::string>& names);

}  // namespace verifier
