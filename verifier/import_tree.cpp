#include "verifier/import_tree.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/interrupt.h"
#include "certstore/base/parallel.h"
#include "certstore/file_digest.h"
#include "verifier/carry_over.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace verifier {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::FileDescriptor;
using certstore::in_quotes;
using certstore::throw_errno;

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

TreeChange change_of_link(const ExtractedEntry& link, const Folder& target) {
  const auto there = target.link_target(link.name);
  if (!there) return TreeChange::added;
  return *there == link.link_target ? TreeChange::same : TreeChange::changed;
}

TreeChange change_of_folder(const ExtractedEntry& folder, const Folder& target) {
  const auto there = target.open(folder.name.substr(0, folder.name.size() - 1));
  struct stat facts {};
  if (!there) return TreeChange::added;
  if (::fstat(there->get(), &facts) != 0) throw_errno("read", folder.name, errno);
  if (S_ISDIR(facts.st_mode)) return TreeChange::same;
  throw Error(ErrorKind::io, in_quotes(target.shown() + "/" + folder.name) + " is there and not a directory",
              "move it away, or import into another directory");
}

TreeChange change_of(const ExtractedEntry& file, const Folder& target) {
  if (file.is_directory()) return change_of_folder(file, target);
  if (file.is_link()) return change_of_link(file, target);
  auto there = target.open(file.name);
  if (!there) return TreeChange::added;
  struct stat facts {};
  if (::fstat(there->get(), &facts) != 0) throw_errno("read", file.name, errno);
  if (!S_ISREG(facts.st_mode)) {
    throw Error(ErrorKind::io, in_quotes(target.shown() + "/" + file.name) + " is there and not a file",
                "move it away, or import into another directory");
  }
  const auto found = certstore::sha256_of(certstore::InputFile(std::move(*there), file.name));
  return std::ranges::equal(found, file.judged) ? TreeChange::same : TreeChange::changed;
}

void require_replaceable(const ImportPlan& plan, const std::string& shown) {
  constexpr std::size_t kNamed = 10;
  std::size_t changed = 0;
  std::string names;
  for (std::size_t i = 0; i < plan.files.size(); ++i) {
    if (!would_replace(plan.changes[i]) || ++changed > kNamed) continue;
    names += (changed > 1 ? ", " : "") + in_quotes(plan.files[i].name);
  }
  if (changed == 0) return;
  if (changed > kNamed) names += " and " + std::to_string(changed - kNamed) + " more";
  throw Error(ErrorKind::io,
              std::to_string(changed) + (changed == 1 ? " file in " : " files in ") + in_quotes(shown) +
                  (changed == 1 ? " differs" : " differ") + " from the package's: " + names,
              "--dry-run lists what would change; --force replaces");
}

std::string parent_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path().string() : ".";
}

bool is_working_directory(const struct stat& facts) {
  struct stat here {};
  return ::stat(".", &here) == 0 && here.st_dev == facts.st_dev && here.st_ino == facts.st_ino;
}

[[noreturn]] void refuse(const std::string& shown, const std::string& why, const std::string& hint) {
  throw Error(ErrorKind::io, "cannot import into " + in_quotes(shown) + ": " + why, hint);
}

}  // namespace

