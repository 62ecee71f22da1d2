// The manifest of a JAR by the names of its entries.
#pragma once

#include "certstore/base/issue.h"
#include "formats/jar/digests.h"
#include "formats/jar/text.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace formats::jar {

class Manifest {
 public:
  // Parses `bytes`, which must outlive the manifest. Throws Error(malformed) for what Text::parse() refuses,
  // and where Manifest-Version does not come first. Sections of one name are found in issues().
  Manifest(certstore::ByteView bytes, std::string_view what);

  [[nodiscard]] const Text& text() const { return text_; }
  // Null if there is no section of that name, or more than one. `likely`: where among the sections it may be;
  // nearly all writers keep one order, and looking there first costs next to nothing.
  [[nodiscard]] const Section* find(std::string_view name, std::size_t likely = 0) const;
  // The place of a section that find() gave.
  [[nodiscard]] std::size_t place_of(const Section& section) const {
    return static_cast<std::size_t>(&section - text_.sections().data());
  }
  [[nodiscard]] const certstore::Issues& issues() const { return issues_; }

 private:
  Text text_;
  void sort_names();

  struct Place {
    std::size_t hash = 0;  // of the name
    std::uint32_t section = 0;
  };
  std::vector<Place> by_name_;  // sorted by hash, then name, then place: crafted hashes cost n log n too
  std::vector<bool> repeated_;  // the sections whose name another has too
  certstore::Issues issues_;
};

// Throws Error(malformed) unless the first attribute of the main section is `version`.
void require_version_first(const Text& text, std::string_view version, std::string_view what);

}  // namespace formats::jar
