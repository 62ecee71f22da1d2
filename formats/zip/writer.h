// Writes a ZIP archive: untouched entries byte for byte as they were, new ones in the manner of the writers
// that made the rest. The output depends on the calls only: no clock, no environment.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/file.h"
#include "certstore/base/time.h"
#include "formats/zip/index.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace formats::zip {

// The three writers of vRO packages (docs/formats/zip.md), so that additions look like the rest.
enum class Style {
  server,  // sizes in a signed data descriptor, UTF-8 flag, made by DOS
  maven,   // sizes in the local header, made by Unix
  vropkg   // sizes in a signed data descriptor, made by Unix
};

// The style of the first entry that is not a directory; server for an archive without one.
[[nodiscard]] Style style_of(const Index& index);

struct NewEntryOptions {
  std::uint16_t dos_time = 0;
  std::uint16_t dos_date = 0x21;  // 1980-01-01, the first day that the format knows
  Style style = Style::server;
};

// As the writer of `index` would, at `time` (UTC): the bytes depend on nothing else.
[[nodiscard]] NewEntryOptions options_for(const Index& index, certstore::Instant time);

// Entries appear in the order of the calls, both in the file and in the central directory. What was copied
// from must live until finish() returned. After an exception the archive is not to be committed.
class Writer {
 public:
  explicit Writer(certstore::AtomicFile& out) : out_(out) {}
  // Copies local header, data and descriptor of an entry of a sound index of `from`, and its central record
  // with the new offset. Runs of neighbours are copied at once.
  void copy_entry(const certstore::InputFile& from, const Entry& entry);
  // Adds `content` deflated, or a directory if `name` ends in '/'. Throws Error(unsupported) if the name is
  // one that read_index() refuses, or the content has over 4 GiB.
  void add_entry(std::string_view name, certstore::ByteView content, const NewEntryOptions& options);
  // Writes central directory and end record, as ZIP64 where a number needs it. Does not commit the file.
  void finish(certstore::ByteView comment);

 private:
  // A central record yet to be written: of `from`, or if that is null of `added_`.
  struct Record {
    const certstore::InputFile* from;
    std::uint64_t offset;
    std::uint64_t local_offset;
    std::uint32_t size;
  };
  void flush_copy();
  void write_records();
  void write_end(std::uint64_t central_offset, certstore::ByteView comment);

  certstore::AtomicFile& out_;
  std::vector<Record> records_;
  certstore::Bytes added_;
  const certstore::InputFile* copy_from_ = nullptr;  // the run of neighbours not yet copied
  std::uint64_t copy_offset_ = 0;
  std::uint64_t copy_size_ = 0;
};

}  // namespace formats::zip
