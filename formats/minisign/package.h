// A file with a signature of minisign or signify beside it: one entry, covered by a bare key
// (docs/formats/minisign.md).
#pragma once

#include "formats/beside.h"

#include <memory>

namespace formats::minisign {

// By its first words.
[[nodiscard]] bool recognises_signature(const certstore::InputFile& signature);
// Whatever is wrong with the signature file is a finding. Throws Error(unsupported) for a file too large for
// a signature without digest. Both must outlive the package.
[[nodiscard]] std::unique_ptr<SignedPackage> open_signature(const certstore::InputFile& file,
                                                            const certstore::InputFile& signature,
                                                            const KnownSigners& known);

}  // namespace formats::minisign
