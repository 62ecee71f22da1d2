// The content of many members of a compressed tar, in one pass.
#pragma once

#include "formats/format.h"
#include "formats/tar/contents.h"

#include <span>

namespace formats::tar {

// See SignedPackage::read_in_order(). Of a file to which hard links lead, each further visit takes a pass
// more.
void stream_entries(const Contents& contents, std::span<const std::size_t> wanted, const EntryVisitor& visit);

}  // namespace formats::tar
