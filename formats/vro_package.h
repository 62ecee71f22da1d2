// The VMware Orchestrator package: where its signatures are and what they cover (docs/formats/vro.md).
#pragma once

#include "formats/container.h"
#include "formats/format.h"

#include <memory>

namespace formats {

// Whether it is a ZIP archive with dunes-meta-inf, or with the signature of one.
[[nodiscard]] bool recognises_vro(const Container& container);
// Opens what recognises_vro() recognised; what is wrong with it is in issues().
[[nodiscard]] std::unique_ptr<SignedPackage> open_vro(Container container);

}  // namespace formats
