// Verified extraction: what reaches the disk is hashed on the way and compared with what was judged.
#pragma once

#include "certstore/digest.h"
#include "formats/format.h"
#include "verifier/folder.h"

#include <cstddef>
#include <span>
#include <string>

namespace verifier {

// One entry to be written, under its own name.
struct ExtractedEntry {
  std::size_t entry = 0;    // index into SignedPackage::entries()
  std::string name;         // of a directory with "/" at its end
  certstore::Bytes judged;  // SHA-256 of its bytes when the package was judged
  bool is_executable = false;
  std::string link_target;  // of a symbolic link, when the package was judged

  [[nodiscard]] bool is_directory() const { return name.ends_with('/'); }
  [[nodiscard]] bool is_link() const { return !link_target.empty(); }
};

struct ExtractOptions {
  unsigned jobs = 0;
  bool show_progress = false;
};

// Writes each entry anew beneath `into`: folders first, symbolic links (which require_safe_link() has
// accepted) last. Throws Error(io) if bytes differ from those that were judged (the file changed under us),
// if two names are one on this file system, or if the disk fails; what was written by then stays, for the
// caller's staging folder to remove.
void extract(const formats::SignedPackage& package, std::span<const ExtractedEntry> entries, Folder& into,
             const ExtractOptions& options);

}  // namespace verifier
