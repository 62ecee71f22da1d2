// Time stamps put on the signatures of a JAR later: only the signature blocks change.
#pragma once

#include "certstore/base/file.h"
#include "certstore/timestamp_attach.h"
#include "formats/jar/contents.h"

#include <cstddef>

namespace formats::jar {

// As SignedPackage::write_stamped(). The archive must be sound.
[[nodiscard]] std::size_t stamp_jar(const Contents& contents, const certstore::Stamper& stamper,
                                    certstore::AtomicFile& out);

}  // namespace formats::jar
