// A window over a file for records read mostly front to back: a million small ones cost a few hundred preads.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/file.h"

#include <cstddef>
#include <cstdint>

namespace formats::zip {

class Window {
 public:
  // `least` is how much is read at once at least, where the file has it.
  Window(const certstore::InputFile& file, std::size_t least) : file_(file), least_(least) {}
  // Returns `size` bytes at `offset`, valid until the next call. The caller has checked that they lie within
  // the file and that `size` is bounded; throws Error(io) otherwise or if they cannot be read.
  [[nodiscard]] certstore::ByteView view(std::uint64_t offset, std::size_t size);

 private:
  const certstore::InputFile& file_;
  std::size_t least_;
  certstore::Bytes bytes_;
  std::uint64_t start_ = 0;
  std::size_t filled_ = 0;
};

}  // namespace formats::zip
