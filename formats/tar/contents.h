// An opened tar before any judgement.
#pragma once

#include "certstore/base/file.h"
#include "formats/tar/layout.h"
#include "formats/tar/pass.h"

#include <memory>

namespace formats::tar {

struct Contents {
  const certstore::InputFile& file;
  Index index;
  bool sound = false;  // if not, nothing may be read by this index
  Layout layout;
  std::shared_ptr<const Pass> pass;  // of a compressed tar, its index moved out; null: plain

  // The entry whose content this one has: itself, or what a hard link leads to.
  [[nodiscard]] std::size_t content_of(std::size_t entry) const;
  // The digest that the pass found, or reads for it.
  [[nodiscard]] certstore::Bytes sha256_of(std::size_t entry) const;
  // Gives the content of the entry to `sink`.
  void read(std::size_t entry, const certstore::Sink& sink) const;
  // Of a manifest or signature. Throws Error(malformed) beyond `limit`.
  [[nodiscard]] certstore::Bytes read_small(std::size_t entry, std::size_t limit) const;
};

}  // namespace formats::tar
