#include "tests/unit/zip_builder.h"

#include "formats/zip/deflate.h"
#include "formats/zip/index.h"
#include "formats/zip/reader.h"
#include "formats/zip/record.h"
#include "tests/unit/zip_files.h"

#include <zlib.h>

#include <algorithm>

namespace zip_test {

using namespace formats::zip;
using certstore::append;
using certstore::append_u16;
using certstore::append_u32;
using certstore::append_u64;
using certstore::Bytes;
using certstore::ByteView;

namespace {

void append_text(Bytes& out, std::string_view text) {
  append(out, certstore::as_bytes(text));
}

void append_header(Bytes& out, const Header& header) {
  append_u16(out, 20);
  append_u16(out, header.flags);
  append_u16(out, header.method);
  append_u16(out, header.time);
  append_u16(out, header.date);
  append_u32(out, header.crc);
  append_u32(out, header.compressed_size);
  append_u32(out, header.size);
  append_u16(out, static_cast<std::uint16_t>(header.name.size()));
  append_u16(out, static_cast<std::uint16_t>(header.extra.size()));
}

void append_local(Bytes& out, const BuiltEntry& entry) {
  append(out, entry.before);
  if (!entry.has_local) return;
  append_text(out, kLocalMark);
  append_header(out, entry.local);
  append_text(out, entry.local.name);
  append(out, entry.local.extra);
  append(out, entry.data);
  append(out, entry.descriptor);
}

void append_central(Bytes& out, const BuiltEntry& entry, std::uint64_t offset) {
  append_text(out, kCentralMark);
  append_u16(out, entry.made_by);
  append_header(out, entry.central);
  append_u16(out, 0);  // comment
  append_u16(out, entry.disk);
  append_u16(out, 0);
  append_u32(out, entry.attributes);
  append_u32(out, entry.offset.value_or(static_cast<std::uint32_t>(offset)));
  append_text(out, entry.central.name);
  append(out, entry.central.extra);
}

void append_zip64(Bytes& out, const BuiltArchive& archive, std::uint64_t count, std::uint64_t central) {
  const std::uint64_t at = out.size();
  const std::uint64_t size = at - archive.after_central.size() - central;
  append_text(out, kEnd64Mark);
  append_u64(out, kEnd64Size - 12 + archive.zip64_extension.size());
  append_u32(out, 0);
  append_u64(out, 0);
  append_u64(out, count);
  append_u64(out, count);
  append_u64(out, size + archive.zip64_lie);
  append_u64(out, central);
  append(out, archive.zip64_extension);
  append_text(out, kLocator64Mark);
  append_u32(out, 0);
  append_u64(out, at + archive.locator_lie);
  append_u32(out, archive.disks);
}

}  // namespace

Bytes BuiltArchive::build() const {
  Bytes out;
  std::vector<std::uint64_t> offsets;
  for (const BuiltEntry& entry : entries) {
    offsets.push_back(out.size() + entry.before.size());
    append_local(out, entry);
  }
  append(out, before_central);
  const std::uint64_t central = out.size();
  std::uint16_t listed = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!entries[i].is_listed) continue;
    append_central(out, entries[i], offsets[i]);
    ++listed;
  }
  append(out, in_central);
  const std::uint64_t size = out.size() - central;
  append(out, after_central);
  if (zip64) append_zip64(out, *this, listed, central);
  append_text(out, kEndMark);
  append_u16(out, disk.value_or(0));
  append_u16(out, central_disk.value_or(0));
  append_u16(out, all_marked ? kIn64Short : count_here.value_or(listed));
  append_u16(out, all_marked ? kIn64Short : count.value_or(listed));
  append_u32(out, all_marked ? kIn64 : central_size.value_or(static_cast<std::uint32_t>(size)));
  append_u32(out, all_marked ? kIn64 : central_offset.value_or(static_cast<std::uint32_t>(central)));
  append_u16(out, comment_size.value_or(static_cast<std::uint16_t>(comment.size())));
  append_text(out, comment);
  append(out, after_end);
  return out;
}

