// The bounds of minisign's files, as base/limits.h has those of the others.
#pragma once

#include <cstddef>
#include <cstdint>

namespace certstore::limits {

// A key or signature of minisign: two comments, of which it writes at most 8 KiB, and two lines of base64.
inline constexpr std::size_t kMinisignFile = 16 << 10;
// A file signed without a digest ("Ed", signify): checking takes it whole into memory.
inline constexpr std::uint64_t kUnhashedFile = std::uint64_t{256} << 20;

}  // namespace certstore::limits
