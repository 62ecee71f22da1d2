#include "formats/zip/deflate.h"

#include "certstore/base/error.h"

#include <zlib.h>

#include <limits>
#include <new>

namespace formats::zip {
namespace {

// One compressor a thread: setting one up costs more than a signature does.
class Compressor {
 public:
  Compressor() {
    if (deflateInit2(&zlib_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, kMemory, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Compressor() { deflateEnd(&zlib_); }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  certstore::Bytes run(certstore::ByteView content) {
    // In one call: the room suffices by deflateBound().
    certstore::Bytes out(deflateBound(&zlib_, static_cast<uLong>(content.size())));
    if (content.size() > std::numeric_limits<uInt>::max() || out.size() > std::numeric_limits<uInt>::max()) {
      throw certstore::Error(certstore::ErrorKind::unsupported, "cannot deflate over 4 GiB at once");
    }
    zlib_.next_in = const_cast<Bytef*>(content.data());  // zlib reads only
    zlib_.avail_in = static_cast<uInt>(content.size());
    zlib_.next_out = out.data();
    zlib_.avail_out = static_cast<uInt>(out.size());
    if (deflate(&zlib_, Z_FINISH) != Z_STREAM_END) {
      throw certstore::Error(certstore::ErrorKind::internal, "deflate did not end");
    }
    out.resize(out.size() - zlib_.avail_out);
    if (deflateReset(&zlib_) != Z_OK) {
      throw certstore::Error(certstore::ErrorKind::internal, "cannot begin a new deflate stream");
    }
    return out;
  }

 private:
  static constexpr int kMemory = 8;  // zlib's default
  z_stream zlib_{};
};

}  // namespace

certstore::Bytes deflated(certstore::ByteView content) {
  thread_local Compressor compressor;
  return compressor.run(content);
}

}  // namespace formats::zip
