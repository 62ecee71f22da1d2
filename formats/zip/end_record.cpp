#include "formats/zip/end_record.h"

#include "certstore/base/limits.h"
#include "formats/zip/record.h"

#include <algorithm>
#include <string>
#include <vector>

namespace formats::zip {
namespace {

using certstore::ByteReader;
using certstore::Bytes;
using certstore::ByteView;
using certstore::InputFile;

// The last bytes of the file, as many as can hold an end record.
struct Tail {
  Bytes bytes;
  std::uint64_t start = 0;

  explicit Tail(const InputFile& file) {
    const std::uint64_t size = std::min<std::uint64_t>(file.size(), kEndSize + 0xFFFF);
    start = file.size() - size;
    bytes.resize(static_cast<std::size_t>(size));
    file.read_at(start, bytes);
  }

  [[nodiscard]] std::vector<std::size_t> marks() const {
    std::vector<std::size_t> found;
    const std::string_view text = certstore::as_text(bytes);
    for (std::size_t at = text.find(kEndMark); at != text.npos; at = text.find(kEndMark, at + 1)) {
      found.push_back(at);
    }
    return found;
  }

  // Whether the record at `mark` with its comment ends exactly at the end of the file.
  [[nodiscard]] bool ends_with(std::size_t mark) const {
    if (bytes.size() - mark < kEndSize) return false;
    const std::size_t comment = bytes[mark + 20] + 256U * bytes[mark + 21];
    return mark + kEndSize + comment == bytes.size();
  }
};

// Readers search the mark backwards, forwards, with and without a look at the comment: only where all of them
// find one record there is one archive.
std::optional<std::size_t> find_only_record(const Tail& tail, Findings& findings) {
  const std::vector<std::size_t> marks = tail.marks();
  std::vector<std::size_t> complete;
  std::copy_if(marks.begin(), marks.end(), std::back_inserter(complete),
               [&](std::size_t mark) { return tail.ends_with(mark); });
  if (complete.empty()) {
    findings.archive(marks.empty() ? "there is no end record: the file is cut short, or no zip archive"
                                   : "the end record" + at_byte(tail.start + marks.back()) +
                                         " does not end at the end of the file: bytes were added or cut off");
    return std::nullopt;
  }
  if (complete.size() > 1) {
    findings.archive("there are " + std::to_string(complete.size()) + " end records, the first two" +
                     at_byte(tail.start + complete[0]) + " and" + at_byte(tail.start + complete[1]));
    return std::nullopt;
  }
  if (marks.back() != complete[0]) {
    findings.archive("the mark of an end record lies inside the end record or its comment" +
                     at_byte(tail.start + marks.back()));
    return std::nullopt;
  }
  return complete[0];
}

// The numbers of an end record, 16 and 32 bits wide, or of a ZIP64 one.
struct Numbers {
  std::uint64_t disk, central_disk, entries_here, entries, central_size, central_offset;
};

Numbers parse_end(ByteView record) {
  ByteReader reader(record, "end record");
  reader.u32();
  Numbers numbers{};
  numbers.disk = reader.u16();
  numbers.central_disk = reader.u16();
  numbers.entries_here = reader.u16();
  numbers.entries = reader.u16();
  numbers.central_size = reader.u32();
  numbers.central_offset = reader.u32();
  return numbers;
}

// A number of the end record is either replaced (all ones) or the same: else two readers differ.
bool replaces(std::uint64_t narrow, std::uint64_t wide, std::uint64_t mark) {
  return narrow == mark || narrow == wide;
}

bool replaces_all(const Numbers& narrow, const Numbers& wide) {
  return replaces(narrow.disk, wide.disk, kIn64Short) &&
         replaces(narrow.central_disk, wide.central_disk, kIn64Short) &&
         replaces(narrow.entries_here, wide.entries_here, kIn64Short) &&
         replaces(narrow.entries, wide.entries, kIn64Short) &&
         replaces(narrow.central_size, wide.central_size, kIn64) &&
         replaces(narrow.central_offset, wide.central_offset, kIn64);
}

std::optional<Numbers> parse_end64(ByteView record, std::uint64_t offset, Findings& findings) {
  ByteReader reader(record, "zip64 record");
  if (certstore::as_text(reader.take(4)) != kEnd64Mark || reader.u64() != kEnd64Size - 12) {
    findings.archive("there is no zip64 end record of 56 bytes directly before its locator" +
                     at_byte(offset));
    return std::nullopt;
  }
  reader.take(4);  // versions made by and needed
  Numbers numbers{};
  numbers.disk = reader.u32();
  numbers.central_disk = reader.u32();
  numbers.entries_here = reader.u64();
  numbers.entries = reader.u64();
  numbers.central_size = reader.u64();
  numbers.central_offset = reader.u64();
  return numbers;
}

struct Located {
  Numbers numbers;
  std::uint64_t start;  // of the first end record
};

// Reads locator and ZIP64 record before `end`, if there is a locator.
std::optional<Located> read_zip64(const InputFile& file, const Numbers& narrow, std::uint64_t end,
                                  Findings& findings) {
  if (end < kLocator64Size) return Located{narrow, end};
  Bytes locator(kLocator64Size);
  file.read_at(end - kLocator64Size, locator);
  ByteReader reader(locator, "zip64 locator");
  if (certstore::as_text(reader.take(4)) != kLocator64Mark) return Located{narrow, end};
  const std::uint32_t disk = reader.u32();
  const std::uint64_t offset = reader.u64();
  const std::uint32_t disks = reader.u32();
  const std::uint64_t locator_at = end - kLocator64Size;
  if (locator_at < kEnd64Size || offset != locator_at - kEnd64Size) {
    findings.archive("the zip64 locator" + at_byte(locator_at) + " does not point directly before itself");
    return std::nullopt;
  }
  if (disk != 0 || disks > 1) {
    findings.archive("the zip64 locator" + at_byte(locator_at) + " speaks of more than one disk");
    return std::nullopt;
  }
  Bytes record(kEnd64Size);
  file.read_at(offset, record);
  const std::optional<Numbers> wide = parse_end64(record, offset, findings);
  if (!wide) return std::nullopt;
  if (!replaces_all(narrow, *wide)) {
    findings.archive("the zip64 end record" + at_byte(offset) + " and the end record disagree");
    return std::nullopt;
  }
  return Located{*wide, offset};
}

// Returns what is wrong with the numbers, or nothing.
std::string numbers_fault(const Located& end) {
  const Numbers& n = end.numbers;
  if (n.disk != 0 || n.central_disk != 0) return "the archive is one disk of several";
  if (n.entries_here != n.entries) return "the two counts of entries differ";
  if (n.entries > certstore::limits::kEntries) {
    return "there are " + std::to_string(n.entries) + " entries, at most " +
           std::to_string(certstore::limits::kEntries) + " are read";
  }
  if (n.central_size > end.start || n.central_offset != end.start - n.central_size) {
    return "the central directory does not end where the end record begins: bytes before the archive, a gap, "
           "or a wrong size or offset";
  }
  if (n.entries > n.central_size / kCentralSize) return "the central directory is too small for its entries";
  return {};
}

}  // namespace

std::optional<EndRecord> read_end_record(const InputFile& file, Findings& findings) {
  const Tail tail(file);
  const std::optional<std::size_t> mark = find_only_record(tail, findings);
  if (!mark) return std::nullopt;
  const ByteView record = ByteView(tail.bytes).subspan(*mark);
  const auto end = read_zip64(file, parse_end(record), tail.start + *mark, findings);
  if (!end) return std::nullopt;
  const std::string fault = numbers_fault(*end);
  if (!fault.empty()) {
    findings.archive(fault + " (end record" + at_byte(end->start) + ")");
    return std::nullopt;
  }
  const ByteView comment = record.subspan(kEndSize);
  return EndRecord{end->numbers.entries, end->numbers.central_offset, end->numbers.central_size,
                   Bytes(comment.begin(), comment.end())};
}

bool has_end_record(const InputFile& file) {
  const Tail tail(file);
  const std::vector<std::size_t> marks = tail.marks();
  return std::any_of(marks.begin(), marks.end(), [&](std::size_t mark) { return tail.ends_with(mark); });
}

}  // namespace formats::zip
