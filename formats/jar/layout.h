// The places of a JAR's signature: which entries are its manifest, signature files and blocks, and which are
// files to be signed. Looks at names only (JAR File Specification, "Signed JAR File").
#pragma once

#include "certstore/base/issue.h"
#include "formats/zip/index.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace formats::jar {

inline constexpr std::string_view kFolder = "META-INF/";
inline constexpr std::string_view kManifest = "META-INF/MANIFEST.MF";

enum class Role {
  manifest,
  signature_file,   // META-INF/*.SF
  signature_block,  // META-INF/*.RSA, *.DSA, *.EC
  foreign_block,    // META-INF/SIG-*: a signature of a kind that nobody reads
  file
};
// Of a file by its name, in whatever case; folders below META-INF/ do not count.
[[nodiscard]] Role role_of(std::string_view name);

// A signature file and what signs it; entries by their place in the index.
struct SignaturePlace {
  std::string base;  // in upper case, "META-INF/" and ".SF" left out
  std::optional<std::size_t> file;
  std::vector<std::size_t> blocks;
};

struct Layout {
  std::optional<std::size_t> manifest;
  std::vector<SignaturePlace> signatures;  // in the order of the archive
  std::vector<std::size_t> files;          // that need a signature, in the order of the archive
  std::vector<std::size_t> directories;
  certstore::Issues issues;  // about manifest, signature files and blocks

  [[nodiscard]] bool is_signed() const { return !signatures.empty(); }
};

[[nodiscard]] Layout layout_of(const zip::Index& index);
// The name of the first signature file or block, by which an archive is known as a signed JAR.
[[nodiscard]] std::optional<std::string_view> first_mark(const zip::Index& index);

// Whether an unsigned file of this name changes what signed ones mean to a running program: JAR File
// Specification, "Multi-release JAR files" and "Service Provider".
[[nodiscard]] bool is_shadowing(std::string_view name);

}  // namespace formats::jar
