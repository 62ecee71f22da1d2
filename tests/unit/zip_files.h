// Files for the tests of the ZIP reader: archives in memory and the corpora of others.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/file.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace zip_test {

// A file that holds `bytes` and has no name.
[[nodiscard]] certstore::InputFile file_of(certstore::ByteView bytes);

// The folder of the test data of others, or nothing if there is none; then says so on standard output, or
// throws if PKGTRUST_REQUIRE_DATA is set.
[[nodiscard]] std::optional<std::filesystem::path> data_folder();

// The rows of a table with a line of headings, each cut at tabs.
[[nodiscard]] std::vector<std::vector<std::string>> read_table(const std::filesystem::path& path);

// The names that libarchive's reader finds and their contents, in its order; nothing if it reports an error
// or a warning.
struct Seen {
  std::string name;
  certstore::Bytes content;
  friend bool operator==(const Seen&, const Seen&) = default;
  friend auto operator<=>(const Seen&, const Seen&) = default;
};
[[nodiscard]] std::optional<std::vector<Seen>> read_with_libarchive(const certstore::InputFile& file);

// The same by our index and reader; nothing if we refuse.
[[nodiscard]] std::optional<std::vector<Seen>> read_with_ours(const certstore::InputFile& file);

}  // namespace zip_test
