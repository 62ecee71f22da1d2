#include "formats/jar/layout.h"

#include "certstore/base/limits.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace formats::jar {
namespace {

using certstore::IssueCode;

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return out;
}

bool is_in_folder(std::string_view name) {
  return name.size() > kFolder.size() && upper(name.substr(0, kFolder.size())) == kFolder;
}

// As java's SignatureFileVerifier: no extension, or one of up to three letters and digits.
bool is_foreign_block(std::string_view leaf) {
  if (!leaf.starts_with("SIG-")) return false;
  const std::size_t dot = leaf.rfind('.');
  if (dot == std::string_view::npos) return true;
  const std::string_view extension = leaf.substr(dot + 1);
  return !extension.empty() && extension.size() <= 3 &&
         std::all_of(extension.begin(), extension.end(),
                     [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

// Collects the entries by role.
class LayoutReader {
 public:
  explicit LayoutReader(const zip::Index& index) : index_(index) {}

  Layout read() {
    for (std::size_t entry = 0; entry < index_.entries.size(); ++entry) place(entry);
    for (const SignaturePlace& signature : layout_.signatures) require_complete(signature);
    if (layout_.signatures.size() > certstore::limits::kJarSigners) {
      note(IssueCode::malformed_layout, {},
           std::to_string(layout_.signatures.size()) + " signature files are too many");
    }
    if (layout_.is_signed() && !layout_.manifest) {
      note(IssueCode::signature_incomplete, kManifest, "there are signatures and no manifest");
    }
    return std::move(layout_);
  }

 private:
  void note(IssueCode code, std::string_view subject, std::string detail) {
    layout_.issues.push_back({code, std::string(subject), std::move(detail)});
  }

  void place(std::size_t entry) {
    const zip::Entry& found = index_.entries[entry];
    if (found.is_directory) return layout_.directories.push_back(entry);
    switch (role_of(found.name)) {
      case Role::manifest:
        return place_manifest(entry);
      case Role::signature_file:
        return place_signature_file(entry);
      case Role::signature_block:
        return place_block(entry);
      case Role::foreign_block:
      case Role::file:
        return layout_.files.push_back(entry);
    }
  }

  // A checker could read one of two that differ in case, and a program the other.
  void refuse_second(std::size_t entry, std::size_t first) {
    note(IssueCode::duplicate_entry, index_.entries[entry].name,
         "it is the same as " + std::string(index_.entries[first].name) + " to whoever reads the signature");
  }

  void place_manifest(std::size_t entry) {
    if (layout_.manifest) return refuse_second(entry, *layout_.manifest);
    layout_.manifest = entry;
  }

  SignaturePlace& signature_of(std::size_t entry) {
    std::string base = upper(std::string_view(index_.entries[entry].name).substr(kFolder.size()));
    base.erase(base.rfind('.'));
    const auto [known, is_new] = by_base_.try_emplace(base, layout_.signatures.size());
    if (is_new) layout_.signatures.push_back({base, std::nullopt, {}});
    return layout_.signatures[known->second];
  }

  void place_signature_file(std::size_t entry) {
    SignaturePlace& signature = signature_of(entry);
    if (signature.file) return refuse_second(entry, *signature.file);
    signature.file = entry;
  }

  void place_block(std::size_t entry) {
    SignaturePlace& signature = signature_of(entry);
    const std::string name = upper(index_.entries[entry].name);
    for (const std::size_t other : signature.blocks) {
      if (upper(index_.entries[other].name) == name) return refuse_second(entry, other);
    }
    signature.blocks.push_back(entry);
  }

  void require_complete(const SignaturePlace& signature) {
    if (signature.file && signature.blocks.empty()) {
      note(IssueCode::signature_incomplete, index_.entries[*signature.file].name,
           "the signature block beside it (.RSA, .DSA, .EC) is missing");
    }
    if (signature.file) return;
    for (const std::size_t block : signature.blocks) {
      note(IssueCode::signature_incomplete, index_.entries[block].name,
           "the signature file beside it (.SF) is missing");
    }
  }

  const zip::Index& index_;
  Layout layout_;
  std::unordered_map<std::string, std::size_t> by_base_;
};

}  // namespace

Role role_of(std::string_view name) {
  if (!is_in_folder(name) || name.find('/', kFolder.size()) != std::string_view::npos) return Role::file;
  const std::string leaf = upper(name.substr(kFolder.size()));
  if (leaf == "MANIFEST.MF") return Role::manifest;
  if (leaf.size() > 3 && leaf.ends_with(".SF")) return Role::signature_file;
  constexpr std::array<std::string_view, 3> kBlocks = {".RSA", ".DSA", ".EC"};
  for (const std::string_view extension : kBlocks) {
    if (leaf.size() > extension.size() && leaf.ends_with(extension)) return Role::signature_block;
  }
  return is_foreign_block(leaf) ? Role::foreign_block : Role::file;
}

Layout layout_of(const zip::Index& index) {
  return LayoutReader(index).read();
}

std::optional<std::string_view> first_mark(const zip::Index& index) {
  for (const zip::Entry& entry : index.entries) {
    const Role role = role_of(entry.name);
    if (entry.is_directory || (role != Role::signature_file && role != Role::signature_block)) continue;
    return entry.name;
  }
  return std::nullopt;
}

bool is_shadowing(std::string_view name) {
  if (!is_in_folder(name)) return false;
  const std::string rest = upper(name.substr(kFolder.size()));
  return rest.starts_with("VERSIONS/") || rest.starts_with("SERVICES/");
}

}  // namespace formats::jar
