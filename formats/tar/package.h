// A tar, plain or compressed, with a manifest and a CMS signature for each signer: docs/formats/tar.md.
#pragma once

#include "formats/container.h"
#include "formats/format.h"

#include <memory>

namespace formats::tar {

[[nodiscard]] bool recognises_tar(const Container& container);
[[nodiscard]] std::unique_ptr<SignedPackage> open_tar(Container container);

}  // namespace formats::tar
