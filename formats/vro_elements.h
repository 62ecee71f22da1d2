// The elements of a vRO package: what they are called, and who says to have saved them last.
#pragma once

#include "formats/format.h"
#include "formats/vro_contents.h"

#include <vector>

namespace formats {

// See SignedPackage::elements(). Parses only files that `coverage` covers; what cannot be read there leaves a
// name empty, never throws.
[[nodiscard]] std::vector<Element> vro_elements(const VroContents& contents, const Coverage& coverage,
                                                unsigned jobs);

}  // namespace formats
