// A whole file, in windows, and what it could be taken for.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/file.h"

#include <string>

namespace formats {

// Feeds the file to `sink`, window by window.
void read_windows(const certstore::InputFile& file, const certstore::Sink& sink);

// The other layout of which the file is a signed list, "an mtree list"; empty if it is none. Told by its
// lines down to the first empty one, where each of these layouts says what it is.
[[nodiscard]] std::string other_meaning(const certstore::InputFile& file);

}  // namespace formats
