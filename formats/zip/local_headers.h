// The local headers: each must say what the central directory says, and together with the data they must
// cover the file from byte 0 to the central directory, so that a reader that walks the file sees the same.
#pragma once

#include "certstore/base/file.h"
#include "formats/zip/findings.h"
#include "formats/zip/index.h"

#include <cstdint>
#include <span>

namespace formats::zip {

// Reads all local headers and data descriptors, sets data_offset and end_offset of the entries, and reports
// what differs, overlaps or is not listed.
void check_local_headers(const certstore::InputFile& file, std::uint64_t central_offset,
                         std::span<Entry> entries, Findings& findings);

}  // namespace formats::zip
