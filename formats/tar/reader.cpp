#include "formats/tar/reader.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/interrupt.h"

#include <algorithm>

namespace formats::tar {

void read_entry(const certstore::InputFile& file, const Entry& entry, const certstore::Sink& sink) {
  constexpr std::uint64_t kWindow = std::uint64_t{256} << 10;
  certstore::Bytes window(static_cast<std::size_t>(std::min(kWindow, entry.size)));
  for (std::uint64_t done = 0; done < entry.size; done += window.size()) {
    certstore::throw_if_interrupted();
    window.resize(static_cast<std::size_t>(std::min(kWindow, entry.size - done)));
    file.read_at(entry.content_offset + done, window);
    sink(window);
  }
}

certstore::Bytes read_small_entry(const certstore::InputFile& file, const Entry& entry, std::size_t limit) {
  if (entry.size > limit) {
    throw certstore::Error(certstore::ErrorKind::malformed,
                           certstore::in_quotes(entry.name) + " has " + std::to_string(entry.size) +
                               " bytes, at most " + std::to_string(limit) + " are read");
  }
  certstore::Bytes content(static_cast<std::size_t>(entry.size));
  file.read_at(entry.content_offset, content);
  return content;
}

}  // namespace formats::tar
