#include "formats/zip/central_directory.h"

#include "certstore/base/limits.h"
#include "formats/zip/entry_name.h"
#include "formats/zip/extra_field.h"
#include "formats/zip/record.h"
#include "formats/zip/window.h"

#include <array>
#include <optional>
#include <string>

namespace formats::zip {
namespace {

using certstore::ByteReader;
using certstore::ByteView;
using certstore::InputFile;
using certstore::IssueCode;

constexpr std::size_t kWindow = 256 << 10;

constexpr unsigned kHostDos = 0;
constexpr std::uint32_t kDosDirectory = 0x10;
// The file type of st_mode, which Unix writers put into the upper half of the external attributes.
constexpr std::uint32_t kModeType = 0xF000, kModeFile = 0x8000, kModeDirectory = 0x4000, kModeLink = 0xA000;

// A central record cut into its parts; the views are into the window.
struct Record {
  Entry entry;
  std::uint16_t disk = 0;
  ByteView extra;
};

// Returns the record at `offset`, or nothing after a finding if none begins there or it leaves the directory.
std::optional<Record> cut_record(Window& window, std::uint64_t offset, std::uint64_t end,
                                 Findings& findings) {
  if (end - offset < kCentralSize) {
    findings.archive("the central directory ends inside a record" + at_byte(offset));
    return std::nullopt;
  }
  const ByteView fixed = window.view(offset, kCentralSize);
  ByteReader reader(fixed, "central record");
  if (certstore::as_text(reader.take(4)) != kCentralMark) {
    findings.archive("there is no central record" + at_byte(offset));
    return std::nullopt;
  }
  Record record;
  Entry& entry = record.entry;
  entry.made_by = reader.u16();
  entry.version_needed = reader.u16();
  entry.flags = reader.u16();
  entry.method = reader.u16();
  entry.dos_time = reader.u16();
  entry.dos_date = reader.u16();
  entry.crc = reader.u32();
  entry.compressed_size = reader.u32();
  entry.size = reader.u32();
  const std::size_t name_size = reader.u16();
  const std::size_t extra_size = reader.u16();
  const std::size_t comment_size = reader.u16();
  record.disk = reader.u16();
  reader.u16();  // internal attributes: whether it is text
  entry.external_attributes = reader.u32();
  entry.local_offset = reader.u32();
  entry.central_offset = offset;
  entry.central_size = static_cast<std::uint32_t>(kCentralSize + name_size + extra_size + comment_size);
  if (end - offset < entry.central_size) {
    findings.archive("a central record leaves the central directory" + at_byte(offset));
    return std::nullopt;
  }
  const ByteView whole = window.view(offset, entry.central_size);
  entry.name = certstore::as_text(whole.subspan(kCentralSize, name_size));
  entry.is_directory = entry.name.ends_with('/');
  record.extra = whole.subspan(kCentralSize + name_size, extra_size);
  return record;
}

// Resolves ZIP64 and returns what is wrong with extra field and disk number, or nothing.
std::string_view widen(Record& record) {
  const ExtraField extra = parse_extra_field(record.extra);
  if (!extra.fault.empty()) return extra.fault;
  if (extra.unicode_path) {
    const std::string_view fault =
        unicode_path_fault(*extra.unicode_path, record.entry.name, (record.entry.flags & kFlagUtf8) != 0);
    if (!fault.empty()) return fault;
  }
  Entry& entry = record.entry;
  std::array<Wide, 4> numbers = {{{entry.size, entry.size == kIn64, 8},
                                  {entry.compressed_size, entry.compressed_size == kIn64, 8},
                                  {entry.local_offset, entry.local_offset == kIn64, 8},
                                  {record.disk, record.disk == kIn64Short, 4}}};
  const std::string_view fault = apply_zip64(numbers, extra.zip64);
  if (!fault.empty()) return fault;
  entry.size = numbers[0].value;
  entry.compressed_size = numbers[1].value;
  entry.local_offset = numbers[2].value;
  return numbers[3].value == 0 ? "" : "it lies on another disk";
}

std::string_view flags_fault(const Entry& entry) {
  if ((entry.flags & (kFlagEncrypted | kFlagStrongEncryption | kFlagMaskedHeaders)) != 0)
    return "it is encrypted";
  if ((entry.flags & kFlagPatch) != 0) return "it is a patch and not a file";
  if ((entry.flags & ~kFlagsKnown) != 0) return "it has flags of unknown meaning";
  return {};
}

// Which kind of thing the attributes make of the entry; extractors obey them.
std::string_view type_fault(const Entry& entry) {
  const std::uint32_t type = (entry.external_attributes >> 16) & kModeType;
  if (type == kModeLink) return "it is a symbolic link";
  if (type != 0 && type != kModeFile && type != kModeDirectory) return "it is a device, pipe or socket";
  const bool marked = type == kModeDirectory ||
                      (entry.made_by >> 8 == kHostDos && (entry.external_attributes & kDosDirectory) != 0);
  if (marked && !entry.is_directory) return "it is marked a directory, and its name does not end in '/'";
  return {};
}

std::string_view size_fault(const Entry& entry) {
  if (entry.method != kStored && entry.method != kDeflated) return "its compression method is not known here";
  if (entry.method == kStored && entry.size != entry.compressed_size) {
    return "it is stored, and its two sizes differ";
  }
  if (entry.is_directory && entry.size != 0) return "it is a directory with content";
  // Divided, not multiplied: the sizes are the sender's and may overflow.
  if (entry.size / certstore::limits::kInflateRatio > entry.compressed_size) {
    return "its size is more than deflate can make of its compressed size";
  }
  return {};
}

void check_record(Record& record, Findings& findings) {
  const Entry& entry = record.entry;
  const auto with_place = [&](std::string_view fault) {
    return std::string(fault) + " (central record" + at_byte(entry.central_offset) + ")";
  };
  const std::string_view bad_name = name_fault(entry.name);
  if (!bad_name.empty()) {
    findings.add(IssueCode::unsafe_entry_name, entry.name, with_place("its name " + std::string(bad_name)));
  }
  // In this order: the sizes are known only when widen() has been.
  for (const std::string_view fault :
       {widen(record), flags_fault(entry), type_fault(entry), size_fault(entry)}) {
    if (!fault.empty()) findings.entry(entry.name, with_place(fault));
  }
}

}  // namespace

std::vector<Entry> read_central_directory(const InputFile& file, const EndRecord& end, Names& names,
                                          Findings& findings) {
  std::vector<Entry> entries;
  entries.reserve(static_cast<std::size_t>(end.entries));  // bounded in read_end_record()
  Window window(file, kWindow);
  std::uint64_t offset = end.central_offset;
  const std::uint64_t central_end = end.central_offset + end.central_size;
  for (std::uint64_t i = 0; i < end.entries; ++i) {
    std::optional<Record> record = cut_record(window, offset, central_end, findings);
    if (!record) return entries;
    check_record(*record, findings);
    offset += record->entry.central_size;
    entries.push_back(record->entry);
    entries.back().name = names.keep(record->entry.name);  // until here it was a view into the window
  }
  if (offset != central_end) {
    findings.archive("the central directory has " + std::to_string(central_end - offset) +
                     " bytes after its last record" + at_byte(offset));
  }
  return entries;
}

}  // namespace formats::zip
