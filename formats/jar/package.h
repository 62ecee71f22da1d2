// A JAR with signatures, and any other archive as it would be signed.
#pragma once

#include "formats/container.h"
#include "formats/format.h"

#include <memory>

namespace formats::jar {

// Whether the archive holds a signature file or block of a JAR.
[[nodiscard]] bool recognises_jar(const Container& container);
[[nodiscard]] std::unique_ptr<SignedPackage> open_jar(Container container);
// Any archive; it is unsigned, and is signed as a JAR.
[[nodiscard]] bool recognises_zip(const Container& container);
[[nodiscard]] std::unique_ptr<SignedPackage> open_zip(Container container);

}  // namespace formats::jar
