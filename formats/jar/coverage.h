// What verified signature files of a JAR vouch for: the chain from the signature file over the sections of
// the manifest to the digests of entries (JAR File Specification, "Signature Validation").
#pragma once

#include "formats/contents.h"
#include "formats/jar/contents.h"
#include "formats/signature.h"

#include <span>

namespace formats::jar {

// See SignedPackage::covered(). An entry is attributed to a signer if and only if his own signature file has
// a section of its name, also where a digest in it is over the whole manifest.
[[nodiscard]] Coverage coverage_of(const Contents& contents, std::span<const VerifiedSignature> verified,
                                   unsigned jobs);

// What no JAR can prove.
[[nodiscard]] certstore::Issues unprovable();

}  // namespace formats::jar
