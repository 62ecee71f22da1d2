// Formats that are known by their mark and not judged here: better named, with the tool that judges them,
// than called unsigned.
#pragma once

#include "formats/container.h"

namespace formats {

// Throws Error(unsupported) naming the format and the tool for it, if the file bears such a mark.
void refuse_known_marks(const Container& container);

}  // namespace formats
