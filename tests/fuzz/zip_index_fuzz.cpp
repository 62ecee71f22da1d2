// Any bytes: the ZIP index and reader end without a crash, and what they accept keeps their promises. Under
// libFuzzer (PKGTRUST_FUZZ) it searches; with replay.cpp it is a plain test over files and damaged copies.
#include "formats/zip/index.h"
#include "formats/zip/reader.h"
#include "tests/fuzz/memory_file.h"

using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const certstore::InputFile file = fuzz::file_of(bytes, size);
  const formats::zip::IndexResult result = formats::zip::read_index(file);
  if (!result.sound()) return 0;
  require(formats::zip::looks_like_zip(file));
  std::uint64_t covered = 0;
  for (const formats::zip::Entry& entry : result.index.entries) {
    require(entry.local_offset < entry.data_offset && entry.data_offset <= entry.end_offset);
    require(entry.end_offset <= result.index.central_offset);
    require(result.index.find(entry.name) == &entry);
    covered += entry.end_offset - entry.local_offset;
    std::uint64_t seen = 0;
    const auto damage = read_entry(file, entry, [&](certstore::ByteView piece) { seen += piece.size(); });
    require(seen <= entry.size && (damage.has_value() || seen == entry.size));
  }
  // No gap and no overlap: the entries fill the file up to the central directory.
  require(covered == result.index.central_offset);
  return 0;
}
