// A file that is one entry, which is one element and the whole: what has no layout of its own, and what a
// signature beside it covers.
#pragma once

#include "formats/format.h"

#include <string>
#include <vector>

namespace formats {

class WholeFile : public SignedPackage {
 public:
  // The file must outlive the package. `name` is what the entry is called.
  WholeFile(const certstore::InputFile& file, std::string name);

  [[nodiscard]] std::span<const Entry> entries() const final { return entries_; }
  [[nodiscard]] const certstore::Issues& issues() const final { return issues_; }
  [[nodiscard]] std::optional<certstore::Issue> read(std::size_t entry,
                                                     const certstore::Sink& sink) const final;
  [[nodiscard]] certstore::Issues check_set(const Coverage& coverage,
                                            std::span<const VerifiedSignature> verified,
                                            std::span<const certstore::DigestValue> set_digests,
                                            unsigned jobs) const final;
  [[nodiscard]] std::vector<Element> elements(const Coverage& coverage, unsigned jobs) const final;

 protected:
  [[nodiscard]] const certstore::InputFile& file() const { return file_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  void find(certstore::Issue issue) { issues_.push_back(std::move(issue)); }

 private:
  const certstore::InputFile& file_;
  std::string name_;
  std::vector<Entry> entries_;
  certstore::Issues issues_;
};

// The file's name without its folder.
[[nodiscard]] std::string own_name(const certstore::InputFile& file);

}  // namespace formats
