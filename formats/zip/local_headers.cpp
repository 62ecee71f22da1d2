#include "formats/zip/local_headers.h"

#include "formats/zip/extra_field.h"
#include "formats/zip/record.h"
#include "formats/zip/window.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace formats::zip {
namespace {

using certstore::ByteReader;
using certstore::ByteView;
using certstore::InputFile;

// Small: between large entries only the header and the descriptor before it are wanted.
constexpr std::size_t kWindow = 32 << 10;
constexpr std::string_view kApkSigningMark = "APK Sig Block 42";

struct LocalHeader {
  std::uint16_t flags = 0, method = 0;
  std::uint32_t crc = 0;
  std::uint64_t compressed_size = 0, size = 0;
  ByteView name, extra;
  bool has_zip64 = false;
};

// The header at the start of `bytes`, whose size is already known to be whole.
LocalHeader cut_header(ByteView bytes) {
  ByteReader reader(bytes, "local header");
  reader.take(6);  // mark, version needed
  LocalHeader header;
  header.flags = reader.u16();
  header.method = reader.u16();
  reader.u32();  // the time, which nothing depends on
  header.crc = reader.u32();
  header.compressed_size = reader.u32();
  header.size = reader.u32();
  const std::size_t name_size = reader.u16();
  reader.u16();
  header.name = reader.take(name_size);
  header.extra = reader.take(reader.left());
  return header;
}

// Bit 3: CRC and sizes follow the data and are zero here. Writers that knew them all the same are right too.
bool numbers_agree(const Entry& entry, const LocalHeader& header) {
  const bool may_be_zero = (entry.flags & kFlagDescriptor) != 0;
  const auto agrees = [&](std::uint64_t here, std::uint64_t there) {
    return here == there || (may_be_zero && here == 0);
  };
  return agrees(header.crc, entry.crc) && agrees(header.size, entry.size) &&
         agrees(header.compressed_size, entry.compressed_size);
}

std::string_view extra_fault(LocalHeader& header, const Entry& entry) {
  const ExtraField extra = parse_extra_field(header.extra);
  if (!extra.fault.empty()) return extra.fault;
  if (extra.unicode_path) {
    const std::string_view fault =
        unicode_path_fault(*extra.unicode_path, entry.name, (entry.flags & kFlagUtf8) != 0);
    if (!fault.empty()) return fault;
  }
  header.has_zip64 = extra.zip64.has_value();
  std::array<Wide, 2> numbers = {
      {{header.size, header.size == kIn64, 8}, {header.compressed_size, header.compressed_size == kIn64, 8}}};
  const std::string_view fault = apply_zip64(numbers, extra.zip64);
  header.size = numbers[0].value;
  header.compressed_size = numbers[1].value;
  return fault;
}

// Returns where the local header differs from the central record, or nothing.
std::string_view header_fault(LocalHeader& header, const Entry& entry) {
  if (certstore::as_text(header.name) != entry.name) return "its local header has another name";
  if (header.flags != entry.flags) return "its local header has other flags";
  if (header.method != entry.method) return "its local header has another compression method";
  const std::string_view fault = extra_fault(header, entry);
  if (!fault.empty()) return fault;
  if (!numbers_agree(entry, header)) return "its local header has another checksum or size";
  // A reader that walks the file cannot tell where such data end: it stops at a descriptor inside them.
  if ((entry.flags & kFlagDescriptor) != 0 && entry.method == kStored && entry.size != 0 &&
      header.size == 0) {
    return "it is stored and its size is only in a data descriptor";
  }
  return {};
}

// Returns what is wrong with the data descriptor that fills `bytes`, or nothing. APPNOTE.TXT 4.3.9: the mark
// is optional, the sizes are wide if the header has a zip64 field.
std::string_view descriptor_fault(ByteView bytes, const Entry& entry, bool wide) {
  ByteReader reader(bytes, "descriptor");
  const bool marked = bytes.size() == (wide ? 24U : 16U);
  const bool begins_with_mark = certstore::as_text(bytes.first(4)) == kDescriptorMark;
  if (marked != begins_with_mark) return "the mark of its data descriptor is missing, or is its checksum";
  if (marked) reader.u32();
  const std::uint32_t crc = reader.u32();
  const std::uint64_t compressed = wide ? reader.u64() : reader.u32();
  const std::uint64_t size = wide ? reader.u64() : reader.u32();
  if (crc != entry.crc || compressed != entry.compressed_size || size != entry.size) {
    return "its data descriptor has another checksum or size";
  }
  return {};
}

// Walks the entries in the order of the file.
class Walk {
 public:
  Walk(const InputFile& file, std::uint64_t central_offset, Findings& findings)
      : window_(file, kWindow), central_offset_(central_offset), findings_(findings) {}

