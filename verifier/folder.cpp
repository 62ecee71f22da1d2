#include "verifier/folder.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "formats/zip/entry_name.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <memory>

namespace verifier {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::FileDescriptor;
using certstore::in_quotes;

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

int kernel_open(int folder, const char* name, int flags, mode_t mode) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags);
  how.mode = (flags & O_CREAT) != 0 ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  for (int attempt = 0;; ++attempt) {
    const long fd = ::syscall(SYS_openat2, folder, name, &how, sizeof how);
    // openat2(2): EAGAIN when a rename elsewhere leaves the kernel unsure whether the path stayed beneath.
    const bool again = fd < 0 && (errno == EINTR || (errno == EAGAIN && attempt < 32));
    if (!again) return static_cast<int>(fd);
  }
}

std::string below(const std::string& folder, std::string_view name) {
  return in_quotes(folder + "/" + std::string(name));
}

[[noreturn]] void throw_taken(const std::string& folder, std::string_view name) {
  throw Error(ErrorKind::io, "cannot write " + below(folder, name) + ": the name is taken by another one",
              "names of the package are equal but for case or form; import into a file system that tells "
              "them apart");
}

[[noreturn]] void throw_in_the_way(const std::string& folder, std::string_view name) {
  throw Error(
      ErrorKind::io,
      "a symbolic link or a file is in the way of " + below(folder, name) + ", which is left as it is",
      "move it away, or import into another directory");
}

}  // namespace

void require_safe_name(std::string_view name) {
  const auto refuse = [&](const std::string& why) {
    throw Error(ErrorKind::malformed, "the entry's name " + in_quotes(name) + " " + why);
  };
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::any_of(name.begin(), name.end(), is_control)) refuse("has a control character");
  if (formats::zip::has_separator_backslash(name)) refuse("has a backslash");
  std::size_t depth = 0;
  for (std::size_t start = 0;; ++depth) {
    const std::size_t end = std::min(name.find('/', start), name.size());
    const std::string_view part = name.substr(start, end - start);
    if (part.empty() || part == "." || part == "..") refuse("leaves the target or is not plain");
    if (end == name.size()) break;
    start = end + 1;
  }
  if (depth >= certstore::limits::kFolderDepth) refuse("has too many folders");
}

void require_safe_link(std::string_view name, std::string_view target) {
  const auto refuse = [&](const std::string& why) {
    throw Error(ErrorKind::unsupported,
                in_quotes(name) + " is a symbolic link to " + in_quotes(target) + ", which " + why,
                "pkgverify import -o COPY leaves the whole package as it was judged");
  };
  auto depth = static_cast<std::size_t>(std::count(name.begin(), name.end(), '/'));
  std::string_view rest = target;
  while (rest == ".." || rest.starts_with("../")) {
    if (depth-- == 0) return refuse("leaves the target");
    rest.remove_prefix(std::min<std::size_t>(3, rest.size()));
  }
  if (rest.empty() && !target.empty()) return;
  if (rest == "." && target == ".") return;
  try {
    require_safe_name(rest.ends_with('/') ? rest.substr(0, rest.size() - 1) : rest);
  } catch (const Error&) {
    refuse("is not a plain way to a place beneath the target");
  }
}

std::vector<std::string> names_in(int folder) {
  FileDescriptor own(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!own.is_open()) certstore::throw_errno("read", "a folder", errno);
  const Directory directory(::fdopendir(own.get()));
  if (!directory) certstore::throw_errno("read", "a folder", errno);
  own.release();
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* const item = ::readdir(directory.get())) {
    const std::string name = static_cast<const char*>(item->d_name);
    if (name != "." && name != "..") names.push_back(name);
  }
  if (errno != 0) certstore::throw_errno("read", "a folder", errno);
  return names;
}

std::optional<std::string> read_link(int folder, const std::string& leaf, const std::string& shown) {
  std::string target(PATH_MAX, '\0');
  const ssize_t size = ::readlinkat(folder, leaf.c_str(), target.data(), target.size());
  // ENOENT: an empty path, and what was opened is no link.
  if (size < 0 && (errno == EINVAL || (leaf.empty() && errno == ENOENT))) return std::nullopt;
  if (size < 0) certstore::throw_errno("read", shown, errno);
  target.resize(static_cast<std::size_t>(size));
  return target;
}

