#include "verifier/staging.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "verifier/folder.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iostream>
#include <string_view>

namespace verifier {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::FileDescriptor;

constexpr const char* kMark = "pkgverify-import";
constexpr std::string_view kMarkText = "A staging folder of pkgverify import; it may be removed.\n";
constexpr std::size_t kRandomBytes = 8;
constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

void remove_below(int folder, const std::string& name, std::size_t depth) {
  if (::unlinkat(folder, name.c_str(), 0) == 0 || errno == ENOENT) return;
  // Linux says EISDIR for a folder, POSIX says EPERM.
  if (errno != EISDIR && errno != EPERM) certstore::throw_errno("remove", name, errno);
  if (depth > certstore::limits::kFolderDepth) throw Error(ErrorKind::io, "too many folders in one another");
  FileDescriptor inner(::openat(folder, name.c_str(), kFolderFlags));
  if (!inner.is_open() && errno == EACCES && ::fchmodat(folder, name.c_str(), 0700, 0) == 0) {
    inner = FileDescriptor(::openat(folder, name.c_str(), kFolderFlags));
  }
  if (!inner.is_open()) certstore::throw_errno("remove", name, errno);
  // Merged trees keep the modes of theirs: a folder without w is emptied all the same.
  ::fchmod(inner.get(), 0700);
  for (const std::string& child : names_in(inner.get())) remove_below(inner.get(), child, depth + 1);
  if (::unlinkat(folder, name.c_str(), AT_REMOVEDIR) != 0) certstore::throw_errno("remove", name, errno);
}

// The base is cut so that the whole fits NAME_MAX (255).
std::string prefix_of(const std::string& target_name) {
  return "." + target_name.substr(0, 200) + ".";
}

bool is_staging_name(const std::string& name, const std::string& target_name) {
  const std::string prefix = prefix_of(target_name);
  constexpr std::string_view kSuffix = ".new";
  if (name.size() != prefix.size() + 2 * kRandomBytes + kSuffix.size()) return false;
  const std::string_view random = std::string_view(name).substr(prefix.size(), 2 * kRandomBytes);
  return name.starts_with(prefix) && name.ends_with(kSuffix) &&
         random.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

enum class Owner { foreign, ours, running };

bool is_own(int descriptor, mode_t kind) {
  struct stat facts {};
  return ::fstat(descriptor, &facts) == 0 && (facts.st_mode & S_IFMT) == kind && facts.st_uid == ::geteuid();
}

// Its text; or the beginning of it, of a run that was killed while it wrote, where nothing else is there.
bool is_mark(int folder, int mark) {
  std::array<char, kMarkText.size()> text{};
  const ssize_t size = ::pread(mark, text.data(), text.size(), 0);
  if (size < 0 || !kMarkText.starts_with(std::string_view(text.data(), static_cast<std::size_t>(size)))) {
    return false;
  }
  return static_cast<std::size_t>(size) == kMarkText.size() || names_in(folder).size() == 1;
}

Owner owner_of(int parent, const std::string& name) {
  const FileDescriptor folder(::openat(parent, name.c_str(), kFolderFlags));
  if (!folder.is_open()) return Owner::foreign;
  const FileDescriptor mark(
      ::openat(folder.get(), kMark, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!mark.is_open()) {
    // Killed before there was a mark, or after it was gone: nothing is lost with an empty folder. A run that
    // is about to make its mark there ends with an error, and would otherwise have been told of this one.
    const bool is_empty = errno == ENOENT && is_own(folder.get(), S_IFDIR) && names_in(folder.get()).empty();
    return is_empty ? Owner::ours : Owner::foreign;
  }
  if (!is_own(mark.get(), S_IFREG) || !is_mark(folder.get(), mark.get())) return Owner::foreign;
  if (::flock(mark.get(), LOCK_EX | LOCK_NB) == 0) return Owner::ours;
  return errno == EWOULDBLOCK ? Owner::running : Owner::foreign;
}

}  // namespace

void remove_tree(int folder, const std::string& name) {
  remove_below(folder, name, 0);
}

void remove_staging(int parent, const std::string& name) {
  const FileDescriptor folder(::openat(parent, name.c_str(), kFolderFlags));
  if (!folder.is_open()) certstore::throw_errno("remove", name, errno);
  for (const std::string& child : names_in(folder.get())) {
    if (child != kMark) remove_tree(folder.get(), child);
  }
  ::unlinkat(folder.get(), kMark, 0);
  if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) != 0) certstore::throw_errno("remove", name, errno);
}

Staging::Staging(int parent, const std::string& target_name, std::string shown)
    : parent_(parent), shown_(std::move(shown)) {
  std::array<std::uint8_t, kRandomBytes> random{};
  randombytes_buf(random.data(), random.size());
  const std::string name = prefix_of(target_name) + certstore::to_hex(random) + ".new";
  if (::mkdirat(parent_, name.c_str(), 0700) != 0) certstore::throw_errno("write in", shown_, errno);
  name_ = name;
  const auto give_up = [&] {
    const int reason = errno;
    ::unlinkat(folder_.get(), kMark, 0);
    ::unlinkat(parent_, name_.c_str(), AT_REMOVEDIR);
    certstore::throw_errno("write in", shown_, reason);
  };
  folder_ = FileDescriptor(::openat(parent_, name_.c_str(), kFolderFlags));
  if (!folder_.is_open()) give_up();
  mark_ = FileDescriptor(::openat(folder_.get(), kMark, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600));
  if (!mark_.is_open() || ::flock(mark_.get(), LOCK_EX | LOCK_NB) != 0 ||
      ::write(mark_.get(), kMarkText.data(), kMarkText.size()) != static_cast<ssize_t>(kMarkText.size()) ||
      ::mkdirat(folder_.get(), kTree, 0755) != 0) {
    give_up();
  }
}

Staging::~Staging() {
  if (name_.empty()) return;
  try {
    remove_staging(parent_, name_);
  } catch (const Error& error) {
    std::cerr << "pkgverify: warning: " << error.what() << "; remove "
              << certstore::shell_quoted(shown_ + "/" + name_) << " by hand\n";
  }
}

Leftovers find_leftovers(int parent, const std::string& target_name, const std::string& besides) {
  Leftovers found;
  for (const std::string& name : names_in(parent)) {
    if (name == besides || !is_staging_name(name, target_name)) continue;
    switch (owner_of(parent, name)) {
      case Owner::foreign:
        found.foreign.push_back(name);
        break;
      case Owner::ours:
        found.removable.push_back(name);
        break;
      case Owner::running:
        throw Error(ErrorKind::io, "another import into " + certstore::in_quotes(target_name) + " is running",
                    "wait for it to end");
    }
  }
  std::sort(found.removable.begin(), found.removable.end());
  std::sort(found.foreign.begin(), found.foreign.end());
  return found;
}

}  // namespace verifier