  // Checks `entry`; the next entry, or the central directory, begins at `next`.
  void step(Entry& entry, std::uint64_t next) {
    report_gap(entry.local_offset);
    const std::optional<LocalHeader> header = check_header(entry);
    if (!header) return;
    const std::uint64_t room = central_offset_ - entry.data_offset;
    if (entry.compressed_size > room) {
      fault(entry, "its data reach into the central directory");
      end_ = std::max(end_, central_offset_);
      return;
    }
    entry.end_offset = entry.data_offset + entry.compressed_size;
    if ((entry.flags & kFlagDescriptor) != 0) check_descriptor(entry, next, header->has_zip64);
    end_ = std::max(end_, entry.end_offset);
  }

  // Reports what lies between the last entry and the central directory.
  void finish() {
    if (central_offset_ - end_ >= kApkSigningMark.size() && has_apk_signing_block()) {
      findings_.archive("an APK signing block lies between the entries and the central directory" +
                        at_byte(end_) + "; nothing here judges it");
    } else {
      report_gap(central_offset_);
    }
  }

 private:
  void fault(const Entry& entry, std::string_view text) {
    findings_.entry(entry.name, std::string(text) + " (local header" + at_byte(entry.local_offset) + ")");
  }

  void report_gap(std::uint64_t offset) {
    if (offset == end_) return;
    if (offset < end_) {
      findings_.archive("entries overlap" + at_byte(offset));
      return;
    }
    const std::uint64_t size = offset - end_;
    const bool hidden =
        size >= 4 && offset <= central_offset_ && certstore::as_text(window_.view(end_, 4)) == kLocalMark;
    findings_.archive((hidden ? "a local entry that the central directory does not list"
                              : "a gap of " + std::to_string(size) + " bytes that belong to no entry") +
                      at_byte(end_));
  }

  // Returns the header with data_offset set, or nothing after a finding if there is none.
  std::optional<LocalHeader> check_header(Entry& entry) {
    const std::uint64_t offset = entry.local_offset;
    if (offset > central_offset_ || central_offset_ - offset < kLocalSize) {
      fault(entry, "its local header lies outside the archive's entries");
      return std::nullopt;
    }
    const ByteView fixed = window_.view(offset, kLocalSize);
    if (certstore::as_text(fixed.first(4)) != kLocalMark) {
      fault(entry, "it has no local header");
      return std::nullopt;
    }
    const std::size_t size =
        kLocalSize + fixed[26] + std::size_t{256} * fixed[27] + fixed[28] + std::size_t{256} * fixed[29];
    if (central_offset_ - offset < size) {
      fault(entry, "its local header reaches into the central directory");
      return std::nullopt;
    }
    entry.data_offset = offset + size;
    LocalHeader header = cut_header(window_.view(offset, size));
    const std::string_view text = header_fault(header, entry);
    if (!text.empty()) fault(entry, text);
    return header;
  }

  // The form of the descriptor follows from the room that is left for it: 12, 16, 20 or 24 bytes.
  void check_descriptor(Entry& entry, std::uint64_t next, bool has_zip64) {
    const std::uint64_t room = next - std::min(next, entry.end_offset);
    const bool must_be_wide = entry.size > kIn64 || entry.compressed_size > kIn64;
    if (room != 12 && room != 16 && room != 20 && room != 24) {
      fault(entry, "no data descriptor of a known size fills the bytes after its data");
      return;
    }
    const bool wide = room >= 20;
    const std::uint64_t offset = std::exchange(entry.end_offset, entry.end_offset + room);
    // Go and Java decide by the sizes, others by the zip64 field; where the two agree there is one reading.
    if ((must_be_wide && !wide) || (wide && !must_be_wide && !has_zip64)) {
      fault(entry, "its data descriptor is not of the size that its header calls for");
      return;
    }
    const ByteView descriptor = window_.view(offset, static_cast<std::size_t>(room));
    const std::string_view text = descriptor_fault(descriptor, entry, wide);
    if (!text.empty()) fault(entry, text);
  }

  // The block ends with its mark, directly before the central directory.
  bool has_apk_signing_block() {
    const std::size_t size = kApkSigningMark.size();
    return certstore::as_text(window_.view(central_offset_ - size, size)) == kApkSigningMark;
  }

  Window window_;
  std::uint64_t central_offset_;
  Findings& findings_;
  std::uint64_t end_ = 0;  // everything before belongs to an entry or was reported
};

}  // namespace

void check_local_headers(const InputFile& file, std::uint64_t central_offset, std::span<Entry> entries,
                         Findings& findings) {
  std::vector<std::uint32_t> order(entries.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto before = [&](std::uint32_t a, std::uint32_t b) {
    return entries[a].local_offset != entries[b].local_offset
               ? entries[a].local_offset < entries[b].local_offset
               : a < b;
  };
  if (!std::is_sorted(order.begin(), order.end(), before)) std::sort(order.begin(), order.end(), before);
  Walk walk(file, central_offset, findings);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::uint64_t next = i + 1 < order.size() ? entries[order[i + 1]].local_offset : central_offset;
    walk.step(entries[order[i]], std::min(next, central_offset));
  }
  walk.finish();
}

}  // namespace formats::zip
