// Tars in memory: sound ones, and such as tell a lie.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/file.h"
#include "formats/tar/index.h"
#include "formats/tar/writer.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tar_test {

// A file that holds `bytes` and has no name.
[[nodiscard]] certstore::InputFile file_of(certstore::ByteView bytes);

[[nodiscard]] certstore::Bytes member(const std::string& name, std::string_view content = "");
[[nodiscard]] certstore::Bytes directory(const std::string& name);
[[nodiscard]] certstore::Bytes link(char type, const std::string& name, const std::string& target);
// A header block of that type for what stands behind it: pax or GNU, and its content.
[[nodiscard]] certstore::Bytes extension(char type, std::string_view content);
// "LENGTH KEYWORD=VALUE\n".
[[nodiscard]] std::string pax_record(const std::string& keyword, const std::string& value);

// The first block of `member` changed by `lie`, with the checksum that it then has.
[[nodiscard]] certstore::Bytes changed(certstore::Bytes member,
                                       const std::function<void(certstore::Bytes& block)>& lie);
void put(certstore::Bytes& block, std::size_t offset, std::string_view text);

// The members behind each other and the end.
[[nodiscard]] certstore::Bytes tar_of(const std::vector<certstore::Bytes>& members);

// All findings, "id 'subject': detail" a line; empty for a sound archive.
[[nodiscard]] std::string findings_of(certstore::ByteView bytes);
// Whether one of them has that id and says `text`.
[[nodiscard]] bool finds(certstore::ByteView bytes, std::string_view id, std::string_view text);

}  // namespace tar_test
