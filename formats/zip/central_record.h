// Changes the one thing in a central record that changes when its entry moves.
#pragma once

#include "certstore/base/bytes.h"

#include <cstdint>

namespace formats::zip {

// Returns `record`, one of a sound index, with another offset of the local header; no other byte changes but
// where the offset needs ZIP64 for the first time. Throws Error(unsupported) if it then has no room for it.
[[nodiscard]] certstore::Bytes relocated(certstore::ByteView record, std::uint64_t local_offset);

}  // namespace formats::zip
