#include "formats/zip/writer.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "formats/zip/central_record.h"
#include "formats/zip/crc32.h"
#include "formats/zip/deflate.h"
#include "formats/zip/entry_name.h"
#include "formats/zip/record.h"
#include "formats/zip/window.h"

#include <algorithm>
#include <optional>
#include <string>

namespace formats::zip {
namespace {

using certstore::Bytes;
using certstore::ByteView;
using certstore::Error;
using certstore::ErrorKind;

constexpr std::size_t kWindow = 256 << 10;
constexpr std::uint16_t kVersionZip64 = 45;

struct Manner {
  std::uint16_t flags, made_by, version_needed;
  std::uint32_t file_attributes, directory_attributes;
};

Manner manner_of(Style style) {
  switch (style) {
    case Style::server:
      return {kFlagDescriptor | kFlagUtf8, 20, 20, 0, 0x10};
    case Style::maven:
      return {0, 0x0314, 10, 0x81A40000, 0x41ED0010};
    case Style::vropkg:
      return {kFlagDescriptor, 0x032D, 20, 0x81A40020, 0x41ED0010};
  }
  throw Error(ErrorKind::internal, "no such style");
}

// What a new entry's headers say.
struct NewEntry {
  std::string_view name;
  NewEntryOptions options;
  Manner manner;
  std::uint16_t method;
  std::uint32_t crc, compressed_size, size;

