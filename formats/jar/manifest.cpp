#include "formats/jar/manifest.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

#include <algorithm>
#include <functional>

namespace formats::jar {

void require_version_first(const Text& text, std::string_view version, std::string_view what) {
  const std::span<const Attribute> main = text.attributes(text.main());
  if (!main.empty() && is_name(main.front().name, version)) return;
  throw certstore::Error(certstore::ErrorKind::malformed,
                         certstore::in_quotes(what) + " does not begin with " + std::string(version));
}

Manifest::Manifest(certstore::ByteView bytes, std::string_view what) : text_(Text::parse(bytes, what)) {
  require_version_first(text_, "Manifest-Version", what);
  sort_names();
}

void Manifest::sort_names() {
  const auto sections = text_.sections();
  const std::hash<std::string_view> hash;
  by_name_.reserve(sections.size());
  for (const Section& section : sections) {
    by_name_.push_back({hash(section.name), static_cast<std::uint32_t>(by_name_.size())});
  }
  std::sort(by_name_.begin(), by_name_.end(), [&](const Place& a, const Place& b) {
    if (a.hash != b.hash) return a.hash < b.hash;
    const int order = sections[a.section].name.compare(sections[b.section].name);
    return order != 0 ? order < 0 : a.section < b.section;
  });
  repeated_.resize(sections.size());
  std::vector<std::uint32_t> later;
  for (std::size_t i = 1; i < by_name_.size(); ++i) {
    const Place& before = by_name_[i - 1];
    const Place& place = by_name_[i];
    if (before.hash != place.hash || sections[before.section].name != sections[place.section].name) continue;
    if (!repeated_[before.section]) later.push_back(place.section);  // each name is found once
    repeated_[before.section] = repeated_[place.section] = true;
  }
  std::sort(later.begin(), later.end());
  for (const std::uint32_t section : later) {
    issues_.push_back({certstore::IssueCode::duplicate_section, std::string(sections[section].name),
                       "the manifest has more than one section of this name"});
  }
}

const Section* Manifest::find(std::string_view name, std::size_t likely) const {
  const auto sections = text_.sections();
  if (likely >= sections.size() || sections[likely].name != name) {
    const std::size_t hash = std::hash<std::string_view>()(name);
    const auto place = std::lower_bound(
        by_name_.begin(), by_name_.end(), name, [&](const Place& a, std::string_view wanted) {
          return a.hash != hash ? a.hash < hash : sections[a.section].name < wanted;
        });
    if (place == by_name_.end() || sections[place->section].name != name) return nullptr;
    likely = place->section;
  }
  return repeated_[likely] ? nullptr : &sections[likely];
}

}  // namespace formats::jar
