// What is no package that we know: any other file, which is one element and unsigned.
#pragma once

#include "formats/container.h"
#include "formats/format.h"

#include <memory>

namespace formats {

[[nodiscard]] bool recognises_file(const Container& container);
[[nodiscard]] std::unique_ptr<SignedPackage> open_file(Container container);

}  // namespace formats
