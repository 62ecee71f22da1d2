#include "tests/unit/zip_files.h"

#include "formats/zip/index.h"
#include "formats/zip/reader.h"

#include <archive.h>
#include <archive_entry.h>

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace zip_test {

using certstore::Bytes;
using certstore::ByteView;
using certstore::InputFile;

InputFile file_of(ByteView bytes) {
  certstore::FileDescriptor descriptor(::memfd_create("archive", MFD_CLOEXEC));
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor.get(), bytes.data(), bytes.size());
    if (put <= 0) throw std::runtime_error("cannot write a file in memory");
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return {std::move(descriptor), "archive in memory"};
}

std::optional<std::filesystem::path> data_folder() {
  // Set by ctest for every test (tests/CMakeLists.txt).
  const char* const named = std::getenv("PKGTRUST_TEST_DATA");
  const std::filesystem::path folder = named != nullptr ? named : "../shared/data";
  if (std::filesystem::is_directory(folder)) return folder;
  if (std::getenv("PKGTRUST_REQUIRE_DATA") != nullptr) {
    throw std::runtime_error("PKGTRUST_REQUIRE_DATA is set and there is no " + folder.string());
  }
  std::cout << "skipped: there is no " << folder.string() << '\n';
  return std::nullopt;
}

std::vector<std::vector<std::string>> read_table(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  std::vector<std::vector<std::string>> rows;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream cells(line);
    rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, '\t');) rows.back().push_back(cell);
  }
  return rows;
}

std::optional<std::vector<Seen>> read_with_libarchive(const InputFile& file) {
  const std::unique_ptr<archive, decltype(&archive_read_free)> reader(archive_read_new(), archive_read_free);
  archive_read_support_format_zip(reader.get());
  ::lseek(file.descriptor(), 0, SEEK_SET);
  if (archive_read_open_fd(reader.get(), file.descriptor(), 65536) != ARCHIVE_OK) return std::nullopt;
  std::vector<Seen> seen;
  archive_entry* entry = nullptr;
  int outcome = ARCHIVE_OK;
  while ((outcome = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    // Without a locale the name's own bytes are what archive_entry_pathname() gives.
    const char* const name = archive_entry_pathname(entry);
    if (name == nullptr) return std::nullopt;
    Seen one{name, {}};
    Bytes buffer(65536);
    la_ssize_t got = 0;
    while ((got = archive_read_data(reader.get(), buffer.data(), buffer.size())) > 0) {
      certstore::append(one.content, ByteView(buffer).first(static_cast<std::size_t>(got)));
    }
    if (got < 0) return std::nullopt;
    seen.push_back(std::move(one));
  }
  if (outcome != ARCHIVE_EOF) return std::nullopt;
  return seen;
}

std::optional<std::vector<Seen>> read_with_ours(const InputFile& file) {
  const formats::zip::IndexResult result = formats::zip::read_index(file);
  if (!result.sound()) return std::nullopt;
  std::vector<Seen> seen;
  for (const formats::zip::Entry& entry : result.index.entries) {
    Seen one{std::string(entry.name), {}};
    const auto damage =
        read_entry(file, entry, [&](ByteView piece) { certstore::append(one.content, piece); });
    if (damage) return std::nullopt;
    seen.push_back(std::move(one));
  }
  return seen;
}

}  // namespace zip_test
