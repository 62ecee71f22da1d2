// What the files of a vRO element say of it. Everything here is untrusted text in verified bytes: what cannot
// be read is left out, never thrown.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/limits.h"

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
  std::size_t inflated = 0;  // bytes of the inner content of a resource
};

// Reads `data` of an element of that type: XML, or for resources a ZIP archive, whose inner content is left
// out where it has more than `most` bytes.
[[nodiscard]] VroContent read_vro_content(std::string_view type, certstore::ByteView data,
                                          std::size_t most = certstore::limits::kElementData);
// Whether a former content in `version-history` has that MD5, in one of those forms. All inner contents
// together are inflated to at most `most` bytes: a history of archives is a bomb in a bomb.
[[nodiscard]] bool history_has(certstore::ByteView history, std::string_view type,
                               const certstore::Bytes& digest,
                               std::size_t most = certstore::limits::kElementData);
// The category path of `categories`, parts joined by '/'.
[[nodiscard]] std::string read_vro_folder(certstore::ByteView categories);

}  // namespace formats
