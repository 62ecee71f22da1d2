// Folders as the store needs them: opened, made durable, cleared of what a killed process left.
#pragma once

#include "certstore/base/file.h"

#include <filesystem>

namespace certstore {

// Each throws Error(io) naming the path.
[[nodiscard]] FileDescriptor open_folder(const std::filesystem::path& folder);
// fsync(2) of a file or folder.
void sync(const FileDescriptor& descriptor, const std::filesystem::path& path);
// With all that is in it; nothing happens where it is absent.
void remove_leftover(const std::filesystem::path& path);

}  // namespace certstore
