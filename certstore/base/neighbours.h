// The files that lie beside a file in its folder, for packages that are several files: by plain name only, no
// link followed, nothing above or below.
#pragma once

#include "certstore/base/file.h"

#include <optional>
#include <string>
#include <string_view>

namespace certstore {

class Neighbours {
 public:
  // Of a file without a path (standard input, a copy): none. Throws Error(io) if the folder cannot be opened.
  explicit Neighbours(const InputFile& file);

  // Opens the file of that name. Nothing where there is none, for a name that is not plain ("a/b", ".."), for
  // a link and for what is no regular file. Throws Error(io) for one that cannot be read.
  [[nodiscard]] std::optional<InputFile> open(std::string_view name) const;

 private:
  FileDescriptor folder_;
  std::filesystem::path shown_;
};

}  // namespace certstore
