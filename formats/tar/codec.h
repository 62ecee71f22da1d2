// zlib, libzstd and liblzma behind one interface. The output of the encoders depends on their input and the
// version of the library only.
#pragma once

#include "certstore/base/bytes.h"
#include "formats/tar/compressed.h"

#include <memory>
#include <span>

namespace formats::tar {

// Of one gzip member, zstd frame or xz stream.
class Decoder {
 public:
  enum class State { more, ended, damaged };
  virtual ~Decoder() = default;
  // Takes from the front of `in` and writes to `out`; says in `made` how much. After `ended`, `in` begins
  // with what stands behind.
  [[nodiscard]] virtual State step(certstore::ByteView& in, std::span<std::uint8_t> out,
                                   std::size_t& made) = 0;
};
[[nodiscard]] std::unique_ptr<Decoder> decoder_for(Compression compression);

class Encoder {
 public:
  virtual ~Encoder() = default;
  // Gives what comes of it to `sink`. Throws Error(internal) if the library fails.
  virtual void write(certstore::ByteView bytes, const certstore::Sink& sink) = 0;
  virtual void finish(const certstore::Sink& sink) = 0;
};
[[nodiscard]] std::unique_ptr<Encoder> encoder_for(Compression compression);

}  // namespace formats::tar
