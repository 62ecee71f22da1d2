// An opened OVF package before any judgement, and what signing it needs of it.
#pragma once

#include "certstore/base/file.h"
#include "formats/ova/certificate_file.h"
#include "formats/ova/manifest.h"
#include "formats/ova/members.h"
#include "formats/tar/index.h"

#include <memory>
#include <optional>

namespace formats::ova {

struct Contents {
  const certstore::InputFile& file;
  std::unique_ptr<Members> members;
  tar::Index index;  // of an OVA: entry i is member i
  Layout layout;
  certstore::Issues container_issues;  // what no signature could mend
  // The manifest as stored, and its reading; both absent where the package is not sound or has none.
  std::shared_ptr<const certstore::Bytes> manifest_bytes;
  std::optional<Manifest> manifest;
  std::optional<CertificateText> certificate;
  bool in_folder = false;  // not one file

  [[nodiscard]] const std::string& name(std::size_t member) const { return members->all()[member].name; }
};

// The manifest against the files: what it does not name, and what it names and is not there.
[[nodiscard]] certstore::Issues bijection_findings(const Contents& contents);

}  // namespace formats::ova
