// Whether a file is one that LMDB can map without dying: LMDB trusts what it maps, so a file cut short is a
// SIGBUS and an empty one becomes a new store. Everything here only reads.
#pragma once

#include "certstore/base/file.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace certstore {

// The size that a new file gets; it doubles when it is full. The file always has at least the size that LMDB
// maps, so that any cut shows.
inline constexpr std::uint64_t kFirstMapSize = std::uint64_t{1} << 20;

// Throws Error(store), naming the file and what to do.
[[noreturn]] void throw_damaged(const std::filesystem::path& file, const std::string& what);

// Throws Error(store) unless both meta pages are sound and the file has the size that they tell.
void require_sound_metas(const FileDescriptor& descriptor, const std::filesystem::path& file);

// Whether a child process could walk every page and record. Without locks: beside a writer it may fail for a
// sound file, never pass for one that kills its reader.
[[nodiscard]] bool child_can_walk(const std::filesystem::path& file);

// Throws Error(store) for a file system on which LMDB's locks and memory maps do not hold between machines.
void require_local_file_system(const std::filesystem::path& folder);
// The same decision for a type as statfs(2) tells it.
[[nodiscard]] bool is_network_file_system(std::uint64_t type);

}  // namespace certstore
