#include "formats/ova/contents.h"

#include <unordered_map>

namespace formats::ova {

certstore::Issues bijection_findings(const Contents& contents) {
  using certstore::IssueCode;
  certstore::Issues issues;
  std::unordered_map<std::string_view, bool> named;  // whether the file is there
  for (const DigestLine& line : contents.manifest->lines) named.emplace(line.name, false);
  const auto all = contents.members->all();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto line = named.find(all[i].name);
    if (line != named.end()) line->second = true;
    const bool own = contents.layout.is_signature_file(i);
    if (own && line != named.end()) {
      issues.push_back({IssueCode::malformed_layout, all[i].name,
                        "the manifest names a file that cannot have its digest there"});
    } else if (!own && line == named.end()) {
      issues.push_back({IssueCode::added_entry, all[i].name,
                        i == contents.layout.descriptor ? "the manifest does not name the descriptor"
                                                        : "the manifest does not name it"});
    }
  }
  for (const DigestLine& line : contents.manifest->lines) {
    if (named.at(line.name)) continue;
    issues.push_back({IssueCode::removed_entry, line.name, "the manifest names it, and it is not there"});
  }
  return issues;
}

}  // namespace formats::ova
