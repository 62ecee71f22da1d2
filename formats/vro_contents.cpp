#include "formats/vro_contents.h"

#include "formats/zip/reader.h"

#include <algorithm>

namespace formats {

certstore::Bytes VroContents::read(std::size_t entry, std::size_t limit) const {
  return zip::read_small_entry(file, index.entries.at(entry), limit);
}

const certstore::Certificate* VroContents::certificate_at(std::size_t entry) const {
  const auto found = std::find_if(certificates.begin(), certificates.end(),
                                  [&](const VroCertificate& c) { return c.entry == entry; });
  return found == certificates.end() ? nullptr : &found->certificate;
}

}  // namespace formats
