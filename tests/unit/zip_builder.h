// Builds ZIP archives for tests, sound ones and ones that lie in any field.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/issue.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zip_test {

// What local header and central record both say.
struct Header {
  std::string name;
  std::uint16_t flags = 0, method = 0, time = 0, date = 0x21;
  std::uint32_t crc = 0, compressed_size = 0, size = 0;
  certstore::Bytes extra;
};

struct BuiltEntry {
  Header local, central;
  certstore::Bytes data;        // the compressed bytes
  certstore::Bytes descriptor;  // with its mark, if it is to have one
  certstore::Bytes before;      // stray bytes in front of the local header
  bool has_local = true, is_listed = true;
  std::uint16_t made_by = 0x0314, disk = 0;
  std::uint32_t attributes = 0;
  std::optional<std::uint32_t> offset;  // instead of the true one
};

struct BuiltArchive {
  std::vector<BuiltEntry> entries;
  certstore::Bytes before_central, in_central, after_central, after_end;
  std::string comment;
  bool zip64 = false;                // with ZIP64 end record and locator
  bool all_marked = false;           // all numbers of the end record say "see ZIP64"
  std::uint64_t zip64_lie = 0;       // added to the central size in the ZIP64 record
  std::uint64_t locator_lie = 0;     // added to the offset in the locator
  std::uint32_t disks = 1;           // in the locator
  certstore::Bytes zip64_extension;  // after the fields of the ZIP64 record
  std::optional<std::uint16_t> disk, central_disk, count_here, count, comment_size;
  std::optional<std::uint32_t> central_size, central_offset;

  [[nodiscard]] certstore::Bytes build() const;
};

[[nodiscard]] certstore::Bytes bytes(std::string_view text);
[[nodiscard]] std::uint32_t crc_of(certstore::ByteView content);
// A block of an extra field.
[[nodiscard]] certstore::Bytes block(std::uint16_t id, const certstore::Bytes& content);
[[nodiscard]] certstore::Bytes wide_numbers(std::initializer_list<std::uint64_t> numbers);

[[nodiscard]] BuiltEntry stored(std::string name, std::string_view content);
[[nodiscard]] BuiltEntry deflated(std::string name, std::string_view content);
[[nodiscard]] BuiltEntry directory(std::string name);
// The same entry with zeros in the local header and a data descriptor.
[[nodiscard]] BuiltEntry with_descriptor(BuiltEntry entry, bool marked = true, bool wide = false);
// Sets the same in both headers.
void set_flags(BuiltEntry& entry, std::uint16_t flags);
void set_name(BuiltEntry& entry, const std::string& name);
void set_extra(BuiltEntry& entry, const certstore::Bytes& extra);

// Two deflated files and a directory, the archive that the lies are told about.
[[nodiscard]] BuiltArchive sound_archive();

// All findings of index and reader as "id: subject: detail", one a line; empty if there is none.
[[nodiscard]] std::string findings_of(certstore::ByteView archive);
[[nodiscard]] std::string findings_of(const BuiltArchive& archive);
// Whether there is a finding with this id whose detail contains `text`.
[[nodiscard]] bool finds(const BuiltArchive& archive, std::string_view id, std::string_view text);

}  // namespace zip_test
