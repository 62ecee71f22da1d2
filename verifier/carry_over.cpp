#include "verifier/carry_over.h"

#include "certstore/base/bytes.h"
#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/interrupt.h"
#include "certstore/base/limits.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace verifier {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::FileDescriptor;
using certstore::throw_errno;

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr std::size_t kCopyWindow = 1 << 20;

void copy_bytes(int from, int to, const std::string& name) {
  if (::ioctl(to, FICLONE, from) == 0) return;
  certstore::Bytes buffer(kCopyWindow);
  for (;;) {
    certstore::throw_if_interrupted();
    const ssize_t got = ::read(from, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_errno("read", name, errno);
    if (got == 0) return;
    for (ssize_t done = 0; done < got;) {
      const ssize_t put = ::write(to, buffer.data() + done, static_cast<std::size_t>(got - done));
      if (put < 0 && errno != EINTR) throw_errno("write", name, errno);
      if (put > 0) done += put;
    }
  }
}

// True if it is a symbolic link, which then leads in `to` where it did.
bool copy_link(int from, int to, const std::string& leaf, const std::string& name) {
  const auto target = read_link(from, leaf, name);
  if (!target) return false;
  if (::symlinkat(target->c_str(), to, leaf.c_str()) != 0) throw_errno("write", name, errno);
  return true;
}

void copy_file(int from, int to, const std::string& leaf, const std::string& name) {
  if (copy_link(from, to, leaf, name)) return;
  const FileDescriptor source(
      ::openat(from, leaf.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat facts {};
  if (!source.is_open() || ::fstat(source.get(), &facts) != 0) throw_errno("read", name, errno);
  if (!S_ISREG(facts.st_mode)) {
    throw Error(ErrorKind::io, "cannot carry over " + certstore::in_quotes(name) + ": not a regular file");
  }
  const FileDescriptor copy(::openat(to, leaf.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
  if (!copy.is_open()) throw_errno("write", name, errno);
  copy_bytes(source.get(), copy.get(), name);
  restore_folder(copy.get(), facts, name);
  const std::array<timespec, 2> times = {facts.st_atim, facts.st_mtim};
  if (::futimens(copy.get(), times.data()) != 0) throw_errno("write", name, errno);
}

class Carrier {
 public:
  Carrier(dev_t device, Folder& into, const std::set<std::string>& replaced)
      : device_(device), into_(into), replaced_(replaced) {}

  void carry(int from, int to, const std::string& prefix, std::size_t depth) {
    if (depth > certstore::limits::kFolderDepth) {
      throw Error(ErrorKind::io, "too many folders in one another below " + certstore::in_quotes(prefix));
    }
    for (const std::string& leaf : names_in(from)) {
      certstore::throw_if_interrupted();
      const std::string name = prefix + leaf;
      struct stat facts {};
      if (::fstatat(from, leaf.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) throw_errno("read", name, errno);
      if (S_ISDIR(facts.st_mode)) {
        carry_folder(from, to, leaf, name, facts, depth);
      } else if (!replaced_.contains(name)) {
        carry_file(from, to, leaf, name);
      }
    }
  }

  std::vector<CarriedFolder> take() { return std::move(made_); }

 private:
  void carry_folder(int from, int to, const std::string& leaf, const std::string& name,
                    const struct stat& facts, std::size_t depth) {
    if (facts.st_dev != device_) {
      throw Error(ErrorKind::io, certstore::in_quotes(name) + " in the target is another file system",
                  "import into a directory without mounts");
    }
    const FileDescriptor source(::openat(from, leaf.c_str(), kFolderFlags));
    if (!source.is_open()) throw_errno("read", name, errno);
    if (::mkdirat(to, leaf.c_str(), 0700) != 0) throw_errno("make the folder", name, errno);
    const FileDescriptor copy(::openat(to, leaf.c_str(), kFolderFlags));
    if (!copy.is_open()) throw_errno("write in", name, errno);
    into_.adopt(name);
    made_.push_back({name, facts});
    carry(source.get(), copy.get(), name + "/", depth + 1);
  }

  static void carry_file(int from, int to, const std::string& leaf, const std::string& name) {
    if (::linkat(from, leaf.c_str(), to, leaf.c_str(), 0) == 0) return;
    // No hard links here, too many, or not of this file (fs.protected_hardlinks).
    if (errno != EPERM && errno != EMLINK && errno != EOPNOTSUPP) throw_errno("carry over", name, errno);
    copy_file(from, to, leaf, name);
  }

  dev_t device_;
  Folder& into_;
  const std::set<std::string>& replaced_;
  std::vector<CarriedFolder> made_;
};

}  // namespace

std::vector<CarriedFolder> carry_over(int from, Folder& into, const std::set<std::string>& replaced) {
  struct stat facts {};
  if (::fstat(from, &facts) != 0) throw_errno("read", into.shown(), errno);
  Carrier carrier(facts.st_dev, into, replaced);
  carrier.carry(from, into.descriptor(), "", 0);
  return carrier.take();
}

void restore_folder(int folder, const struct stat& facts, const std::string& shown) {
  struct stat now {};
  if (::fstat(folder, &now) != 0) throw_errno("read", shown, errno);
  const bool other_owner = now.st_uid != facts.st_uid || now.st_gid != facts.st_gid;
  if (other_owner && ::fchown(folder, facts.st_uid, facts.st_gid) != 0) {
    throw_errno("keep the owner of", shown, errno);
  }
  if (::fchmod(folder, facts.st_mode & 07777) != 0) throw_errno("keep the mode of", shown, errno);
}

void restore_folders(const std::vector<CarriedFolder>& folders, const Folder& in) {
  // The innermost first: a folder may forbid to enter it.
  for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
    FileDescriptor open(::openat(in.descriptor(), folder->name.c_str(), kFolderFlags));
    if (!open.is_open()) throw_errno("keep the mode of", folder->name, errno);
    restore_folder(open.get(), folder->facts, folder->name);
  }
}

}  // namespace verifier
