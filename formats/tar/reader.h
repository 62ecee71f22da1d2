// The content of members of a sound index. Safe to call from many threads on one file.
#pragma once

#include "certstore/base/file.h"
#include "formats/tar/index.h"

namespace formats::tar {

// Gives the content of `entry` to `sink` piece by piece; of a hard link, directory or symbolic link nothing.
// Throws Error(io) if the file cannot be read, and whatever `sink` throws.
void read_entry(const certstore::InputFile& file, const Entry& entry, const certstore::Sink& sink);

// Returns the whole content. Throws Error(malformed) if it is longer than `limit`.
[[nodiscard]] certstore::Bytes read_small_entry(const certstore::InputFile& file, const Entry& entry,
                                                std::size_t limit);

}  // namespace formats::tar
