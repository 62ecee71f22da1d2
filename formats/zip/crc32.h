// The checksum of ZIP entries (APPNOTE 4.4.7): by ISA-L if built with it, since zlib's takes a good part of
// the time that SHA-256 takes where the processor has instructions for that (docs/performance.md).
#pragma once

#include "certstore/base/bytes.h"

#include <cstdint>

namespace formats::zip {

// The checksum of `bytes` behind those that gave `before`; 0 is that of no bytes.
[[nodiscard]] std::uint32_t crc32_of(certstore::ByteView bytes, std::uint32_t before = 0);

}  // namespace formats::zip
