// The digest of a whole file, read by windows: what a content pin and the audit log name.
#pragma once

#include "certstore/base/file.h"
#include "certstore/digest.h"

namespace certstore {

// Throws Error(io) if the file cannot be read to its end. Whether it changed meanwhile is the caller's to
// ask.
[[nodiscard]] Sha256 sha256_of(const InputFile& file);

}  // namespace certstore
