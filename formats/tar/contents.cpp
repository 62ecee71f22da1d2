#include "formats/tar/contents.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "formats/tar/reader.h"

namespace formats::tar {

std::size_t Contents::content_of(std::size_t entry) const {
  const Entry& found = index.entries[entry];
  if (found.type != EntryType::hard_link) return entry;
  return static_cast<std::size_t>(index.find(found.link) - index.entries.data());
}

certstore::Bytes Contents::sha256_of(std::size_t entry) const {
  const std::size_t place = content_of(entry);
  if (pass) return {pass->sha256[place].begin(), pass->sha256[place].end()};
  certstore::Digester digester(certstore::DigestAlgorithm::sha256);
  read_entry(file, index.entries[place], [&](certstore::ByteView piece) { digester.update(piece); });
  return digester.finish().bytes();
}

void Contents::read(std::size_t entry, const certstore::Sink& sink) const {
  const Entry& found = index.entries[content_of(entry)];
  if (!pass) return read_entry(file, found, sink);
  const auto input = decompress(file, pass->compression);
  if (input->pass(found.content_offset, nullptr) == found.content_offset &&
      input->pass(found.size, sink) == found.size) {
    return;
  }
  throw certstore::Error(certstore::ErrorKind::io,
                         certstore::in_quotes(file.name()) + " changed while it was read",
                         "try again when it is complete");
}

certstore::Bytes Contents::read_small(std::size_t entry, std::size_t limit) const {
  const Entry& found = index.entries[entry];
  if (!pass) return read_small_entry(file, found, limit);
  const auto kept = pass->kept.find(entry);
  if (kept != pass->kept.end() && kept->second.size() <= limit) return kept->second;
  throw certstore::Error(
      certstore::ErrorKind::malformed,
      certstore::in_quotes(found.name) + " has " + std::to_string(found.size) + " bytes, which is too much");
}

}  // namespace formats::tar
