#include "formats/zip/inflate.h"

#include "certstore/base/error.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace formats::zip {

struct Inflater::Stream {
  z_stream zlib{};
  certstore::Bytes piece = certstore::Bytes(kPiece);
};

Inflater::Inflater() : stream_(std::make_unique<Stream>()) {
  // Negative window bits: raw deflate, without zlib's header and checksum.
  if (inflateInit2(&stream_->zlib, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
}

Inflater::~Inflater() {
  inflateEnd(&stream_->zlib);
}

void Inflater::restart() {
  if (inflateReset(&stream_->zlib) != Z_OK) {
    throw certstore::Error(certstore::ErrorKind::internal, "cannot begin a new deflate stream");
  }
}

Inflater::Step Inflater::step(certstore::ByteView input) {
  z_stream& zlib = stream_->zlib;
  const auto offered =
      static_cast<uInt>(std::min<std::size_t>(input.size(), std::numeric_limits<uInt>::max()));
  zlib.next_in = const_cast<Bytef*>(input.data());  // zlib reads only
  zlib.avail_in = offered;
  zlib.next_out = stream_->piece.data();
  zlib.avail_out = static_cast<uInt>(kPiece);
  const int outcome = inflate(&zlib, Z_NO_FLUSH);
  const std::size_t taken = offered - zlib.avail_in;
  const certstore::ByteView output(stream_->piece.data(), kPiece - zlib.avail_out);
  if (outcome == Z_STREAM_END) return {State::finished, taken, output};
  // Z_BUF_ERROR: neither input nor room was left to do anything, which is no damage yet.
  if (outcome != Z_OK && outcome != Z_BUF_ERROR) return {State::damaged, taken, output};
  return {zlib.avail_out == 0 ? State::has_more : State::wants_input, taken, output};
}

}  // namespace formats::zip
