#include "formats/zip/extra_field.h"

#include "formats/zip/record.h"

#include <algorithm>

namespace formats::zip {
namespace {

using certstore::ByteReader;
using certstore::ByteView;

// libarchive writes and obeys this experimental block, which says version, attributes and type once more.
constexpr std::uint16_t kExtraLibarchive = 0x6C78;

std::uint64_t take_number(ByteReader& reader, std::size_t width) {
  return width == 4 ? reader.u32() : reader.u64();
}

std::string_view check_fixed_places(std::span<const Wide> numbers, ByteView block) {
  ByteReader reader(block, "zip64 field");
  for (const Wide& number : numbers) {
    if (reader.left() == 0) return number.in_zip64 ? "its zip64 field is too short" : "";
    if (reader.left() < number.width) return "its zip64 field has a size that fits no numbers";
    if (take_number(reader, number.width) != number.value) {
      return "its zip64 field holds numbers that the header does not ask for, and they disagree";
    }
  }
  return reader.left() == 0 ? "" : "its zip64 field is too long";
}

}  // namespace

ExtraField parse_extra_field(ByteView bytes) {
  ExtraField result;
  ByteReader reader(bytes, "extra field");
  while (reader.left() >= 4) {
    const std::uint16_t id = reader.u16();
    const std::uint16_t size = reader.u16();
    if (size > reader.left()) {
      result.fault = "its extra field overruns";
      return result;
    }
    const ByteView block = reader.take(size);
    if (id == kExtraLibarchive) result.fault = "its extra field says the attributes a second time";
    if (id != kExtraZip64 && id != kExtraUnicodePath) continue;
    std::optional<ByteView>& place = id == kExtraZip64 ? result.zip64 : result.unicode_path;
    if (place) result.fault = "its extra field holds a block twice that may occur once";
    place = block;
  }
  // zipalign pads with zeros that are no block; anything else is hidden there.
  const ByteView padding = reader.take(reader.left());
  if (std::any_of(padding.begin(), padding.end(), [](std::uint8_t byte) { return byte != 0; })) {
    result.fault = "its extra field has trailing bytes";
  }
  return result;
}

std::string_view unicode_path_fault(ByteView block, std::string_view name, bool is_utf8) {
  constexpr std::size_t kBeforeName = 5;  // version and CRC
  if (block.size() < kBeforeName || block[0] != 1) return "its Unicode Path field is malformed";
  const bool ascii = std::all_of(name.begin(), name.end(), [](char c) { return (c & 0x80) == 0; });
  if (certstore::as_text(block.subspan(kBeforeName)) != name || (!ascii && !is_utf8)) {
    return "its Unicode Path field says another name";
  }
  return {};
}

std::string_view apply_zip64(std::span<Wide> numbers, std::optional<ByteView> block) {
  const bool wanted = std::any_of(numbers.begin(), numbers.end(), [](const Wide& n) { return n.in_zip64; });
  if (!block) return wanted ? "a number is said to be in a zip64 field, and there is none" : "";
  ByteReader reader(*block, "zip64 field");
  for (Wide& number : numbers) {
    if (!number.in_zip64) continue;
    if (reader.left() < number.width) return "its zip64 field is too short";
    number.value = take_number(reader, number.width);
  }
  return reader.left() == 0 ? "" : check_fixed_places(numbers, *block);
}

}  // namespace formats::zip
