// The places of a signed tar's signatures: pairs of a manifest and a CMS signature over it, before or behind
// the members. Looks at names and kinds only.
#pragma once

#include "certstore/base/issue.h"
#include "formats/tar/index.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace formats::tar {

inline constexpr std::string_view kFolder = ".signatures";
inline constexpr std::string_view kManifestEnd = ".mtree";
inline constexpr std::string_view kSignatureEnd = ".p7s";
// The context (certstore/cms.h) of a signature over a manifest: it cannot be shown as one beside a file or of
// a JAR, nor such a one as this.
inline constexpr std::string_view kManifestContext = "tar manifest";

// 1 to 999 for ".signatures/001.mtree" or ".signatures/001.p7s"; nothing for other names.
[[nodiscard]] std::optional<unsigned> signature_number(std::string_view name);
[[nodiscard]] std::string signature_name(unsigned number, std::string_view end);

struct SignaturePlace {
  unsigned number = 0;
  std::size_t manifest = 0;  // entries
  std::size_t signature = 0;
};

struct Layout {
  std::vector<SignaturePlace> signatures;  // in the order of their numbers
  std::vector<std::size_t> own;            // the signatures' files and folder, in the order of the archive
  std::vector<std::size_t> members;        // all others
  certstore::Issues issues;

  [[nodiscard]] bool is_signed() const { return !own.empty(); }
};

// `is_stream`: the pairs must stand before all else.
[[nodiscard]] Layout layout_of(const Index& index, bool is_stream);

}  // namespace formats::tar
