// The strict index of a ZIP archive: the one reading of its bytes that signing, checking and extracting
// share. An archive that two programs could read differently is not indexed but found malformed; the rules
// and their reasons are in docs/formats/zip.md. Nothing here inflates (reader.h does) or decides about trust.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/file.h"
#include "certstore/base/issue.h"

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <string_view>
#include <vector>

namespace formats::zip {

inline constexpr std::uint16_t kStored = 0;
inline constexpr std::uint16_t kDeflated = 8;

struct Entry {
  std::string_view name;           // the bytes as found; ends in '/' if and only if it is a directory
  std::uint64_t local_offset = 0;  // of the local header
  std::uint64_t data_offset = 0;   // of the first compressed byte
  std::uint64_t end_offset = 0;    // one beyond the last byte, data descriptor included
  std::uint64_t compressed_size = 0;
  std::uint64_t size = 0;
  std::uint64_t central_offset = 0;  // of the central record, which has central_size bytes
  std::uint32_t central_size = 0;
  std::uint32_t crc = 0;
  std::uint32_t external_attributes = 0;
  std::uint16_t method = kStored;  // kStored or kDeflated in a sound index
  std::uint16_t flags = 0;
  std::uint16_t made_by = 0;  // high byte: host system; low byte: version
  std::uint16_t version_needed = 0;
  std::uint16_t dos_time = 0;
  std::uint16_t dos_date = 0;
  bool is_directory = false;
};

// Where a name is among the entries, kept sorted by digest of the name.
struct NamePlace {
  std::uint64_t digest = 0;
  std::uint32_t entry = 0;
};

// Holds the names of the entries, one behind the other. Those that it gave stay where they are when it is
// moved.
class Names {
 public:
  [[nodiscard]] std::string_view keep(std::string_view name);

 private:
  std::unique_ptr<std::pmr::monotonic_buffer_resource> memory_ =
      std::make_unique<std::pmr::monotonic_buffer_resource>();
};

struct Index {
  Names names;                     // those of `entries`
  std::vector<Entry> entries;      // in the order of the central directory
  std::vector<NamePlace> by_name;  // for find()
  certstore::Bytes comment;        // of the archive
  std::uint64_t central_offset = 0;
  std::uint64_t central_size = 0;

  // Returns the entry of exactly this name, or null. The pointer lives as long as `entries` is untouched.
  [[nodiscard]] const Entry* find(std::string_view name) const;
};

struct IndexResult {
  Index index;
  certstore::Issues
      issues;  // malformed_archive, duplicate_entry, unsafe_entry_name, names_equal_but_for_case

  // Whether the index may be used: no issue makes the package invalid. If not, `index` holds what was seen
  // before, for naming it only: its offsets and sizes are not proven and must not be read from.
  [[nodiscard]] bool sound() const;
};

// Whether `file` begins as a ZIP archive or has an end record at its very end: then read_index() is to judge.
[[nodiscard]] bool looks_like_zip(const certstore::InputFile& file);

// Reads and checks end record, central directory and all local headers; no compressed byte is read. Throws
// only Error(io) and Error(interrupted): everything that is wrong with the archive is in the issues.
[[nodiscard]] IndexResult read_index(const certstore::InputFile& file);

}  // namespace formats::zip
