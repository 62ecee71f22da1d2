// Runs the ZIP writer into a file that is gone at the end of the test.
#pragma once

#include "certstore/base/file.h"
#include "formats/zip/reader.h"
#include "formats/zip/writer.h"

#include <filesystem>
#include <functional>
#include <optional>

namespace zip_test {

class Written {
 public:
  explicit Written(const std::function<void(formats::zip::Writer&)>& calls)
      : out_(std::filesystem::temp_directory_path() / "pkgtrust-never-committed.zip") {
    formats::zip::Writer writer(out_);
    calls(writer);
    file_.emplace(out_.reopen());
  }
  [[nodiscard]] const certstore::InputFile& file() const { return *file_; }

 private:
  certstore::AtomicFile out_;
  std::optional<certstore::InputFile> file_;
};

// The bytes that `calls` write.
[[nodiscard]] inline certstore::Bytes written(const std::function<void(formats::zip::Writer&)>& calls) {
  return Written(calls).file().read_all(std::size_t{1} << 28);
}

}  // namespace zip_test
