// An opened JAR before any judgement.
#pragma once

#include "certstore/base/file.h"
#include "formats/jar/layout.h"

#include <string_view>

namespace formats::jar {

struct Contents {
  const certstore::InputFile& file;
  zip::Index index;
  bool sound = false;  // if not, nothing may be read by this index
  Layout layout;

  [[nodiscard]] std::string_view name(std::size_t entry) const { return index.entries[entry].name; }
};

}  // namespace formats::jar
