// The manifest that will be signed: the one that is there where it is right and spelled as the standard says,
// else a new one.
#pragma once

#include "formats/format.h"
#include "formats/ova/contents.h"

namespace formats::ova {

struct NewManifest {
  certstore::Bytes text;
  bool is_old = false;      // the bytes that are there
  std::size_t entries = 0;  // that it names
};

// Digests all files. Throws Error(malformed) for a manifest that says something else of them, unless the
// request replaces it.
[[nodiscard]] NewManifest new_manifest(const Contents& contents, const SigningRequest& request);

}  // namespace formats::ova