Bytes bytes(std::string_view text) {
  const ByteView view = certstore::as_bytes(text);
  return {view.begin(), view.end()};
}

std::uint32_t crc_of(ByteView content) {
  return static_cast<std::uint32_t>(::crc32_z(0, content.data(), content.size()));
}

Bytes block(std::uint16_t id, const Bytes& content) {
  Bytes out;
  append_u16(out, id);
  append_u16(out, static_cast<std::uint16_t>(content.size()));
  append(out, content);
  return out;
}

Bytes wide_numbers(std::initializer_list<std::uint64_t> numbers) {
  Bytes out;
  for (const std::uint64_t number : numbers) append_u64(out, number);
  return out;
}

BuiltEntry stored(std::string name, std::string_view content) {
  BuiltEntry entry;
  entry.data = bytes(content);
  entry.local.name = std::move(name);
  entry.local.crc = crc_of(entry.data);
  entry.local.compressed_size = entry.local.size = static_cast<std::uint32_t>(content.size());
  entry.central = entry.local;
  return entry;
}

BuiltEntry deflated(std::string name, std::string_view content) {
  BuiltEntry entry = stored(std::move(name), content);
  entry.data = formats::zip::deflated(certstore::as_bytes(content));
  entry.local.method = kDeflated;
  entry.local.compressed_size = static_cast<std::uint32_t>(entry.data.size());
  entry.central = entry.local;
  return entry;
}

BuiltEntry directory(std::string name) {
  BuiltEntry entry = stored(std::move(name), "");
  entry.attributes = 0x41ED0010;
  return entry;
}

BuiltEntry with_descriptor(BuiltEntry entry, bool marked, bool wide) {
  set_flags(entry, static_cast<std::uint16_t>(entry.central.flags | kFlagDescriptor));
  if (marked) append_text(entry.descriptor, kDescriptorMark);
  append_u32(entry.descriptor, entry.central.crc);
  for (const std::uint32_t number : {entry.central.compressed_size, entry.central.size}) {
    append_u32(entry.descriptor, number);
    if (wide) append_u32(entry.descriptor, 0);
  }
  entry.local.crc = entry.local.size = entry.local.compressed_size = 0;
  return entry;
}

void set_flags(BuiltEntry& entry, std::uint16_t flags) {
  entry.local.flags = entry.central.flags = flags;
}
void set_name(BuiltEntry& entry, const std::string& name) {
  entry.local.name = entry.central.name = name;
}
void set_extra(BuiltEntry& entry, const Bytes& extra) {
  entry.local.extra = entry.central.extra = extra;
}

BuiltArchive sound_archive() {
  BuiltArchive archive;
  archive.entries = {deflated("first", "what the first file holds"), directory("folder/"),
                     deflated("folder/second", "what the second file holds")};
  return archive;
}

namespace {

certstore::Issues issues_of(ByteView archive) {
  const auto file = file_of(archive);
  IndexResult result = read_index(file);
  if (!result.sound()) return result.issues;
  for (const Entry& entry : result.index.entries) {
    if (auto issue = read_entry(file, entry, [](ByteView) {})) result.issues.push_back(*issue);
  }
  return result.issues;
}

}  // namespace

std::string findings_of(ByteView archive) {
  std::string lines;
  for (const certstore::Issue& issue : issues_of(archive)) {
    lines += std::string(kind_of(issue.code).id) + ": " + issue.subject + ": " + issue.detail + "\n";
  }
  return lines;
}

std::string findings_of(const BuiltArchive& archive) {
  return findings_of(archive.build());
}

bool finds(const BuiltArchive& archive, std::string_view id, std::string_view text) {
  const certstore::Issues issues = issues_of(archive.build());
  return std::any_of(issues.begin(), issues.end(), [&](const certstore::Issue& issue) {
    return kind_of(issue.code).id == id && issue.detail.find(text) != std::string::npos;
  });
}

}  // namespace zip_test
