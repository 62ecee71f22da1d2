#include "formats/vro_layout.h"

#include "certstore/base/bytes.h"
#include "certstore/base/error.h"

#include <algorithm>
#include <unordered_map>

namespace formats {
namespace {

class Builder {
 public:
  explicit Builder(const zip::Index& index) : index_(index) {}

  VroLayout build() {
    for (std::size_t i = 0; i < index_.entries.size(); ++i) place(i);
    for (const std::size_t signature : layout_.signatures) {
      const std::string_view signs =
          std::string_view(index_.entries[signature].name).substr(kVroSignatures.size());
      const zip::Entry* file = index_.find(signs);
      if (file == nullptr || file->is_directory || signs.starts_with(kVroSignatures)) {
        layout_.orphans.push_back(signature);
      }
    }
    return std::move(layout_);
  }

 private:
  void place(std::size_t i) {
    const zip::Entry& entry = index_.entries[i];
    const std::string_view name = entry.name;
    if (entry.is_directory) {
      layout_.directories.push_back(i);
    } else if (name.starts_with(kVroSignatures)) {
      layout_.signatures.push_back(i);
    } else {
      place_file(i, name);
    }
  }

  void place_file(std::size_t i, std::string_view name) {
    const zip::Entry* signature = index_.find(std::string(kVroSignatures) + std::string(name));
    VroFile file{i, std::nullopt};
    if (signature != nullptr && !signature->is_directory) {
      file.signature = static_cast<std::size_t>(signature - index_.entries.data());
    }
    layout_.files.push_back(file);
    if (name == kVroMeta) layout_.meta = i;
    if (name.starts_with(kVroCertificates) && name.ends_with(".cer")) layout_.certificates.push_back(i);
    if (!name.starts_with(kVroElements)) return;
    const std::string_view rest = name.substr(kVroElements.size());
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos) return;
    const std::string_view id = rest.substr(0, slash);
    const auto [known, is_new] = places_.emplace(id, layout_.elements.size());
    if (is_new) layout_.elements.push_back({id, {}});
    layout_.elements[known->second].entries.push_back(i);
  }

  const zip::Index& index_;
  VroLayout layout_;
  std::unordered_map<std::string_view, std::size_t> places_;
};

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// RFC 4514 3 read backwards: the parts in the order of the certificate, without escapes.
std::string as_vropkg_writes(std::string_view subject) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < subject.size(); ++i) {
    if (subject[i] == ',' || subject[i] == '+') {
      parts.emplace_back();
    } else if (subject[i] != '\\' || i + 1 == subject.size()) {
      parts.back().push_back(subject[i]);
    } else if (i + 2 < subject.size() && is_hex(subject[i + 1]) && is_hex(subject[i + 2])) {
      const certstore::Bytes byte = certstore::from_hex(subject.substr(i + 1, 2));
      parts.back().push_back(static_cast<char>(byte.at(0)));
      i += 2;
    } else {
      parts.back().push_back(subject[++i]);
    }
  }
  std::string text;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (!text.empty()) text.push_back(',');
    text += *part;
  }
  return text;
}

}  // namespace

VroLayout vro_layout(const zip::Index& index) {
  return Builder(index).build();
}

std::optional<std::size_t> part_of(const VroElementPlace& element, const zip::Index& index,
                                   std::string_view part) {
  const std::size_t prefix = kVroElements.size() + element.id.size() + 1;
  for (const std::size_t entry : element.entries) {
    if (std::string_view(index.entries[entry].name).substr(prefix) == part) return entry;
  }
  return std::nullopt;
}

std::string certificate_path(std::string_view subject) {
  return std::string(kVroCertificates) + std::string(subject) + ".cer";
}

bool names_subject(std::string_view text, std::string_view subject) {
  return text == subject || text == as_vropkg_writes(subject);
}

}  // namespace formats
