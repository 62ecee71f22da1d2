// The extra field of a local header or central record (APPNOTE.TXT 4.5): blocks of id, size, bytes. Only what
// changes the meaning of the header is looked at; the rest must be well formed and is kept as it is.
#pragma once

#include "certstore/base/bytes.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace formats::zip {

struct ExtraField {
  std::optional<certstore::ByteView> zip64;
  std::optional<certstore::ByteView> unicode_path;
  std::string_view fault;  // why the field is refused; empty if it is not
};

[[nodiscard]] ExtraField parse_extra_field(certstore::ByteView bytes);

// Returns why the Unicode Path block (0x7075) gives the entry another name than the header, or nothing. Its
// CRC does not excuse it: not every reader looks at it. With `is_utf8` false (the header's flag) the header's
// name is in some other character set, so that only plain ASCII can be the same.
[[nodiscard]] std::string_view unicode_path_fault(certstore::ByteView block, std::string_view name,
                                                  bool is_utf8);

// A number of a header that the ZIP64 block may replace.
struct Wide {
  std::uint64_t value;
  bool in_zip64;      // the header holds the mark "see ZIP64"
  std::size_t width;  // in the block
};

// Replaces the marked ones among `numbers` (in the order of APPNOTE.TXT 4.5.3) by what `block` holds. Returns
// why the block can be read in two ways, or nothing. Readers that expect all numbers at fixed places and
// readers that expect the marked ones only must find the same.
[[nodiscard]] std::string_view apply_zip64(std::span<Wide> numbers, std::optional<certstore::ByteView> block);

}  // namespace formats::zip
