// A package that exists only in memory, and a folder that goes away with the test.
#pragma once

#include "certstore/base/error.h"
#include "formats/format.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

namespace tests {

class FakePackage : public formats::SignedPackage {
 public:
  explicit FakePackage(std::map<std::string, std::string> files) : files_(std::move(files)) {
    for (const auto& [name, content] : files_) {
      entries_.push_back({.name = name, .size = content.size(), .is_directory = false});
    }
  }
  std::string_view format() const override { return "fake"; }
  std::span<const formats::Entry> entries() const override { return entries_; }
  const certstore::Issues& issues() const override { return issues_; }
  std::vector<formats::SignatureBlock> signature_blocks() const override { return {}; }
  formats::Coverage covered(std::span<const formats::VerifiedSignature>, unsigned) const override {
    return {};
  }
  std::optional<certstore::Issue> read(std::size_t entry, const certstore::Sink& sink) const override {
    const std::string& content = files_.at(std::string(entries_.at(entry).name));
    // In two pieces, as real entries come in windows.
    sink(certstore::as_bytes(content).first(content.size() / 2));
    if (failure_) throw certstore::Error(*failure_, "the fake fails in the middle of an entry");
    sink(certstore::as_bytes(content).subspan(content.size() / 2));
    return std::nullopt;
  }
  certstore::Issues check_set(const formats::Coverage&, std::span<const formats::VerifiedSignature>,
                              std::span<const certstore::DigestValue>, unsigned) const override {
    return {};
  }
  std::vector<formats::Element> elements(const formats::Coverage&, unsigned) const override { return {}; }
  certstore::Issues unprovable(const formats::Coverage&) const override { return {}; }
  std::unique_ptr<formats::SigningPlan> plan_signing(const formats::SigningRequest&) const override {
    return nullptr;
  }
  // From now on reading ends with this error.
  void fail_with(certstore::ErrorKind kind) { failure_ = kind; }

 private:
  std::map<std::string, std::string> files_;
  std::vector<formats::Entry> entries_;
  certstore::Issues issues_;
  std::optional<certstore::ErrorKind> failure_;
};

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pkgtrust-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = pattern;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline void put(const std::filesystem::path& path, const std::string& content) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

inline std::string content_of(const std::filesystem::path& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

// All names below `folder`, a slash behind the folders, sorted, joined by spaces.
inline std::string names_below(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& item : std::filesystem::recursive_directory_iterator(folder)) {
    names.insert(item.path().lexically_relative(folder).string() + (item.is_directory() ? "/" : ""));
  }
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : " ") + name;
  return all;
}

}  // namespace tests
