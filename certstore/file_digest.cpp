#include "certstore/file_digest.h"

#include "certstore/base/interrupt.h"

#include <algorithm>

namespace certstore {

Sha256 sha256_of(const InputFile& file) {
  Digester digester(DigestAlgorithm::sha256);
  Bytes buffer(std::size_t{1} << 18);
  for (std::uint64_t offset = 0; offset < file.size();) {
    throw_if_interrupted();
    const auto size = std::min<std::uint64_t>(buffer.size(), file.size() - offset);
    const auto window = std::span(buffer).first(static_cast<std::size_t>(size));
    file.read_at(offset, window);
    digester.update(window);
    offset += size;
  }
  Sha256 sha256{};
  std::ranges::copy(digester.finish(), sha256.begin());
  return sha256;
}

}  // namespace certstore
