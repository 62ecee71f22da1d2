// The central directory of a ZIP archive: one record an entry.
#pragma once

#include "certstore/base/file.h"
#include "formats/zip/end_record.h"
#include "formats/zip/findings.h"
#include "formats/zip/index.h"

#include <vector>

namespace formats::zip {

// Returns the entries as the central directory has them: data_offset and end_offset are yet unknown. What is
// wrong with a record is a finding; after a record whose extent is not known the rest is not read.
[[nodiscard]] std::vector<Entry> read_central_directory(const certstore::InputFile& file,
                                                        const EndRecord& end, Names& names,
                                                        Findings& findings);

}  // namespace formats::zip
