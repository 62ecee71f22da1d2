// Inflates one raw deflate stream (RFC 1951) piece by piece. The only place that knows zlib's inflate;
// whatever replaces it must refuse what zlib refuses: incomplete and over-subscribed codes, distances too far
// back.
#pragma once

#include "certstore/base/bytes.h"

#include <cstddef>
#include <memory>

namespace formats::zip {

class Inflater {
 public:
  // Pieces of output have at most this many bytes: they are still in the cache when they are digested.
  static constexpr std::size_t kPiece = 128 << 10;

  enum class State {
    wants_input,  // all input was taken
    has_more,     // the piece is full; call again with the rest of the input
    finished,     // the final block ended; input behind it was not taken
    damaged
  };
  struct Step {
    State state;
    std::size_t taken;           // bytes of the input
    certstore::ByteView output;  // valid until the next call
  };

  Inflater();
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Begins a new stream, keeping the memory.
  void restart();
  [[nodiscard]] Step step(certstore::ByteView input);

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

}  // namespace formats::zip
