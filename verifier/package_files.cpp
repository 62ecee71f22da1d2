#include "verifier/package_files.h"

#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "certstore/base/interrupt.h"
#include "certstore/base/limits.h"
#include "certstore/store_folder.h"
#include "formats/beside.h"
#include "verifier/folder.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace verifier {
namespace {

namespace fs = std::filesystem;
using certstore::Error;
using certstore::ErrorKind;

// The signature beside a file is looked at with that file.
bool is_beside_another(const std::string& path) {
  for (const formats::BesideFormat& row : formats::beside_formats()) {
    std::error_code failure;
    if (!std::string_view(path).ends_with(row.suffix)) continue;
    if (!fs::is_regular_file(path.substr(0, path.size() - row.suffix.size()), failure)) continue;
    if (!row.is_shared || row.recognises(certstore::InputFile::open(path))) return true;
  }
  return false;
}

class Walk {
 public:
  Walk(FoundFiles& found, std::size_t most) : found_(found), most_(most) {}

  void into(const fs::path& folder, std::size_t operand, std::size_t depth) {
    certstore::throw_if_interrupted();
    std::vector<std::string> names;
    try {
      if (depth > certstore::limits::kFolderDepth) {
        throw Error(ErrorKind::io, certstore::in_quotes(folder.string()) + " lies too deep");
      }
      names = names_in(certstore::open_folder(folder).get());
    } catch (const Error& error) {
      found_.unread.push_back({folder.string(), operand, error});
      return;
    }
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
      if (found_.files.size() >= most_) return stop(folder, operand);
      look_at(folder / name, operand, depth);
    }
  }

 private:
  // Said once, though every folder above is left too.
  void stop(const fs::path& folder, std::size_t operand) {
    if (std::exchange(is_full_, true)) return;
    const Error error(ErrorKind::io, "more than " + std::to_string(most_) + " files are too many for one run",
                      "name fewer folders");
    found_.unread.push_back({folder.string(), operand, error});
  }

  void look_at(const fs::path& path, std::size_t operand, std::size_t depth) {
    std::error_code failure;
    const bool is_link = fs::is_symlink(fs::symlink_status(path, failure));
    const fs::file_status status = fs::status(path, failure);
    if (fs::is_directory(status)) {
      if (!is_link) into(path, operand, depth + 1);
      return;
    }
    // A pipe, a device: to open one could wait for ever. It is no package.
    if (fs::exists(status) && !fs::is_regular_file(status)) return;
    try {
      if (is_beside_another(path.string())) return;
    } catch (const Error&) {
      // What cannot be read is listed, and said when it is judged.
    }
    found_.files.push_back({path.string(), operand, true});
  }

  FoundFiles& found_;
  std::size_t most_;
  bool is_full_ = false;
};

}  // namespace

FoundFiles find_package_files(const std::vector<std::string>& operands, std::size_t most) {
  FoundFiles found;
  Walk walk(found, most);
  for (std::size_t i = 0; i < operands.size(); ++i) {
    std::error_code failure;
    if (operands[i] != "-" && fs::is_directory(operands[i], failure)) {
      walk.into(operands[i], i, 0);
    } else {
      found.files.push_back({operands[i], i, false});
    }
  }
  return found;
}

}  // namespace verifier