ImportTarget::ImportTarget(const std::filesystem::path& path) : shown_(path.string()) {
  const std::filesystem::path plain = path.has_filename() ? path : path.parent_path();
  name_ = plain.filename().string();
  if (name_.empty() || name_ == "." || name_ == "..") {
    refuse(shown_, "the whole directory is swapped, so it must be named", "--to ./NAME");
  }
  const std::string above = parent_of(plain);
  parent_ = FileDescriptor(::open(above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent_.is_open()) throw_errno("write in", above, errno);
  if (::fstatat(parent_.get(), name_.c_str(), &facts_, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return;
    throw_errno("read", shown_, errno);
  }
  if (S_ISLNK(facts_.st_mode)) refuse(shown_, "it is a symbolic link", "name the directory that it leads to");
  if (!S_ISDIR(facts_.st_mode)) refuse(shown_, "it is not a directory", "name a directory, or use -o");
  folder_ = FileDescriptor(::openat(parent_.get(), name_.c_str(), kFolderFlags));
  struct stat above_facts {};
  if (!folder_.is_open() || ::fstat(folder_.get(), &facts_) != 0 ||
      ::fstat(parent_.get(), &above_facts) != 0) {
    throw_errno("read", shown_, errno);
  }
  if (facts_.st_dev != above_facts.st_dev) {
    refuse(shown_, "it is a mount point, which cannot be swapped", "name a directory inside it");
  }
  if (is_working_directory(facts_)) refuse(shown_, "it is the working directory", "run it from elsewhere");
  empty_ = names_in(folder_.get()).empty();
}

void ImportTarget::remove_leftovers(const Leftovers& leftovers) const {
  for (const std::string& name : leftovers.removable) remove_staging(parent_.get(), name);
}

std::vector<TreeChange> ImportTarget::compare(std::span<const ExtractedEntry> files, unsigned jobs) const {
  std::vector<TreeChange> changes(files.size(), TreeChange::added);
  if (is_new()) return changes;
  const Folder target = folder();
  certstore::for_each_parallel(files.size(), jobs,
                               [&](std::size_t i) { changes[i] = change_of(files[i], target); });
  return changes;
}

std::optional<certstore::Bytes> ImportTarget::read(const std::string& name, std::size_t most) const {
  if (is_new()) return std::nullopt;
  auto there = folder().open(name);
  struct stat facts {};
  if (!there || ::fstat(there->get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  const certstore::InputFile file(std::move(*there), name);
  if (file.size() > most) return std::nullopt;
  certstore::Bytes content(static_cast<std::size_t>(file.size()));
  file.read_at(0, content);
  return content;
}

Folder ImportTarget::folder() const {
  FileDescriptor own(::openat(folder_.get(), ".", kFolderFlags));
  if (!own.is_open()) throw_errno("read", shown_, errno);
  return {std::move(own), shown_};
}

void ImportTarget::write(const formats::SignedPackage& package, const ImportPlan& plan,
                         const ImportOptions& options) const {
  if (!options.replace_changed) require_replaceable(plan, shown_);
  const Staging staging(parent_.get(), name_, parent_of(shown_));
  // Ours is there and locked, so of two that start at once at least one sees the other.
  (void)find_leftovers(parent_.get(), name_, staging.name());
  build(package, plan, options, staging);
  certstore::throw_if_interrupted();
  put_in_place(staging);
}

void ImportTarget::build(const formats::SignedPackage& package, const ImportPlan& plan,
                         const ImportOptions& options, const Staging& staging) const {
  FileDescriptor tree(::openat(staging.descriptor(), Staging::kTree, kFolderFlags));
  if (!tree.is_open()) throw_errno("write in", staging.name(), errno);
  Folder into(std::move(tree), shown_);
  std::vector<ExtractedEntry> to_write;
  std::set<std::string> replaced;
  for (std::size_t i = 0; i < plan.files.size(); ++i) {
    if (plan.changes.at(i) == TreeChange::same) continue;
    to_write.push_back(plan.files[i]);
    if (would_replace(plan.changes[i])) replaced.insert(plan.files[i].name);
  }
  std::vector<CarriedFolder> carried;
  if (!is_new()) carried = carry_over(folder_.get(), into, replaced);
  extract(package, to_write, into, {.jobs = options.jobs, .show_progress = options.show_progress});
  restore_folders(carried, into);
  if (folder_.is_open()) restore_folder(into.descriptor(), facts_, shown_);
  // One call for the whole tree: an fsync for each of thousands of files would take minutes.
  if (::syncfs(into.descriptor()) != 0) throw_errno("write", shown_, errno);
}

void ImportTarget::put_in_place(const Staging& staging) const {
  const char* const name = name_.c_str();
  if (is_new()) {
    // rename(2) replaces an empty directory and nothing else: whoever filled it meanwhile loses nothing.
    if (::renameat(staging.descriptor(), Staging::kTree, parent_.get(), name) != 0) {
      throw_errno("put in place", shown_, errno);
    }
  } else {
    const auto exchange = [&] {
      return ::renameat2(staging.descriptor(), Staging::kTree, parent_.get(), name, RENAME_EXCHANGE) == 0;
    };
    if (!exchange()) {
      if (errno != EINVAL && errno != ENOSYS) throw_errno("put in place", shown_, errno);
      refuse(shown_, "this file system cannot swap two directories at once", "import into a new directory");
    }
    struct stat taken {};
    if (::fstatat(staging.descriptor(), Staging::kTree, &taken, AT_SYMLINK_NOFOLLOW) != 0 ||
        taken.st_ino != facts_.st_ino || taken.st_dev != facts_.st_dev) {
      exchange();
      refuse(shown_, "another program put something else there meanwhile", "try again");
    }
  }
  if (::fsync(parent_.get()) != 0 && errno != EINVAL) throw_errno("write", shown_, errno);
}

}  // namespace verifier
