// What the verified root signature of a vRO package covers, and what binds the covered files into one set.
#pragma once

#include "formats/format.h"
#include "formats/vro_contents.h"

#include <span>

namespace formats {

// See SignedPackage::covered(). Reads dunes-meta-inf from the verified bytes only.
[[nodiscard]] Coverage vro_coverage(const VroContents& contents, std::span<const VerifiedSignature> verified);
// See SignedPackage::check_set(): the seal, and that each element lies in the folder of its id.
[[nodiscard]] certstore::Issues vro_check_set(const VroContents& contents, const Coverage& coverage,
                                              std::span<const VerifiedSignature> verified,
                                              std::span<const certstore::DigestValue> set_digests,
                                              unsigned jobs);
// What is wrong with the places of the elements: each has an info whose id is that of its folder.
[[nodiscard]] certstore::Issues vro_misplaced(const VroContents& contents, unsigned jobs);
// See SignedPackage::unprovable().
[[nodiscard]] certstore::Issues vro_unprovable(const Coverage& coverage);

}  // namespace formats
