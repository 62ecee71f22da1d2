#include "certstore/base/file.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/interrupt.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sodium.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace certstore {
namespace {

constexpr std::size_t kCopyWindow = 1 << 20;

std::string random_name(const std::string& base) {
  std::array<std::uint8_t, 8> random{};
  randombytes_buf(random.data(), random.size());
  // The base is cut so that the temporary name fits NAME_MAX (255) wherever the final one does.
  return "." + base.substr(0, 200) + "." + to_hex(random) + ".new";
}

FileDescriptor spool_standard_input() {
  std::string pattern = (std::filesystem::temp_directory_path() / "pkgtrust-XXXXXX").string();
  FileDescriptor spool(::mkostemp(pattern.data(), O_CLOEXEC));
  if (!spool.is_open()) throw_errno("make a temporary file in", pattern, errno);
  ::unlink(pattern.c_str());
  Bytes buffer(kCopyWindow);
  for (;;) {
    throw_if_interrupted();
    const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_errno("read", "standard input", errno);
    if (got == 0) return spool;
    for (ssize_t done = 0; done < got;) {
      const ssize_t put = ::write(spool.get(), buffer.data() + done, static_cast<std::size_t>(got - done));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) throw_errno("spool", "standard input", errno);
      done += put;
    }
  }
}

bool same_time(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = other.release();
  }
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

int FileDescriptor::release() {
  return std::exchange(fd_, -1);
}

InputFile InputFile::open(const std::filesystem::path& path) {
  if (path == "-") return {spool_standard_input(), "standard input"};
  // O_NONBLOCK: a FIFO with no writer must not hang us before fstat can refuse it.
  FileDescriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!descriptor.is_open()) throw_errno("read", path.string(), errno);
  InputFile file(std::move(descriptor), path.string());
  file.path_ = path;
  return file;
}

InputFile::InputFile(FileDescriptor descriptor, std::string name)
    : descriptor_(std::move(descriptor)), name_(std::move(name)) {
  if (::fstat(descriptor_.get(), &opened_) != 0) throw_errno("read", name_, errno);
  if (!S_ISREG(opened_.st_mode)) {
    const bool is_folder = S_ISDIR(opened_.st_mode);
    throw Error(
        ErrorKind::io,
        "cannot read " + in_quotes(name_) + ": it is " + (is_folder ? "a directory" : "no regular file"),
        is_folder ? "name the files in it" : "what comes through a pipe is read with - as its name");
  }
  size_ = own_size_ = static_cast<std::uint64_t>(opened_.st_size);
}

InputFile InputFile::with_tail(std::uint64_t keep, Bytes tail) const {
  if (keep > own_size_) throw Error(ErrorKind::internal, "more of a file is kept than there is");
  FileDescriptor again(::fcntl(descriptor_.get(), F_DUPFD_CLOEXEC, 0));
  if (!again.is_open()) throw_errno("read", name_, errno);
  InputFile file(std::move(again), name_);
  file.opened_ = opened_;  // require_unchanged() goes back to the first opening
  file.own_size_ = keep;
  file.size_ = keep + tail.size();
  file.tail_ = std::move(tail);
  return file;
}

void InputFile::read_at(std::uint64_t offset, std::span<std::uint8_t> out) const {
  if (offset < own_size_ || tail_.empty()) {
    const auto own = tail_.empty()
                         ? out.size()
                         : static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), own_size_ - offset));
    read_own(offset, out.first(own));
    offset += own;
    out = out.subspan(own);
  }
  if (out.empty()) return;
  const std::uint64_t begin = offset - own_size_;
  if (begin > tail_.size() || out.size() > tail_.size() - begin) {
    throw Error(ErrorKind::io, in_quotes(name_) + " ends before byte " + std::to_string(offset + out.size()));
  }
  std::copy_n(tail_.begin() + static_cast<std::ptrdiff_t>(begin), out.size(), out.begin());
}

