#include "certstore/file_digest.h"

#include "certstore/base/file_windows.h"

#include <algorithm>

namespace certstore {

Sha256 sha256_of(const InputFile& file) {
  Digester digester(DigestAlgorithm::sha256);
  read_windows(file, [&](ByteView window) { digester.update(window); });
  Sha256 sha256{};
  std::ranges::copy(digester.finish(), sha256.begin());
  return sha256;
}

}  // namespace certstore
