#include "formats/zip/central_record.h"

#include "certstore/base/error.h"
#include "formats/zip/extra_field.h"
#include "formats/zip/record.h"

#include <algorithm>
#include <optional>

namespace formats::zip {
namespace {

using certstore::ByteReader;
using certstore::Bytes;
using certstore::ByteView;

// Places of fields in a central record (APPNOTE.TXT 4.3.12).
constexpr std::size_t kNeededAt = 6, kExtraSizeAt = 30, kOffsetAt = 42;
constexpr std::uint16_t kVersionZip64 = 45;

struct Parts {
  std::size_t extra_at = 0, extra_size = 0;
  bool wide_size = false, wide_compressed = false, wide_offset = false, wide_disk = false;
  std::optional<ByteView> zip64;

  explicit Parts(ByteView record) {
    ByteReader reader(record, "central record");
    reader.take(20);
    wide_compressed = reader.u32() == kIn64;
    wide_size = reader.u32() == kIn64;
    extra_at = kCentralSize + reader.u16();
    extra_size = reader.u16();
    reader.u16();
    wide_disk = reader.u16() == kIn64Short;
    reader.take(6);
    wide_offset = reader.u32() == kIn64;
    zip64 = parse_extra_field(record.subspan(extra_at, extra_size)).zip64;
  }

  // Bytes of the sizes at the start of the ZIP64 block, if it holds only what the header asks for.
  [[nodiscard]] std::size_t sizes() const { return (wide_size ? 8U : 0U) + (wide_compressed ? 8U : 0U); }

  // Where in the ZIP64 block the offset is, if it is there (see apply_zip64()).
  [[nodiscard]] std::optional<std::size_t> offset_in_zip64() const {
    constexpr std::size_t kFixed = 16;
    if (!zip64) return std::nullopt;
    const std::size_t asked = sizes() + (wide_offset ? 8U : 0U) + (wide_disk ? 4U : 0U);
    if (zip64->size() != asked) return zip64->size() >= kFixed + 8 ? std::optional(kFixed) : std::nullopt;
    return wide_offset ? std::optional(sizes()) : std::nullopt;
  }
};

void put(Bytes& record, std::size_t at, std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) record[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

// The record with a new ZIP64 block that also holds the offset; the old block, if any, goes.
Bytes with_offset_in_zip64(ByteView record, const Parts& parts, std::uint64_t offset) {
  Bytes extra;
  certstore::append_u16(extra, kExtraZip64);
  certstore::append_u16(extra, static_cast<std::uint16_t>(parts.sizes() + 8 + (parts.wide_disk ? 4U : 0U)));
  if (parts.sizes() > 0) certstore::append(extra, parts.zip64->first(parts.sizes()));
  certstore::append_u64(extra, offset);
  if (parts.wide_disk) certstore::append_u32(extra, 0);
  const ByteView old = record.subspan(parts.extra_at, parts.extra_size);
  const std::size_t cut_at = parts.zip64 ? static_cast<std::size_t>(parts.zip64->data() - old.data()) - 4 : 0;
  const std::size_t cut = parts.zip64 ? parts.zip64->size() + 4 : 0;
  certstore::append(extra, old.first(cut_at));
  certstore::append(extra, old.subspan(cut_at + cut));
  if (extra.size() > 0xFFFF) {
    throw certstore::Error(certstore::ErrorKind::unsupported,
                           "an extra field has no room for a zip64 offset");
  }
  Bytes result;
  certstore::append(result, record.first(parts.extra_at));
  certstore::append(result, extra);
  certstore::append(result, record.subspan(parts.extra_at + parts.extra_size));
  put(result, kExtraSizeAt, extra.size(), 2);
  put(result, kOffsetAt, kIn64, 4);
  put(result, kNeededAt, std::max<std::uint64_t>(kVersionZip64, record[kNeededAt]), 1);
  return result;
}

}  // namespace

Bytes relocated(ByteView record, std::uint64_t local_offset) {
  const Parts parts(record);
  if (local_offset >= kIn64 && !parts.wide_offset) return with_offset_in_zip64(record, parts, local_offset);
  Bytes result(record.begin(), record.end());
  if (!parts.wide_offset) put(result, kOffsetAt, local_offset, 4);
  if (const auto place = parts.offset_in_zip64()) {
    const auto block_at = static_cast<std::size_t>(parts.zip64->data() - record.data());
    put(result, block_at + *place, local_offset, 8);
  }
  return result;
}

}  // namespace formats::zip
