// What the signature of an OVF package covers, and what binds its files.
#pragma once

#include "formats/format.h"
#include "formats/ova/contents.h"

#include <span>

namespace formats::ova {

// Of an unsigned package it names what check_set() needs to compare the manifest, and no signer.
[[nodiscard]] Coverage coverage_of(const Contents& contents, std::span<const VerifiedSignature> verified);

// What the digests of the files say: of a signed package whether the descriptor takes in other files, of an
// unsigned one whether its manifest is right.
[[nodiscard]] certstore::Issues set_findings(const Contents& contents, const Coverage& coverage,
                                             bool is_signed,
                                             std::span<const certstore::DigestValue> set_digests);

[[nodiscard]] certstore::Issues unprovable();

}  // namespace formats::ova
