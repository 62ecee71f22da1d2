// The manifest (.mf) of an OVF package: a digest for each file but the manifest and the certificate file.
#pragma once

#include "certstore/base/issue.h"
#include "formats/ova/digest_line.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace formats::ova {

struct Manifest {
  std::vector<DigestLine> lines;
  std::map<std::string, std::size_t, std::less<>> by_name;  // places in `lines`
  certstore::Issues issues;  // what is wrong or spelled otherwise; subjects are `name`, or a file's

  [[nodiscard]] const DigestLine* find(std::string_view file) const;
};

// Reads the manifest called `name`. Whatever is wrong with it is a finding.
[[nodiscard]] Manifest read_manifest(certstore::ByteView text, std::string_view name);

// The findings for lines that are not spelled as the standard does, one for each way.
[[nodiscard]] certstore::Issues spelling_findings(const std::vector<DigestLine>& lines,
                                                  std::string_view name);

}  // namespace formats::ova
