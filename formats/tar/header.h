// One header block of a tar archive (POSIX.1-1988 ustar, and GNU's variant of it), read so that no two
// programs could read it differently. Older headers without a mark are not read: programs guess what is in
// them.
#pragma once

#include "certstore/base/bytes.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace formats::tar {

inline constexpr std::size_t kBlock = 512;

// The field `typeflag`.
inline constexpr char kFile = '0';
inline constexpr char kOldFile = '\0';
inline constexpr char kHardLink = '1';
inline constexpr char kSymbolicLink = '2';
inline constexpr char kCharacterDevice = '3';
inline constexpr char kBlockDevice = '4';
inline constexpr char kDirectory = '5';
inline constexpr char kPipe = '6';
inline constexpr char kGnuSparse = 'S';
inline constexpr char kGnuLongLink = 'K';
inline constexpr char kGnuLongName = 'L';
inline constexpr char kPaxGlobal = 'g';
inline constexpr char kPaxMember = 'x';

struct Header {
  std::string name;  // prefix and name, as found
  std::string link;
  std::uint64_t size = 0;
  std::uint64_t uid = 0;
  std::uint64_t gid = 0;
  std::int64_t mtime = 0;
  std::uint16_t mode = 0;
  char type = kFile;
};

// Whether the block has the mark of ustar or of GNU.
[[nodiscard]] bool has_mark(certstore::ByteView block);

// The fields of a block of kBlock bytes, or why it is no header that all programs read alike ("has a wrong
// checksum").
[[nodiscard]] std::variant<Header, std::string> read_header(certstore::ByteView block);

// The sum that the field `chksum` holds: of all bytes, itself taken as blanks.
[[nodiscard]] std::uint32_t checksum_of(certstore::ByteView block);

[[nodiscard]] bool is_zero(certstore::ByteView bytes);

// `size` and what fills up its last block. The caller has bounded it.
[[nodiscard]] constexpr std::uint64_t padded(std::uint64_t size) {
  return (size + kBlock - 1) / kBlock * kBlock;
}

}  // namespace formats::tar
