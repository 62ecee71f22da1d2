// A folder that names out of a package cannot leave: every name is resolved beneath it and through no
// symbolic link, by the kernel where it can (openat2), else component by component.
#pragma once

#include "certstore/base/file.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace verifier {

// Throws Error(malformed) unless `name` is a relative path of plain components: none empty, "." or "..", no
// control character, no backslash, at most limits::kFolderDepth components.
void require_safe_name(std::string_view name);

// Throws Error(unsupported) unless the symbolic link `name` leads to a place beneath the folder that `name`
// is beneath: a relative target that goes up first, if at all, and no further than that folder. One that goes
// up after it went down is refused: what it went down through may be a link.
void require_safe_link(std::string_view name, std::string_view target);

// The names in an open directory, without "." and "..", in no order. Throws Error(io).
[[nodiscard]] std::vector<std::string> names_in(int folder);

// What the symbolic link `leaf` in an open folder leads to; with an empty `leaf`, the link that was opened
// itself (readlink(2)). Empty if it is no link; throws Error(io).
[[nodiscard]] std::optional<std::string> read_link(int folder, const std::string& leaf,
                                                   const std::string& shown);

class Folder {
 public:
  enum class Walk { by_kernel, stepwise };

  // Takes an open directory; `shown` is what messages call it. Falls back to Walk::stepwise by itself where
  // the kernel has no openat2 (before Linux 5.6, or forbidden by a sandbox).
  Folder(certstore::FileDescriptor descriptor, std::string shown, Walk walk = Walk::by_kernel);

  [[nodiscard]] int descriptor() const { return descriptor_.get(); }
  [[nodiscard]] const std::string& shown() const { return shown_; }
  [[nodiscard]] Walk walk() const { return walk_; }

  // Makes the folder and those above it (0755 less the umask), each once. One that exists and was not made or
  // adopted here is another name for it (equal but for case): throws Error(io).
  void make_folder(const std::string& name);
  // Counts an existing folder as made here.
  void adopt(const std::string& name) { made_.insert(name); }
  // Makes a new file (0644 or 0755, less the umask) in a folder that exists. Throws Error(io) if the name is
  // taken. May be called by many threads.
  [[nodiscard]] certstore::FileDescriptor create_file(const std::string& name,
                                                      bool is_executable = false) const;
  // Makes a new symbolic link in a folder that exists. Throws Error(io) if the name is taken.
  void make_link(const std::string& name, const std::string& target) const;
  // What the symbolic link of that name leads to. Empty if there is nothing of that name; throws Error(io) if
  // something else stands in the way.
  [[nodiscard]] std::optional<std::string> link_target(const std::string& name) const;
  // Opens an existing file or folder for reading. Empty if there is nothing of that name; throws Error(io) if
  // a symbolic link, or something else than a folder, stands in the way.
  [[nodiscard]] std::optional<certstore::FileDescriptor> open(const std::string& name) const;

 private:
  [[nodiscard]] int open_beneath(const std::string& name, int flags, mode_t mode) const;
  // The folder that `name` is in (not open: this one itself), and its last component.
  [[nodiscard]] std::pair<certstore::FileDescriptor, std::string> open_above(const std::string& name) const;
  [[nodiscard]] int open_stepwise(const std::string& name, int flags, mode_t mode) const;

  certstore::FileDescriptor descriptor_;
  std::string shown_;
  Walk walk_;
  std::set<std::string, std::less<>> made_;
};

}  // namespace verifier
