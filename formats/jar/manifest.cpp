#include "formats/jar/manifest.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

namespace formats::jar {

void require_version_first(const Text& text, std::string_view version, std::string_view what) {
  const std::span<const Attribute> main = text.attributes(text.main());
  if (!main.empty() && is_name(main.front().name, version)) return;
  throw certstore::Error(certstore::ErrorKind::malformed,
                         certstore::in_quotes(what) + " does not begin with " + std::string(version));
}

Manifest::Manifest(certstore::ByteView bytes, std::string_view what) : text_(Text::parse(bytes, what)) {
  require_version_first(text_, "Manifest-Version", what);
  by_name_.reserve(text_.sections().size());
  for (const Section& section : text_.sections()) {
    const auto [known, is_new] = by_name_.try_emplace(section.name, &section);
    if (is_new) continue;
    if (known->second != nullptr) {
      issues_.push_back({certstore::IssueCode::duplicate_section, std::string(section.name),
                         "the manifest has more than one section of this name"});
    }
    known->second = nullptr;
  }
}

const Section* Manifest::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

}  // namespace formats::jar
