#include "formats/zip/window.h"

#include "certstore/base/interrupt.h"

#include <algorithm>

namespace formats::zip {

certstore::ByteView Window::view(std::uint64_t offset, std::size_t size) {
  if (offset < start_ || offset - start_ > filled_ || size > filled_ - (offset - start_)) {
    certstore::throw_if_interrupted();
    const std::uint64_t left = offset < file_.size() ? file_.size() - offset : 0;
    const auto wanted =
        static_cast<std::size_t>(std::max<std::uint64_t>(size, std::min<std::uint64_t>(left, least_)));
    filled_ = 0;  // if reading throws, nothing is claimed
    if (bytes_.size() < wanted) bytes_.resize(wanted);
    file_.read_at(offset, std::span(bytes_).first(wanted));
    start_ = offset;
    filled_ = wanted;
  }
  return certstore::ByteView(bytes_).subspan(static_cast<std::size_t>(offset - start_), size);
}

}  // namespace formats::zip
