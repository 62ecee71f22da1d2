// A tar written anew: entries of another byte for byte, new members between them. Compressed as the other
// was.
#pragma once

#include "certstore/base/file.h"
#include "formats/tar/contents.h"

#include <optional>
#include <vector>

namespace formats::tar {

// Either an entry that stays, with the headers before it, or whole new members.
struct Piece {
  std::optional<std::size_t> entry;
  certstore::Bytes bytes = {};
};

// Writes the pieces and the end. Of a compressed tar entries that stay keep their order, and the output is
// the same for the same version of the library that compresses. Throws Error(io).
void write_pieces(const Contents& contents, const std::vector<Piece>& pieces, certstore::AtomicFile& out);

}  // namespace formats::tar
