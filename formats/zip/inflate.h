// Inflates one raw deflate stream (RFC 1951) piece by piece, by ISA-L (inflate_isal.cpp) or by zlib
// (inflate.cpp). Both refuse what zlib refuses: incomplete and over-subscribed codes, distances too far back.
#pragma once

#include "certstore/base/bytes.h"

#include <cstddef>
#include <memory>

namespace formats::zip {

class Inflater {
 public:
  // Pieces of output have at most this many bytes: they are still in the cache when they are digested.
  static constexpr std::size_t kPiece = 128 << 10;

  // What may be left untaken: the header of a block, which is read as a whole.
  static constexpr std::size_t kLookAhead = 1024;

  enum class State {
    wants_input,  // what was not taken of the input, less than kLookAhead, is to be offered again with more
                  // behind
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
