// A file as all formats see it when it is opened: its index is read once, for whoever recognises it.
#pragma once

#include "certstore/base/file.h"
#include "formats/tar/index.h"
#include "formats/tar/pass.h"
#include "formats/zip/index.h"

#include <memory>
#include <optional>

namespace formats {

struct Container {
  const certstore::InputFile& file;
  std::optional<zip::IndexResult> zip;             // absent: the file does not look like a ZIP archive
  std::optional<tar::IndexResult> tar = {};        // absent: nor a tar
  std::shared_ptr<const tar::Pass> tar_pass = {};  // of a compressed tar, its index moved to `tar`
};

}  // namespace formats
