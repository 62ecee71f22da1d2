// Digests over streams. OpenSSL's EVP, which uses SHA-NI; algorithms are fetched once a process.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/openssl.h"

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace certstore {

enum class DigestAlgorithm {
  md5,
  sha1,
  sha224,
  sha256,
  sha384,
  sha512,
  sha3_224,
  sha3_256,
  sha3_384,
  sha3_512,
  blake2b_512
};

using Sha256 = std::array<std::uint8_t, 32>;

// "SHA-256", as people read it.
[[nodiscard]] std::string_view name_of(DigestAlgorithm algorithm);
// The weakness name ("md5", "sha1") of an algorithm that is weak, empty for the others.
[[nodiscard]] std::string_view weakness_of(DigestAlgorithm algorithm);
[[nodiscard]] std::size_t size_of(DigestAlgorithm algorithm);
// The fetched algorithm; lives as long as the process.
[[nodiscard]] const EVP_MD* evp(DigestAlgorithm algorithm);

// One running digest; after finish() it starts anew with the same algorithm.
class Digester {
 public:
  explicit Digester(DigestAlgorithm algorithm);
  void update(ByteView bytes);
  [[nodiscard]] Bytes finish();

 private:
  DigestAlgorithm algorithm_;
  openssl::DigestContext context_;
};

[[nodiscard]] Bytes digest(DigestAlgorithm algorithm, ByteView bytes);
[[nodiscard]] Sha256 sha256(ByteView bytes);

}  // namespace certstore
