// The manifest of a signed tar: an mtree(5) file in the one form of docs/formats/tar.md, which mtree(8) and
// libarchive read too.
#pragma once

#include "certstore/base/bytes.h"
#include "formats/tar/index.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace formats::tar {

struct Line {
  std::string name;                   // without "./" before it
  EntryType type = EntryType::file;   // a file, a directory or a symbolic link
  std::optional<std::uint16_t> mode;  // none: of a link; or a directory that is only there for what is in it
  std::uint64_t size = 0;             // of a file
  certstore::Bytes sha256;            // likewise
  std::string link;                   // of a symbolic link
};

// Adds the directories around each line that have none of their own, and writes all in order. Every name is
// one that read_index() takes, and none is there twice.
[[nodiscard]] certstore::Bytes write_manifest(std::vector<Line> lines);

// Returns the lines, but for the root's. Throws Error(malformed) naming `what` for anything that
// write_manifest() would not write.
[[nodiscard]] std::vector<Line> parse_manifest(certstore::ByteView bytes, std::string_view what);

}  // namespace formats::tar
