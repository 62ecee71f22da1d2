#include "formats/tar/input.h"

#include <algorithm>

namespace formats::tar {
namespace {

constexpr std::size_t kWindow = std::size_t{64} << 10;

}  // namespace

FileInput::FileInput(const certstore::InputFile& file) : file_(file), window_(file, kWindow) {}

certstore::ByteView FileInput::take(std::size_t size) {
  const auto there = static_cast<std::size_t>(std::min<std::uint64_t>(size, file_.size() - offset_));
  const certstore::ByteView bytes = window_.view(offset_, there);
  offset_ += there;
  return bytes;
}

std::uint64_t FileInput::pass(std::uint64_t size, const certstore::Sink& sink) {
  const std::uint64_t there = std::min(size, file_.size() - offset_);
  if (!sink) {
    offset_ += there;
    return there;
  }
  for (std::uint64_t done = 0; done < there;) {
    const certstore::ByteView piece =
        take(static_cast<std::size_t>(std::min<std::uint64_t>(there - done, kWindow)));
    sink(piece);
    done += piece.size();
  }
  return there;
}

}  // namespace formats::tar
