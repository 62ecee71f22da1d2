// Writes members of a tar: ustar headers, with a pax header before them where a name or a size does not fit.
// The bytes depend on the arguments only.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/time.h"
#include "formats/tar/header.h"

#include <cstdint>
#include <string>

namespace formats::tar {

struct NewMember {
  std::string name;  // as it is to be stored; of a directory with '/' behind it
  std::uint64_t size = 0;
  std::uint16_t mode = 0644;
  certstore::Instant mtime;
  char type = kFile;      // kFile, kDirectory, kSymbolicLink, kHardLink
  std::string link = {};  // of a link
};

// The headers of a member: behind them come its content and padding_for(size). Throws Error(unsupported) for
// a name or link that read_index() would refuse.
[[nodiscard]] certstore::Bytes headers_for(const NewMember& member);
// Zeros that fill up the last block.
[[nodiscard]] certstore::Bytes padding_for(std::uint64_t size);
// Headers, content and padding of a file.
[[nodiscard]] certstore::Bytes member_of(const NewMember& member, certstore::ByteView content);
// What ends an archive whose members have `size` bytes: two empty blocks, and more up to a whole record of
// 10240 bytes, as tar itself writes.
[[nodiscard]] certstore::Bytes end_for(std::uint64_t size);

}  // namespace formats::tar
