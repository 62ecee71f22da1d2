#include "formats/tar/writer.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "formats/tar/names.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace formats::tar {
namespace {

using certstore::Bytes;
using certstore::Error;
using certstore::ErrorKind;
using certstore::in_quotes;

constexpr std::size_t kNameSize = 100;
constexpr std::size_t kPrefixSize = 155;
constexpr std::uint64_t kSizeEnd = std::uint64_t{1} << 33;  // eleven octal digits
constexpr std::size_t kRecord = 10240;

void put(Bytes& block, std::size_t offset, std::string_view text) {
  std::copy(text.begin(), text.end(), block.begin() + static_cast<std::ptrdiff_t>(offset));
}

void put_octal(Bytes& block, std::size_t offset, std::size_t digits, std::uint64_t value) {
  for (std::size_t i = digits; i-- > 0; value >>= 3) {
    block[offset + i] = static_cast<std::uint8_t>('0' + (value & 7U));
  }
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (static_cast<unsigned char>(c) & 0x80U) == 0; });
}

// Where a name is cut into prefix and name, or nothing if it cannot be; 0: it fits the name.
std::optional<std::size_t> cut_of(std::string_view name) {
  if (name.size() <= kNameSize) return 0;
  const std::size_t slash = name.substr(0, kPrefixSize + 1).rfind('/');
  if (slash == std::string_view::npos || slash == 0 || name.size() - slash - 1 > kNameSize ||
      slash + 1 == name.size()) {
    return std::nullopt;
  }
  return slash;
}

std::string record(std::string_view keyword, std::string_view value) {
  const std::string rest = " " + std::string(keyword) + "=" + std::string(value) + "\n";
  std::size_t size = rest.size() + 1;
  while (std::to_string(size).size() + rest.size() != size) size = std::to_string(size).size() + rest.size();
  return std::to_string(size) + rest;
}

Bytes block_for(const NewMember& member, std::string_view prefix, std::string_view name) {
  Bytes block(kBlock);
  put(block, 0, name.substr(0, kNameSize));
  put_octal(block, 100, 7, member.mode);
  put_octal(block, 108, 7, 0);
  put_octal(block, 116, 7, 0);
  put_octal(block, 124, 11, member.size < kSizeEnd ? member.size : 0);
  const auto seconds = std::max<std::int64_t>(0, member.mtime.time_since_epoch().count());
  put_octal(block, 136, 11, std::min<std::uint64_t>(static_cast<std::uint64_t>(seconds), kSizeEnd - 1));
  block[156] = static_cast<std::uint8_t>(member.type);
  put(block, 157, std::string_view(member.link).substr(0, kNameSize));
  put(block, 257, std::string_view("ustar\00000", 8));
  put_octal(block, 329, 7, 0);
  put_octal(block, 337, 7, 0);
  put(block, 345, prefix);
  put_octal(block, 148, 6, checksum_of(block));
  block[155] = ' ';
  return block;
}

void require_readable(const NewMember& member) {
  const bool hard = member.type == kHardLink;
  std::string_view fault = plain_name_fault(plain_name(member.name));
  if (fault.empty() && hard) fault = plain_name_fault(plain_name(member.link));
  if (fault.empty()) return;
  throw Error(ErrorKind::unsupported, "the name " + in_quotes(member.name) + " " + std::string(fault));
}

}  // namespace

Bytes headers_for(const NewMember& member) {
  require_readable(member);
  const auto cut = is_ascii(member.name) ? cut_of(member.name) : std::nullopt;
  std::string records;
  if (!cut) records += record("path", member.name);
  if (member.link.size() > kNameSize || !is_ascii(member.link)) records += record("linkpath", member.link);
  if (member.size >= kSizeEnd) records += record("size", std::to_string(member.size));
  Bytes headers;
  if (!records.empty()) {
    const NewMember extended{
        .name = "pax", .size = records.size(), .mtime = member.mtime, .type = kPaxMember};
    headers = block_for(extended, "", extended.name);
    certstore::append(headers, certstore::as_bytes(records));
    certstore::append(headers, padding_for(records.size()));
  }
  const std::string_view name = member.name;
  const bool has_prefix = cut.value_or(0) > 0;
  certstore::append(headers, block_for(member, has_prefix ? name.substr(0, *cut) : "",
                                       has_prefix ? name.substr(*cut + 1) : name));
  return headers;
}

Bytes padding_for(std::uint64_t size) {
  return Bytes(static_cast<std::size_t>(padded(size) - size));
}

Bytes member_of(const NewMember& member, certstore::ByteView content) {
  Bytes bytes = headers_for(member);
  certstore::append(bytes, content);
  certstore::append(bytes, padding_for(content.size()));
  return bytes;
}

Bytes end_for(std::uint64_t size) {
  const std::uint64_t least = size + 2 * kBlock;
  return Bytes(static_cast<std::size_t>((least + kRecord - 1) / kRecord * kRecord - size));
}

}  // namespace formats::tar
