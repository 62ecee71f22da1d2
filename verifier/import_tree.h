// The directory that an import leaves: it appears or changes whole, or not at all.
#pragma once

#include "formats/format.h"
#include "verifier/extract.h"
#include "verifier/staging.h"

#include <sys/stat.h>

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace verifier {

// How a file of the package stands to the target; older: of an element whose version is lower than that of
// what is there.
enum class TreeChange { added, same, changed, older };

// Whether a file is there with other content.
[[nodiscard]] constexpr bool would_replace(TreeChange change) {
  return change == TreeChange::changed || change == TreeChange::older;
}

struct ImportPlan {
  std::vector<ExtractedEntry> files;
  std::vector<TreeChange> changes;  // one for each of `files`
};

struct ImportOptions {
  bool replace_changed = false;  // --force
  unsigned jobs = 0;
  bool show_progress = false;
};

class ImportTarget {
 public:
  // Looks, and writes nothing. Throws Error(io) for what cannot be swapped: a symbolic link, a file, a mount
  // point, the working directory; and where the directory above is absent.
  explicit ImportTarget(const std::filesystem::path& path);

  [[nodiscard]] const std::string& shown() const { return shown_; }
  [[nodiscard]] bool is_new() const { return !folder_.is_open() || empty_; }

  // What killed runs left beside the target; throws Error(io) if one is still running.
  [[nodiscard]] Leftovers leftovers() const { return find_leftovers(parent_.get(), name_); }
  void remove_leftovers(const Leftovers& leftovers) const;

  // How each file stands to what is there. Throws Error(io) where a link or a folder is in the way.
  [[nodiscard]] std::vector<TreeChange> compare(std::span<const ExtractedEntry> files, unsigned jobs) const;
  // The content of a file that is there; nothing where none is, or it has more than `most` bytes.
  [[nodiscard]] std::optional<certstore::Bytes> read(const std::string& name, std::size_t most) const;

  // Leaves the target with all files of the plan and all that was there before; on an exception it is as it
  // was. Throws Error(io), before anything is written, if files are changed and may not be replaced.
  void write(const formats::SignedPackage& package, const ImportPlan& plan,
             const ImportOptions& options) const;

 private:
  void build(const formats::SignedPackage& package, const ImportPlan& plan, const ImportOptions& options,
             const Staging& staging) const;
  void put_in_place(const Staging& staging) const;
  [[nodiscard]] Folder folder() const;

  std::string shown_;
  std::string name_;  // in parent_
  certstore::FileDescriptor parent_;
  certstore::FileDescriptor folder_;  // not open if the target is absent
  struct stat facts_ {};
  bool empty_ = true;
};

}  // namespace verifier
