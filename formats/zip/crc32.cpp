#include "formats/zip/crc32.h"

#ifdef PKGTRUST_HAS_ISAL
#include <isa-l/crc.h>
#else
#include <zlib.h>
#endif

namespace formats::zip {

std::uint32_t crc32_of(certstore::ByteView bytes, std::uint32_t before) {
  // zlib takes a null pointer, as an empty view may have, for a wish to begin anew.
  if (bytes.empty()) return before;
#ifdef PKGTRUST_HAS_ISAL
  return ::crc32_gzip_refl(before, bytes.data(), bytes.size());
#else
  return static_cast<std::uint32_t>(::crc32_z(before, bytes.data(), bytes.size()));
#endif
}

}  // namespace formats::zip
