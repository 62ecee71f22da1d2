// An opened vRO package before any judgement: its index, its places, the certificates that it carries.
#pragma once

#include "certstore/base/file.h"
#include "certstore/certificate.h"
#include "formats/format.h"
#include "formats/vro_layout.h"

#include <string_view>
#include <vector>

namespace formats {

struct VroCertificate {
  std::size_t entry = 0;
  certstore::Certificate certificate;
};

struct VroContents {
  const certstore::InputFile& file;
  zip::Index index;
  bool sound = false;  // if not, nothing may be read by this index
  VroLayout layout;
  std::vector<VroCertificate> certificates;  // those of certificates/*.cer that can be read

  [[nodiscard]] std::string_view name(std::size_t entry) const { return index.entries[entry].name; }
  // The whole entry. Throws Error(malformed) if it is longer than `limit` or damaged.
  [[nodiscard]] certstore::Bytes read(std::size_t entry, std::size_t limit) const;
  // The certificate of that entry, or null.
  [[nodiscard]] const certstore::Certificate* certificate_at(std::size_t entry) const;
};

}  // namespace formats
