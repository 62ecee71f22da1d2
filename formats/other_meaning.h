// What else a file could be taken for.
#pragma once

#include "certstore/base/file.h"

#include <string>

namespace formats {

// The other layout of which the file is a signed list, "an mtree list"; empty if it is none. Told by its
// lines down to the first empty one, where each of these layouts says what it is.
[[nodiscard]] std::string other_meaning(const certstore::InputFile& file);

}  // namespace formats
