// What lies in a directory, to be compared with a package: names and digests, nothing written, no link
// followed.
#pragma once

#include <map>
#include <string>

namespace verifier {

// What the bytes of a file are, in words that are equal only for equal files: its SHA-256, where a link
// leads. Empty where that cannot be told, which equals nothing.
using Content = std::map<std::string, std::string>;  // by the name of the file

struct DirectoryContent {
  std::string shown;  // as named on the command line
  Content files;      // all beneath it, by their names from there
};

[[nodiscard]] bool is_directory(const std::string& path);

// Reads every file beneath the directory with `jobs` threads (0: one per core). Of what is no file and no
// symbolic link, and of names that no package may have, the content is empty: a device is not opened. Throws
// Error(io) for what cannot be read, and beyond limits::kEntries files or limits::kFolderDepth folders.
[[nodiscard]] DirectoryContent read_directory(const std::string& path, unsigned jobs);

// The words of Content.
[[nodiscard]] std::string content_of_link(const std::string& target);

}  // namespace verifier
