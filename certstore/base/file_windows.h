// A whole file in windows: one pass, in memory that does not grow with it.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/file.h"

namespace certstore {

// Feeds the file to `sink`, window by window. Throws Error(io) if it cannot be read, Error(interrupted), and
// whatever `sink` throws.
void read_windows(const InputFile& file, const Sink& sink);

}  // namespace certstore
