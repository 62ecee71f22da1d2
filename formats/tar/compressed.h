// A tar in a gzip, zstd or xz stream: one member or frame and nothing behind it, decompressed front to back
// in bounded memory.
#pragma once

#include "certstore/base/file.h"
#include "formats/tar/input.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace formats::tar {

enum class Compression { gzip, zstd, xz };

[[nodiscard]] std::string_view name_of(Compression compression);  // "gzip"
// By the first bytes.
[[nodiscard]] std::optional<Compression> compression_of(const certstore::InputFile& file);

// What the stream gives; it ends early where the stream is not sound.
class CompressedInput : public Input {
 public:
  // What is wrong with the stream, known once all of it was read; empty if it is sound.
  [[nodiscard]] virtual std::string fault() const = 0;
  // Whether there may be more to read.
  [[nodiscard]] virtual bool is_unread() const = 0;
};
// The file must outlive it.
[[nodiscard]] std::unique_ptr<CompressedInput> decompress(const certstore::InputFile& file,
                                                          Compression compression);

}  // namespace formats::tar
