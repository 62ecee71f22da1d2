// The places of a vRO package: which entries are files, which are their signatures, which belong to an
// element. Looks at names only.
#pragma once

#include "formats/zip/index.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace formats {

inline constexpr std::string_view kVroMeta = "dunes-meta-inf";
inline constexpr std::string_view kVroSignatures = "signatures/";
inline constexpr std::string_view kVroCertificates = "certificates/";
inline constexpr std::string_view kVroElements = "elements/";

// A file outside signatures/ and the entry that holds its signature.
struct VroFile {
  std::size_t entry = 0;
  std::optional<std::size_t> signature;
};

// The files of elements/<id>/, in the order as found.
struct VroElementPlace {
  std::string_view id;
  std::vector<std::size_t> entries;
};

// Entries by their place in `index.entries`; the views live as long as the index.
struct VroLayout {
  std::optional<std::size_t> meta;
  std::vector<VroFile> files;             // dunes-meta-inf too
  std::vector<std::size_t> certificates;  // certificates/*.cer, of the files
  std::vector<std::size_t> signatures;    // all files under signatures/
  std::vector<std::size_t> orphans;       // those of them that sign no file
  std::vector<std::size_t> directories;
  std::vector<VroElementPlace> elements;
};

[[nodiscard]] VroLayout vro_layout(const zip::Index& index);
// The name of the file of the element's part, as "info" or "data"; absent if it has none.
[[nodiscard]] std::optional<std::size_t> part_of(const VroElementPlace& element, const zip::Index& index,
                                                 std::string_view part);

// "certificates/<subject>.cer"
[[nodiscard]] std::string certificate_path(std::string_view subject);
// Whether `text`, as found in a file name or property, is the subject of which certificates give the RFC 4514
// string `subject`: that string, or how vropkg writes it (in the order of the certificate, nothing escaped).
[[nodiscard]] bool names_subject(std::string_view text, std::string_view subject);

}  // namespace formats
