// The files that an OVF descriptor takes in (DSP0243 7.1, `References`): whoever reads the package reads
// them.
#pragma once

#include "certstore/base/bytes.h"

#include <string>
#include <string_view>
#include <vector>

namespace formats::ova {

struct Reference {
  std::string href;      // as found
  bool chunked = false;  // lies in several files, href.000000000 and so on
};

// Throws Error(malformed) naming `what` for a document that is not strictly XML.
[[nodiscard]] std::vector<Reference> references_of(certstore::ByteView descriptor, std::string_view what);

// Whether it is elsewhere (a URL), not a file of the package.
[[nodiscard]] bool is_elsewhere(const Reference& reference);

// The name of the file that is read first, with %XX resolved.
[[nodiscard]] std::string first_file_of(const Reference& reference);

}  // namespace formats::ova
