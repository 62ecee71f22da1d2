// Any bytes: the tar index ends without a crash, and what it accepts keeps its promises.
#include "formats/tar/index.h"
#include "formats/tar/reader.h"
#include "tests/fuzz/memory_file.h"

using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const certstore::InputFile file = fuzz::file_of(bytes, size);
  const formats::tar::IndexResult result = formats::tar::read_index(file);
  if (!result.sound()) return 0;
  std::uint64_t covered = 0;
  for (const formats::tar::Entry& entry : result.index.entries) {
    require(entry.header_offset == covered && entry.header_offset < entry.content_offset);
    require(result.index.find(entry.name) == &entry);
    std::uint64_t seen = 0;
    read_entry(file, entry, [&](certstore::ByteView piece) { seen += piece.size(); });
    require(seen == entry.size);
    covered = entry.end_offset();
  }
  // No gap and no overlap up to the empty blocks.
  require(covered == result.index.end_offset && result.index.end_offset < size);
  return 0;
}
