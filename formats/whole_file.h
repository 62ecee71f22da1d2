// A file whose signature lies beside it: one entry, which is one element and the whole.
#pragma once

#include "formats/format.h"

#include <string>
#include <vector>

namespace formats {

class WholeFile : public SignedPackage {
 public:
  // Both must outlive the package.
  WholeFile(const certstore::InputFile& file, const certstore::InputFile& signature);

  [[nodiscard]] std::span<const Entry> entries() const final { return entries_; }
  [[nodiscard]] const certstore::Issues& issues() const final { return issues_; }
  [[nodiscard]] std::optional<certstore::Issue> read(std::size_t entry,
                                                     const certstore::Sink& sink) const final;
  [[nodiscard]] certstore::Issues check_set(const Coverage& coverage,
                                            std::span<const VerifiedSignature> verified,
                                            std::span<const certstore::Bytes> set_digests,
                                            unsigned jobs) const final;
  [[nodiscard]] std::vector<Element> elements(const Coverage& coverage, unsigned jobs) const final;

 protected:
  [[nodiscard]] const certstore::InputFile& file() const { return file_; }
  [[nodiscard]] const certstore::InputFile& signature() const { return signature_; }
  [[nodiscard]] const std::string& name() const { return name_; }  // of the file, without its folder
  void find(certstore::Issue issue) { issues_.push_back(std::move(issue)); }

 private:
  const certstore::InputFile& file_;
  const certstore::InputFile& signature_;
  std::string name_;
  std::vector<Entry> entries_;
  certstore::Issues issues_;
};

}  // namespace formats
