// What the verified signatures of a tar vouch for: each for the members that its manifest lists, as they are
// listed.
#pragma once

#include "formats/contents.h"
#include "formats/signature.h"
#include "formats/tar/contents.h"

#include <span>

namespace formats::tar {

[[nodiscard]] Coverage coverage_of(const Contents& contents, std::span<const VerifiedSignature> verified);

[[nodiscard]] certstore::Issues unprovable(const Contents& contents);

}  // namespace formats::tar
