#include "formats/whole_file.h"

#include "certstore/base/file_windows.h"

#include <filesystem>
#include <utility>

namespace formats {

WholeFile::WholeFile(const certstore::InputFile& file, std::string name)
    : file_(file), name_(std::move(name)) {
  entries_.push_back({.name = name_, .size = file.size(), .is_directory = false});
}

std::optional<certstore::Issue> WholeFile::read(std::size_t, const certstore::Sink& sink) const {
  certstore::read_windows(file_, sink);
  return std::nullopt;
}

certstore::Issues WholeFile::check_set(const Coverage&, std::span<const VerifiedSignature>,
                                       std::span<const certstore::DigestValue>, unsigned) const {
  return {};
}

std::vector<Element> WholeFile::elements(const Coverage&, unsigned) const {
  Element element;
  element.id = name_;
  element.kind = "file";
  element.name = name_;
  element.entries = {0};
  return {element};
}

std::string own_name(const certstore::InputFile& file) {
  return std::filesystem::path(file.name()).filename().string();
}

}  // namespace formats
