// What the files of a vRO element say of it. Everything here is untrusted text in verified bytes: what cannot
// be read is left out, never thrown.
#pragma once

#include "certstore/base/bytes.h"

#include <string>
#include <string_view>
#include <vector>

namespace formats {

// From `data`.
struct VroContent {
  std::string name;
  std::string version;
  // MD5 of each form in which a server may have signed the content: docs/formats/vro.md, "content-signature".
  std::vector<certstore::Bytes> digests;
};

// Reads `data` of an element of that type: XML, or for resources a ZIP archive.
[[nodiscard]] VroContent read_vro_content(std::string_view type, certstore::ByteView data);
// Whether a former content in `version-history` has that MD5, in one of those forms.
[[nodiscard]] bool history_has(certstore::ByteView history, std::string_view type,
                               const certstore::Bytes& digest);
// The category path of `categories`, parts joined by '/'.
[[nodiscard]] std::string read_vro_folder(certstore::ByteView categories);

}  // namespace formats