  [[nodiscard]] bool has_descriptor() const { return (manner.flags & kFlagDescriptor) != 0; }
};

void append_text(Bytes& out, std::string_view text) {
  certstore::append(out, certstore::as_bytes(text));
}

// The part that local header and central record share.
void append_common(Bytes& out, const NewEntry& entry, bool with_numbers) {
  certstore::append_u16(out, entry.manner.version_needed);
  certstore::append_u16(out, entry.manner.flags);
  certstore::append_u16(out, entry.method);
  certstore::append_u16(out, entry.options.dos_time);
  certstore::append_u16(out, entry.options.dos_date);
  certstore::append_u32(out, with_numbers ? entry.crc : 0);
  certstore::append_u32(out, with_numbers ? entry.compressed_size : 0);
  certstore::append_u32(out, with_numbers ? entry.size : 0);
  certstore::append_u16(out, static_cast<std::uint16_t>(entry.name.size()));
  certstore::append_u16(out, 0);  // extra field
}

Bytes local_part(const NewEntry& entry, ByteView compressed) {
  Bytes out;
  out.reserve(kLocalSize + entry.name.size() + compressed.size() + 16);
  append_text(out, kLocalMark);
  append_common(out, entry, !entry.has_descriptor());
  append_text(out, entry.name);
  certstore::append(out, compressed);
  if (!entry.has_descriptor()) return out;
  append_text(out, kDescriptorMark);
  certstore::append_u32(out, entry.crc);
  certstore::append_u32(out, entry.compressed_size);
  certstore::append_u32(out, entry.size);
  return out;
}

void append_central(Bytes& out, const NewEntry& entry) {
  append_text(out, kCentralMark);
  certstore::append_u16(out, entry.manner.made_by);
  append_common(out, entry, true);
  certstore::append_u16(out, 0);  // comment
  certstore::append_u16(out, 0);  // disk
  certstore::append_u16(out, 0);  // internal attributes
  const bool directory = entry.name.ends_with('/');
  certstore::append_u32(out, directory ? entry.manner.directory_attributes : entry.manner.file_attributes);
  certstore::append_u32(out, 0);  // the offset, by relocated()
  append_text(out, entry.name);
}

void require_writable(std::string_view name, ByteView content) {
  const auto refuse = [&](const std::string& why) {
    throw Error(ErrorKind::unsupported, "cannot add " + certstore::in_quotes(name) + ": " + why);
  };
  const std::string_view fault = name_fault(name);
  if (!fault.empty()) refuse("its name " + std::string(fault));
  if (name.ends_with('/') && !content.empty()) refuse("it is a directory with content");
  // What deflate adds at worst is far below this margin.
  if (content.size() > kIn64 - (std::size_t{1} << 24)) refuse("it has over 4 GiB");
}

}  // namespace

Style style_of(const Index& index) {
  const auto file = std::find_if(index.entries.begin(), index.entries.end(),
                                 [](const Entry& entry) { return !entry.is_directory; });
  if (file == index.entries.end()) return Style::server;
  if ((file->flags & kFlagDescriptor) == 0) return Style::maven;
  return file->made_by >> 8 == 0 ? Style::server : Style::vropkg;
}

// APPNOTE.TXT 4.4.6: local time there, UTC here, so that the bytes depend on the request only.
NewEntryOptions options_for(const Index& index, certstore::Instant time) {
  using namespace std::chrono;
  NewEntryOptions options;
  options.style = style_of(index);
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const int year = static_cast<int>(date.year());
  if (year < 1980 || year > 2107) return options;
  const hh_mm_ss clock(time - day);
  options.dos_date = static_cast<std::uint16_t>(((year - 1980) << 9) |
                                                static_cast<int>(static_cast<unsigned>(date.month()) << 5) |
                                                static_cast<int>(static_cast<unsigned>(date.day())));
  options.dos_time = static_cast<std::uint16_t>(
      (clock.hours().count() << 11) | (clock.minutes().count() << 5) | (clock.seconds().count() / 2));
  return options;
}

void Writer::copy_entry(const certstore::InputFile& from, const Entry& entry) {
  const std::uint64_t size = entry.end_offset - entry.local_offset;
  if (copy_from_ != &from || entry.local_offset != copy_offset_ + copy_size_) {
    flush_copy();
    copy_from_ = &from;
    copy_offset_ = entry.local_offset;
  }
  records_.push_back({&from, entry.central_offset, out_.size() + copy_size_, entry.central_size});
  copy_size_ += size;
}

void Writer::flush_copy() {
  if (copy_size_ > 0) out_.copy(*copy_from_, copy_offset_, copy_size_);
  copy_size_ = 0;
  copy_from_ = nullptr;
}

void Writer::add_entry(std::string_view name, ByteView content, const NewEntryOptions& options) {
  require_writable(name, content);
  NewEntry entry{name, options, manner_of(options.style), kDeflated, 0, 0, 0};
  const bool directory = name.ends_with('/');
  if (directory) {
    entry.method = kStored;
    entry.manner.flags &= static_cast<std::uint16_t>(~kFlagDescriptor);
    entry.manner.version_needed = 10;
  }
  const bool ascii = std::all_of(name.begin(), name.end(), [](char c) { return (c & 0x80) == 0; });
  if (!ascii) entry.manner.flags |= kFlagUtf8;
  const Bytes compressed = directory ? Bytes() : deflated(content);
  entry.crc = crc32_of(content);
  entry.compressed_size = static_cast<std::uint32_t>(compressed.size());
  entry.size = static_cast<std::uint32_t>(content.size());

  flush_copy();
  const std::size_t record_at = added_.size();
  append_central(added_, entry);
  records_.push_back(
      {nullptr, record_at, out_.size(), static_cast<std::uint32_t>(added_.size() - record_at)});
  out_.write(local_part(entry, compressed));
}

void Writer::finish(ByteView comment) {
  if (comment.size() > 0xFFFF) throw Error(ErrorKind::unsupported, "the archive comment is too long");
  flush_copy();
  const std::uint64_t central_offset = out_.size();
  write_records();
  write_end(central_offset, comment);
}

void Writer::write_records() {
  Bytes ready;
  std::optional<Window> window;
  const certstore::InputFile* window_on = nullptr;
  for (const Record& record : records_) {
    if (record.from != nullptr && record.from != window_on) {
      window.emplace(*record.from, kWindow);
      window_on = record.from;
    }
    const ByteView old = record.from != nullptr ? window->view(record.offset, record.size)
                                                : ByteView(added_).subspan(record.offset, record.size);
    certstore::append(ready, relocated(old, record.local_offset));
    if (ready.size() >= kWindow) {
      out_.write(ready);
      ready.clear();
    }
  }
  out_.write(ready);
}

void Writer::write_end(std::uint64_t central_offset, ByteView comment) {
  const std::uint64_t end = out_.size();
  const std::uint64_t central_size = end - central_offset;
  const std::uint64_t count = records_.size();
  Bytes out;
  if (count >= kIn64Short || central_size >= kIn64 || central_offset >= kIn64) {
    append_text(out, kEnd64Mark);
    certstore::append_u64(out, kEnd64Size - 12);
    certstore::append_u16(out, kVersionZip64);
    certstore::append_u16(out, kVersionZip64);
    certstore::append_u64(out, 0);  // this disk, disk of the central directory
    for (const std::uint64_t number : {count, count, central_size, central_offset}) {
      certstore::append_u64(out, number);
    }
    append_text(out, kLocator64Mark);
    certstore::append_u32(out, 0);
    certstore::append_u64(out, end);
    certstore::append_u32(out, 1);
  }
  append_text(out, kEndMark);
  certstore::append_u32(out, 0);
  const auto narrow_count = static_cast<std::uint16_t>(std::min<std::uint64_t>(count, kIn64Short));
  certstore::append_u16(out, narrow_count);
  certstore::append_u16(out, narrow_count);
  certstore::append_u32(out, static_cast<std::uint32_t>(std::min<std::uint64_t>(central_size, kIn64)));
  certstore::append_u32(out, static_cast<std::uint32_t>(std::min<std::uint64_t>(central_offset, kIn64)));
  certstore::append_u16(out, static_cast<std::uint16_t>(comment.size()));
  certstore::append(out, comment);
  out_.write(out);
}

}  // namespace formats::zip
