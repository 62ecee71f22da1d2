#include "formats/jar/stamping.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "formats/container.h"
#include "formats/jar/layout.h"
#include "formats/jar/package.h"
#include "formats/zip/reader.h"
#include "formats/zip/writer.h"

#include <map>

namespace formats::jar {
namespace {

using certstore::Bytes;

zip::IndexResult sound_index(const certstore::InputFile& file) {
  zip::IndexResult result = zip::read_index(file);
  if (result.sound()) return result;
  throw certstore::Error(certstore::ErrorKind::malformed,
                         certstore::in_quotes(file.name()) + " is no sound archive",
                         "pkgverify check says what is wrong with it");
}

// The blocks that get a token, by their place in the index.
std::map<std::size_t, Bytes> stamped_blocks(const certstore::InputFile& file, const zip::Index& index,
                                            const certstore::Stamper& stamper) {
  std::map<std::size_t, Bytes> changed;
  for (const SignaturePlace& place : layout_of(index).signatures) {
    for (const std::size_t block : place.blocks) {
      const Bytes old = zip::read_small_entry(file, index.entries[block], certstore::limits::kCmsSize);
      Bytes stamped = certstore::with_timestamps(old, stamper);
      if (stamped != old) changed.emplace(block, std::move(stamped));
    }
  }
  return changed;
}

}  // namespace

bool is_signed_jar(const certstore::InputFile& file) {
  if (!zip::looks_like_zip(file)) return false;
  return recognises_jar({file, zip::read_index(file)});
}

std::size_t stamp_jar(const certstore::InputFile& file, const certstore::Stamper& stamper,
                      certstore::AtomicFile& out) {
  const zip::IndexResult read = sound_index(file);
  const zip::Index& index = read.index;
  const std::map<std::size_t, Bytes> changed = stamped_blocks(file, index, stamper);
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
