// Time stamps put on the signatures of a JAR later: only the signature blocks change.
#pragma once

#include "certstore/base/file.h"
#include "certstore/timestamp_attach.h"

#include <cstddef>

namespace formats::jar {

// Whether the file is a JAR with signatures, by its content.
[[nodiscard]] bool is_signed_jar(const certstore::InputFile& file);

// Asks `stamper` for each signature without a token and writes the archive to `out` with the tokens; all
// other entries are copied byte for byte. Returns the number of blocks that changed; of 0 `out` is not to be
// used. Throws Error(malformed) for a signed JAR that is not sound.
[[nodiscard]] std::size_t stamp_jar(const certstore::InputFile& file, const certstore::Stamper& stamper,
                                    certstore::AtomicFile& out);

}  // namespace formats::jar
