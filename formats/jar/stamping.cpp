#include "formats/jar/stamping.h"

#include "certstore/base/limits.h"
#include "formats/zip/reader.h"
#include "formats/zip/writer.h"

#include <map>

namespace formats::jar {
namespace {

using certstore::Bytes;

// The blocks that get a token, by their place in the index.
std::map<std::size_t, Bytes> stamped_blocks(const Contents& contents, const certstore::Stamper& stamper) {
  std::map<std::size_t, Bytes> changed;
  for (const SignaturePlace& place : contents.layout.signatures) {
    for (const std::size_t block : place.blocks) {
      const Bytes old =
          zip::read_small_entry(contents.file, contents.index.entries[block], certstore::limits::kCmsSize);
      Bytes stamped = certstore::with_timestamps(old, stamper);
      if (stamped != old) changed.emplace(block, std::move(stamped));
    }
  }
  return changed;
}

}  // namespace

std::size_t stamp_jar(const Contents& contents, const certstore::Stamper& stamper,
                      certstore::AtomicFile& out) {
  const certstore::InputFile& file = contents.file;
  const zip::Index& index = contents.index;
  const std::map<std::size_t, Bytes> changed = stamped_blocks(contents, stamper);
  if (changed.empty()) return 0;
  zip::Writer writer(out);
  for (std::size_t i = 0; i < index.entries.size(); ++i) {
    const auto block = changed.find(i);
    if (block == changed.end()) {
      writer.copy_entry(file, index.entries[i]);
    } else {
      zip::NewEntryOptions options;
      options.style = zip::style_of(index);
      options.dos_time = index.entries[i].dos_time;
      options.dos_date = index.entries[i].dos_date;
      writer.add_entry(index.entries[i].name, block->second, options);
    }
  }
  writer.finish(index.comment);
  file.require_unchanged();
  return changed.size();
}

}  // namespace formats::jar
