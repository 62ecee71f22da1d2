// What carries no signature that we know: any other ZIP archive, whose elements are its files, and any other
// file, which is one element. Both are unsigned.
#pragma once

#include "formats/container.h"
#include "formats/format.h"

#include <memory>

namespace formats {

[[nodiscard]] bool recognises_zip(const Container& container);
[[nodiscard]] std::unique_ptr<SignedPackage> open_zip(Container container);
[[nodiscard]] bool recognises_file(const Container& container);
[[nodiscard]] std::unique_ptr<SignedPackage> open_file(Container container);

}  // namespace formats
