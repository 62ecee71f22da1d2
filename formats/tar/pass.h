// The one pass over a compressed tar: its index, the digest of each file and the signature files, found while
// it flows by.
#pragma once

#include "certstore/digest.h"
#include "formats/tar/compressed.h"
#include "formats/tar/index.h"

#include <map>
#include <optional>
#include <vector>

namespace formats::tar {

struct Pass {
  Compression compression = Compression::gzip;
  IndexResult result;
  std::vector<certstore::Sha256> sha256;         // of each entry's content; of what has none, of nothing
  std::map<std::size_t, certstore::Bytes> kept;  // the signature files' content, by entry
};

// Nothing if the file is not compressed, or does not begin as a tar when it is decompressed. Otherwise as
// read_index(), what is wrong with the stream among the findings.
[[nodiscard]] std::optional<Pass> read_compressed(const certstore::InputFile& file);

}  // namespace formats::tar
