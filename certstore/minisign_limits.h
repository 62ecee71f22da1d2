// The bounds of minisign's files, as base/limits.h has those of the others.
#pragma once

#include <cstddef>
#include <cstdint>

namespace certstore::limits {

// A key or signature of minisign: two comments, of which it writes at most 8 KiB, and two lines of base64.
inline constexpr std::size_t kMinisignFile = 16 << 10;
// A file signed without a digest ("Ed", signify): checking takes it whole into memory.
inline constexpr std::uint64_t kUnhashedFile = std::uint64_t{256} << 20;

// What a secret key file may ask for its passphrase (scrypt): what minisign writes, which is the same for
// every key, and halves both where memory is short, down to libsodium's least.
inline constexpr std::uint64_t kMinisignOperations = std::uint64_t{1} << 25;
inline constexpr std::uint64_t kMinisignMemory = std::uint64_t{1} << 30;
inline constexpr std::uint64_t kMinisignLeastOperations = std::uint64_t{1} << 15;
inline constexpr std::uint64_t kMinisignLeastMemory = std::uint64_t{1} << 24;

}  // namespace certstore::limits
