#include "formats/ova/manifest.h"

#include "certstore/base/error.h"
#include "certstore/base/limits.h"
#include "formats/ova/text_lines.h"

#include <map>

namespace formats::ova {
namespace {

using certstore::IssueCode;

void read_line(std::string_view line, std::size_t number, Manifest& manifest) {
  DigestLine read = read_digest_line(line, number);
  if (read.value.size() != certstore::size_of(read.algorithm)) {
    throw certstore::Error(certstore::ErrorKind::malformed,
                           "line " + std::to_string(number) + ": its digits are not as many as " +
                               std::string(certstore::name_of(read.algorithm)) + " has");
  }
  manifest.lines.push_back(std::move(read));
}

void find_doubles(Manifest& manifest) {
  for (std::size_t i = 0; i < manifest.lines.size(); ++i) {
    const DigestLine& line = manifest.lines[i];
    if (manifest.by_name.emplace(line.name, i).second) continue;
    manifest.issues.push_back({IssueCode::duplicate_section, line.name,
                               "line " + std::to_string(line.number) + " of the manifest names it again"});
  }
}

}  // namespace

const DigestLine* Manifest::find(std::string_view file) const {
  const auto found = by_name.find(file);
  return found == by_name.end() ? nullptr : &lines[found->second];
}

certstore::Issues spelling_findings(const std::vector<DigestLine>& lines, std::string_view name) {
  std::map<std::string_view, std::pair<std::size_t, std::size_t>> ways;  // first line, number of lines
  for (const DigestLine& line : lines) {
    if (line.spelling.empty()) continue;
    ++ways.try_emplace(line.spelling, line.number, 0).first->second.second;
  }
  certstore::Issues issues;
  for (const auto& [way, place] : ways) {
    const std::string more =
        place.second == 1 ? "" : " and " + std::to_string(place.second - 1) + " further ones";
    issues.push_back({IssueCode::digest_spelling, std::string(name),
                      "line " + std::to_string(place.first) + more + ": " + std::string(way)});
  }
  return issues;
}

Manifest read_manifest(certstore::ByteView text, std::string_view name) {
  Manifest manifest;
  try {
    for_each_line(text, [&](std::string_view line, std::size_t number) {
      if (!line.empty()) read_line(line, number, manifest);
    });
    if (manifest.lines.empty()) {
      throw certstore::Error(certstore::ErrorKind::malformed, "it names no file");
    }
  } catch (const certstore::Error& error) {
    if (error.kind() != certstore::ErrorKind::malformed) throw;
    manifest.lines.clear();
    manifest.issues = {{IssueCode::malformed_layout, std::string(name), error.what()}};
    return manifest;
  }
  manifest.issues = spelling_findings(manifest.lines, name);
  find_doubles(manifest);
  return manifest;
}

}  // namespace formats::ova
