// What the fuzz targets share: any bytes as an open file, and a promise whose breach is a crash.
#pragma once

#include "certstore/base/file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace fuzz {

// A broken promise is a crash, which libFuzzer keeps and a test reports.
inline void require(bool promise) {
  if (!promise) std::abort();
}

inline certstore::InputFile file_of(const std::uint8_t* bytes, std::size_t size) {
  certstore::FileDescriptor descriptor(::memfd_create("input", MFD_CLOEXEC));
  require(::write(descriptor.get(), bytes, size) == static_cast<ssize_t>(size));
  return {std::move(descriptor), "input"};
}

}  // namespace fuzz