Folder::Folder(FileDescriptor descriptor, std::string shown, Walk walk)
    : descriptor_(std::move(descriptor)), shown_(std::move(shown)), walk_(walk) {
  if (walk_ == Walk::stepwise) return;
  const FileDescriptor probe(kernel_open(descriptor_.get(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0));
  if (!probe.is_open()) walk_ = Walk::stepwise;
}

int Folder::open_stepwise(const std::string& name, int flags, mode_t mode) const {
  FileDescriptor above;
  int folder = descriptor_.get();
  std::size_t start = 0;
  for (std::size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', start)) {
    const std::string part = name.substr(start, slash - start);
    // O_NOFOLLOW on every component is what keeps us beneath.
    FileDescriptor next(::openat(folder, part.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!next.is_open()) return -1;
    above = std::move(next);
    folder = above.get();
    start = slash + 1;
  }
  return ::openat(folder, name.c_str() + start, flags | O_NOFOLLOW, mode);
}

int Folder::open_beneath(const std::string& name, int flags, mode_t mode) const {
  require_safe_name(name);
  return walk_ == Walk::by_kernel ? kernel_open(descriptor_.get(), name.c_str(), flags, mode)
                                  : open_stepwise(name, flags, mode);
}

std::pair<FileDescriptor, std::string> Folder::open_above(const std::string& name) const {
  const std::size_t slash = name.rfind('/');
  if (slash == std::string::npos) return {FileDescriptor(), name};
  const std::string parent = name.substr(0, slash);
  FileDescriptor above(open_beneath(parent, O_PATH | O_DIRECTORY | O_CLOEXEC, 0));
  if (!above.is_open()) certstore::throw_errno("open", shown_ + "/" + parent, errno);
  return {std::move(above), name.substr(slash + 1)};
}

void Folder::make_folder(const std::string& name) {
  if (made_.contains(name)) return;
  require_safe_name(name);
  const std::size_t slash = name.rfind('/');
  if (slash != std::string::npos) make_folder(name.substr(0, slash));  // as deep as limits::kFolderDepth
  const auto [above, leaf] = open_above(name);
  const int parent_descriptor = above.is_open() ? above.get() : descriptor_.get();
  if (::mkdirat(parent_descriptor, leaf.c_str(), 0755) != 0) {
    if (errno == EEXIST) throw_taken(shown_, name);
    certstore::throw_errno("make the folder", shown_ + "/" + name, errno);
  }
  made_.insert(name);
}

FileDescriptor Folder::create_file(const std::string& name, bool is_executable) const {
  FileDescriptor file(
      open_beneath(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, is_executable ? 0755 : 0644));
  if (file.is_open()) return file;
  if (errno == EEXIST) throw_taken(shown_, name);
  certstore::throw_errno("write", shown_ + "/" + name, errno);
}

void Folder::make_link(const std::string& name, const std::string& target) const {
  const auto [above, leaf] = open_above(name);
  const int folder = above.is_open() ? above.get() : descriptor_.get();
  if (::symlinkat(target.c_str(), folder, leaf.c_str()) == 0) return;
  if (errno == EEXIST) throw_taken(shown_, name);
  certstore::throw_errno("write", shown_ + "/" + name, errno);
}

std::optional<std::string> Folder::link_target(const std::string& name) const {
  const FileDescriptor link(open_beneath(name, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0));
  if (!link.is_open()) {
    if (errno == ENOENT) return std::nullopt;
    if (errno == ELOOP || errno == ENOTDIR || errno == EXDEV) throw_in_the_way(shown_, name);
    certstore::throw_errno("read", shown_ + "/" + name, errno);
  }
  auto target = read_link(link.get(), "", shown_ + "/" + name);
  if (!target) throw_in_the_way(shown_, name);
  return target;
}

std::optional<FileDescriptor> Folder::open(const std::string& name) const {
  // O_NONBLOCK: a FIFO in the target must not hang us.
  FileDescriptor file(open_beneath(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0));
  if (file.is_open()) return file;
  if (errno == ENOENT) return std::nullopt;
  if (errno == ELOOP || errno == ENOTDIR || errno == EXDEV) throw_in_the_way(shown_, name);
  certstore::throw_errno("read", shown_ + "/" + name, errno);
}

}  // namespace verifier
