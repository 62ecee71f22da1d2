#include "certstore/base/file_windows.h"

#include "certstore/base/interrupt.h"

#include <algorithm>

namespace certstore {
namespace {

constexpr std::size_t kWindow = std::size_t{1} << 20;

}  // namespace

void read_windows(const InputFile& file, const Sink& sink) {
  Bytes window(static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, file.size())));
  for (std::uint64_t offset = 0; offset < file.size();) {
    throw_if_interrupted();
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(window.size(), file.size() - offset));
    const auto part = std::span(window).first(size);
    file.read_at(offset, part);
    sink(part);
    offset += size;
  }
}

}  // namespace certstore
