// The strict index of an uncompressed tar: ustar, GNU and pax headers, read in the one way in which all
// programs read them. What two could read differently is found malformed; the rules and their reasons are in
// docs/formats/tar.md. Nothing here decides about trust.
#pragma once

#include "certstore/base/file.h"
#include "certstore/base/issue.h"
#include "formats/tar/header.h"
#include "formats/tar/input.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace formats::tar {

enum class EntryType : std::uint8_t { file, directory, symbolic_link, hard_link };

struct Entry {
  std::string name;                  // without "./" before it and '/' behind it; "." is the root itself
  std::string link;                  // target of a link: of a hard one another entry's name
  std::uint64_t header_offset = 0;   // of the first header that belongs to it
  std::uint64_t content_offset = 0;  // one beyond the last
  std::uint64_t size = 0;            // of the content
  std::uint64_t uid = 0;
  std::uint64_t gid = 0;
  std::int64_t mtime = 0;
  std::uint16_t mode = 0;  // permissions
  EntryType type = EntryType::file;
  bool has_extras = false;  // access lists and other attributes

  // One beyond its last block.
  [[nodiscard]] std::uint64_t end_offset() const { return content_offset + padded(size); }
};

struct Index {
  std::vector<Entry> entries;          // in the order of the archive
  std::vector<std::uint32_t> by_name;  // for find()
  std::uint64_t end_offset = 0;        // of the empty blocks behind the last entry

  // Returns the entry of exactly this name, or null. The pointer lives as long as `entries` is untouched.
  [[nodiscard]] const Entry* find(std::string_view name) const;
};

struct IndexResult {
  Index index;
  certstore::Issues
      issues;  // malformed_archive, duplicate_entry, unsafe_entry_name, names_equal_but_for_case

  // Whether the index may be used: no issue makes the package invalid. If not, `index` holds what was seen
  // before, for naming it only: nothing must be read by it.
  [[nodiscard]] bool sound() const;
};

// Told of the content of each file as it flows by, where the input exists only once.
class ContentListener {
 public:
  virtual ~ContentListener() = default;
  virtual void begin(std::size_t number, const Entry& entry) = 0;
  virtual void piece(certstore::ByteView bytes) = 0;
  virtual void end() = 0;
};

// Whether the file begins with a header of a tar: then read_index() is to judge.
[[nodiscard]] bool looks_like_tar(const certstore::InputFile& file);

// Reads all headers; what is in the files is passed over. Throws only Error(io) and Error(interrupted):
// everything that is wrong with the archive is in the issues.
[[nodiscard]] IndexResult read_index(const certstore::InputFile& file);
// The same of a stream, in one pass; `listener` may be null.
[[nodiscard]] IndexResult read_index(Input& input, ContentListener* listener);

}  // namespace formats::tar
