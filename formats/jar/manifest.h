// The manifest of a JAR by the names of its entries.
#pragma once

#include "certstore/base/issue.h"
#include "formats/jar/digests.h"
#include "formats/jar/text.h"

#include <string_view>
#include <unordered_map>
#include <vector>

namespace formats::jar {

class Manifest {
 public:
  // Parses `bytes`, which must outlive the manifest. Throws Error(malformed) for what Text::parse() refuses,
  // and where Manifest-Version does not come first. Sections of one name are found in issues().
  Manifest(certstore::ByteView bytes, std::string_view what);

  [[nodiscard]] const Text& text() const { return text_; }
  // Null if there is no section of that name, or more than one.
  [[nodiscard]] const Section* find(std::string_view name) const;
  [[nodiscard]] const certstore::Issues& issues() const { return issues_; }

 private:
  Text text_;
  std::unordered_map<std::string_view, const Section*> by_name_;  // null: more than one
  certstore::Issues issues_;
};

// Throws Error(malformed) unless the first attribute of the main section is `version`.
void require_version_first(const Text& text, std::string_view version, std::string_view what);

}  // namespace formats::jar
