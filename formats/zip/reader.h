// Reads the content of one entry of a sound index, piece by piece, in memory that does not grow with its
// size. Safe to call from many threads on one file.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/file.h"
#include "certstore/base/issue.h"
#include "formats/contents.h"
#include "formats/zip/index.h"

#include <cstddef>
#include <optional>
#include <span>

namespace formats::zip {

// Gives the content of `entry` to `sink` in pieces of at most 128 KiB and returns nothing if and only if it
// is sound: as many bytes as declared, the right CRC, the deflate stream ending in the last compressed byte.
// Otherwise returns a damaged_entry; what the sink got until then (never more than the declared size) is
// worthless. Throws Error(io) if the file cannot be read, and whatever `sink` throws.
[[nodiscard]] std::optional<certstore::Issue> read_entry(const certstore::InputFile& file, const Entry& entry,
                                                         const certstore::Sink& sink);

// The same for an entry of an opened package, by its number. Where the index is not `sound` nothing is read
// by it: the answer is a damaged_entry.
[[nodiscard]] std::optional<certstore::Issue> read_entry(const certstore::InputFile& file, const Index& index,
                                                         bool sound, std::size_t entry,
                                                         const certstore::Sink& sink);

// Calls `visit` for each of `wanted`, with what reads it as above. Small entries that lie together in the
// file are read from it at once: a hundred thousand tiny ones must not cost as many system calls.
void read_entries(const certstore::InputFile& file, const Index& index, bool sound,
                  std::span<const std::size_t> wanted, const EntryVisitor& visit);

// Returns the whole content. Throws Error(malformed) if it is longer than `limit` or damaged.
[[nodiscard]] certstore::Bytes read_small_entry(const certstore::InputFile& file, const Entry& entry,
                                                std::size_t limit);

}  // namespace formats::zip
