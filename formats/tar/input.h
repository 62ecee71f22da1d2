// The bytes of an uncompressed tar, front to back: of a file, where what is not needed is passed over without
// being read, or of a stream that exists only once.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/file.h"
#include "formats/zip/window.h"

#include <cstddef>
#include <cstdint>

namespace formats::tar {

class Input {
 public:
  virtual ~Input() = default;
  // Returns the next `size` bytes, fewer only where the input ends; valid until the next call. The caller has
  // bounded the size.
  [[nodiscard]] virtual certstore::ByteView take(std::size_t size) = 0;
  // Passes over the next `size` bytes, which `sink` gets if it is one, and returns how many there were.
  [[nodiscard]] virtual std::uint64_t pass(std::uint64_t size, const certstore::Sink& sink) = 0;
};

class FileInput final : public Input {
 public:
  explicit FileInput(const certstore::InputFile& file);
  [[nodiscard]] certstore::ByteView take(std::size_t size) override;
  [[nodiscard]] std::uint64_t pass(std::uint64_t size, const certstore::Sink& sink) override;

 private:
  const certstore::InputFile& file_;
  zip::Window window_;
  std::uint64_t offset_ = 0;
};

}  // namespace formats::tar
