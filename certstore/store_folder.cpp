#include "certstore/store_folder.h"

#include "certstore/base/error.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace certstore {

FileDescriptor open_folder(const std::filesystem::path& folder) {
  FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open()) throw_errno("open", folder.string(), errno);
  return descriptor;
}

void sync(const FileDescriptor& descriptor, const std::filesystem::path& path) {
  if (::fsync(descriptor.get()) != 0) throw_errno("write", path.string(), errno);
}

void remove_leftover(const std::filesystem::path& path) {
  std::error_code failure;
  std::filesystem::remove_all(path, failure);
  if (failure) throw_errno("remove", path.string(), failure.value());
}

}  // namespace certstore
