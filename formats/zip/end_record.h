// The end of a ZIP archive: end record, and before it, where it is there, ZIP64 end record and its locator.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/file.h"
#include "formats/zip/findings.h"

#include <cstdint>
#include <optional>

namespace formats::zip {

struct EndRecord {
  std::uint64_t entries = 0;
  std::uint64_t central_offset = 0;
  std::uint64_t central_size = 0;  // the central directory ends where the first of the end records begins
  certstore::Bytes comment;
};

// Returns the end record if it is the only one and sound, and the central directory lies directly before it
// within the file; otherwise nothing, after a finding that says why.
[[nodiscard]] std::optional<EndRecord> read_end_record(const certstore::InputFile& file, Findings& findings);

// Whether some end record's comment ends exactly at the end of the file.
[[nodiscard]] bool has_end_record(const certstore::InputFile& file);

}  // namespace formats::zip
