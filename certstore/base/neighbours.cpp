#include "certstore/base/neighbours.h"

#include "certstore/base/error.h"
#include "certstore/base/limits.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

namespace certstore {
namespace {

bool is_plain(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos &&
         name.find('\0') == std::string_view::npos && name.size() <= limits::kEntryName;
}

}  // namespace

Neighbours::Neighbours(const InputFile& file) {
  if (file.path().empty()) return;
  shown_ = file.path().has_parent_path() ? file.path().parent_path() : ".";
  folder_ = FileDescriptor(::open(shown_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder_.is_open()) throw_errno("look into", shown_.string(), errno);
}

std::optional<InputFile> Neighbours::open(std::string_view name) const {
  if (!folder_.is_open() || !is_plain(name)) return std::nullopt;
  const std::string plain(name);
  // O_NONBLOCK: a FIFO with no writer must not hang us before fstat can refuse it.
  FileDescriptor found(
      ::openat(folder_.get(), plain.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  const std::string shown = (shown_ / plain).string();
  if (!found.is_open()) {
    if (errno == ENOENT || errno == ELOOP || errno == ENAMETOOLONG || errno == ENXIO) return std::nullopt;
    throw_errno("read", shown, errno);
  }
  struct stat status {};
  if (::fstat(found.get(), &status) != 0) throw_errno("read", shown, errno);
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  return InputFile(std::move(found), shown);
}

}  // namespace certstore