void InputFile::read_own(std::uint64_t offset, std::span<std::uint8_t> out) const {
  while (!out.empty()) {
    const ssize_t got = ::pread(descriptor_.get(), out.data(), out.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) {
      throw_if_interrupted();
      continue;
    }
    if (got < 0) throw_errno("read", name_, errno);
    if (got == 0) {
      throw Error(ErrorKind::io,
                  in_quotes(name_) + " ended at byte " + std::to_string(offset) + " while it was read",
                  "it is being written; try again when it is complete");
    }
    offset += static_cast<std::uint64_t>(got);
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

Bytes InputFile::read_all(std::size_t limit) const {
  if (size_ > limit) {
    throw Error(ErrorKind::malformed, in_quotes(name_) + " has " + std::to_string(size_) +
                                          " bytes, at most " + std::to_string(limit) + " are read");
  }
  Bytes bytes(static_cast<std::size_t>(size_));
  read_at(0, bytes);
  return bytes;
}

void InputFile::require_unchanged() const {
  struct stat now {};
  if (::fstat(descriptor_.get(), &now) != 0) throw_errno("read", name_, errno);
  // ctime alone cannot be set back, so any change of it counts, even where only a link came or went: else one
  // more link would hide what was written.
  if (now.st_size != opened_.st_size || !same_time(now.st_mtim, opened_.st_mtim) ||
      !same_time(now.st_ctim, opened_.st_ctim)) {
    throw Error(ErrorKind::io, in_quotes(name_) + " changed while it was read",
                "try again when it is complete");
  }
}

AtomicFile::AtomicFile(std::filesystem::path path, mode_t mode) : path_(std::move(path)) {
  const std::filesystem::path folder = path_.has_parent_path() ? path_.parent_path() : ".";
  folder_ = FileDescriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder_.is_open() && errno == ENOENT) {
    throw Error(ErrorKind::io,
                "cannot write in " + in_quotes(folder.string()) + ": there is no such directory",
                "mkdir -p " + shell_quoted(folder.string()) + " makes it");
  }
  if (!folder_.is_open()) throw_errno("write in", folder.string(), errno);
  descriptor_ = FileDescriptor(::openat(folder_.get(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, mode));
  if (descriptor_.is_open()) return;
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
    throw_errno("write in", folder.string(), errno);
  temporary_name_ = random_name(path_.filename().string());
  descriptor_ = FileDescriptor(
      ::openat(folder_.get(), temporary_name_.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, mode));
  if (!descriptor_.is_open()) {
    const int reason = errno;
    temporary_name_.clear();
    throw_errno("write in", folder.string(), reason);
  }
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      folder_(std::move(other.folder_)),
      descriptor_(std::move(other.descriptor_)),
      temporary_name_(std::exchange(other.temporary_name_, {})),
      size_(other.size_) {}

AtomicFile::~AtomicFile() {
  if (!temporary_name_.empty()) ::unlinkat(folder_.get(), temporary_name_.c_str(), 0);
}

void AtomicFile::write(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor_.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) {
      throw_if_interrupted();
      continue;
    }
    if (put < 0) throw_errno("write", path_.string(), errno);
    size_ += static_cast<std::uint64_t>(put);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
}

void AtomicFile::copy(const InputFile& from, std::uint64_t offset, std::uint64_t size) {
  while (size > 0) {
    throw_if_interrupted();
    auto position = static_cast<off_t>(offset);
    const auto window = static_cast<std::size_t>(std::min<std::uint64_t>(size, std::uint64_t{64} << 20));
    const ssize_t put =
        ::copy_file_range(from.descriptor(), &position, descriptor_.get(), nullptr, window, 0);
    if (put <= 0) break;  // not here, not across these file systems, or cut short: read_at() tells which
    size_ += static_cast<std::uint64_t>(put);
    offset += static_cast<std::uint64_t>(put);
    size -= static_cast<std::uint64_t>(put);
  }
  Bytes buffer(static_cast<std::size_t>(std::min<std::uint64_t>(size, kCopyWindow)));
  while (size > 0) {
    throw_if_interrupted();
    const auto window =
        std::span(buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(size, buffer.size())));
    from.read_at(offset, window);
    write(window);
    offset += window.size();
    size -= window.size();
  }
}

bool AtomicFile::share(const InputFile& from, std::uint64_t size) {
  if (size_ != 0 || ::ioctl(descriptor_.get(), FICLONE, from.descriptor()) != 0) return false;
  if (::ftruncate(descriptor_.get(), static_cast<off_t>(size)) != 0 ||
      ::lseek(descriptor_.get(), static_cast<off_t>(size), SEEK_SET) < 0) {
    throw_errno("write", path_.string(), errno);
  }
  size_ = size;
  return true;
}

InputFile AtomicFile::reopen() const {
  const std::string own = "/proc/self/fd/" + std::to_string(descriptor_.get());
  FileDescriptor descriptor(::open(own.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor.is_open()) throw_errno("read back", path_.string(), errno);
  return {std::move(descriptor), path_.string()};
}

void AtomicFile::commit(Existing existing) {
  if (::fsync(descriptor_.get()) != 0) throw_errno("write", path_.string(), errno);
  const std::string target = path_.filename().string();
  const std::string own = "/proc/self/fd/" + std::to_string(descriptor_.get());
  const auto link_as = [&](const std::string& name) {
    return temporary_name_.empty()
               ? ::linkat(AT_FDCWD, own.c_str(), folder_.get(), name.c_str(), AT_SYMLINK_FOLLOW)
               : ::linkat(folder_.get(), temporary_name_.c_str(), folder_.get(), name.c_str(), 0);
  };
  if (existing == Existing::refuse) {
    if (link_as(target) != 0) {
      if (errno == EEXIST) {
        throw Error(ErrorKind::io, in_quotes(path_.string()) + " exists",
                    "choose another name, or say --force");
      }
      throw_errno("write", path_.string(), errno);
    }
    if (!temporary_name_.empty()) ::unlinkat(folder_.get(), temporary_name_.c_str(), 0);
  } else {
    // A link never replaces; so the unnamed file gets a name, and rename() puts it in place at once.
    if (temporary_name_.empty()) {
      const std::string name = random_name(target);
      if (link_as(name) != 0) throw_errno("write", path_.string(), errno);
      temporary_name_ = name;
    }
    if (::renameat(folder_.get(), temporary_name_.c_str(), folder_.get(), target.c_str()) != 0) {
      throw_errno("write", path_.string(), errno);
    }
  }
  temporary_name_.clear();
  if (::fsync(folder_.get()) != 0 && errno != EINVAL) throw_errno("write", path_.string(), errno);
}

}  // namespace certstore
