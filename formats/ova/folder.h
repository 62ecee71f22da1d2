// An OVF package whose files lie in one folder: the descriptor was opened, the others are its neighbours.
#pragma once

#include "certstore/base/neighbours.h"
#include "formats/container.h"
#include "formats/ova/members.h"

#include <string>
#include <vector>

namespace formats::ova {

// Whether the file is a descriptor (.ovf) with a manifest or certificate file of its name beside it.
[[nodiscard]] bool is_descriptor_in_folder(const Container& container);

// The descriptor, .mf and .cert of its name, and the files that the manifest names; what is no plain file in
// the folder is not there. What the folder holds beside them is not part of the package.
class FolderMembers final : public Members {
 public:
  // Throws Error(unsupported) for a manifest that names more than limits::kOvfFiles files.
  explicit FolderMembers(const certstore::InputFile& descriptor);
  [[nodiscard]] std::span<const Member> all() const override { return members_; }
  // Throws also Error(io) for a file that changed since it was opened.
  void read(std::size_t member, const certstore::Sink& sink) const override;

 private:
  void add(const std::string& name);

  const certstore::InputFile& descriptor_;
  certstore::Neighbours neighbours_;
  std::vector<certstore::InputFile> files_;  // member 0 is the descriptor itself, member i is files_[i - 1]
  std::vector<Member> members_;
};

}  // namespace formats::ova
