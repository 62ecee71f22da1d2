// Compresses into one raw deflate stream (RFC 1951). The only place that knows zlib's deflate.
#pragma once

#include "certstore/base/bytes.h"

namespace formats::zip {

// Returns the stream; the same bytes give the same stream with one version of zlib.
[[nodiscard]] certstore::Bytes deflated(certstore::ByteView content);

}  // namespace formats::zip
