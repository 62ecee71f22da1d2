// An OVA: an OVF package as one tar (DSP0243, ISO/IEC 17203), signed by manifest and certificate file.
// docs/formats/ova.md says what is covered and what is not.
#pragma once

#include "formats/container.h"
#include "formats/format.h"

#include <memory>

namespace formats::ova {

[[nodiscard]] bool recognises_ova(const Container& container);
[[nodiscard]] std::unique_ptr<SignedPackage> open_ova(Container container);

}  // namespace formats::ova
