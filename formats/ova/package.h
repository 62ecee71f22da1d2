// A virtual appliance: an OVF package as one tar, or as files in a folder (DSP0243, ISO/IEC 17203), signed by
// manifest and certificate file. docs/formats/ova.md says what is covered and what is not.
#pragma once

#include "formats/container.h"
#include "formats/format.h"

#include <memory>

namespace formats::ova {

[[nodiscard]] bool recognises_ova(const Container& container);
[[nodiscard]] std::unique_ptr<SignedPackage> open_ova(Container container);

// The same, its files beside the descriptor in one folder.
[[nodiscard]] bool recognises_ovf(const Container& container);
[[nodiscard]] std::unique_ptr<SignedPackage> open_ovf(Container container);

}  // namespace formats::ova
