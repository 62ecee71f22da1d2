// Formats that are known by their mark and not judged here: better named, with the tool that judges them,
// than called unsigned.
#pragma once

#include "formats/container.h"

#include <optional>
#include <string>

namespace formats {

// The name of a signature file of a JAR (META-INF/*.SF and its like), if the archive has one.
[[nodiscard]] std::optional<std::string> jar_signature(const zip::Index& index);

// Throws Error(unsupported) naming the format and the tool for it, if the file bears such a mark.
void refuse_known_marks(const Container& container);

}  // namespace formats
