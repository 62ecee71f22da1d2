// Digests over streams. OpenSSL's EVP, which uses SHA-NI; algorithms are fetched once a process.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/openssl.h"

#include <algorithm>
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

// The value of any of them, held in place: those of a million entries are no allocations.
class DigestValue {
 public:
  DigestValue() = default;  // empty: of nothing
  // Throws Error(malformed) for more bytes than any algorithm has.
  DigestValue(ByteView bytes);
  DigestValue(const Bytes& bytes) : DigestValue(ByteView(bytes)) {}

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  // As a range of bytes it is taken wherever a ByteView is.
  [[nodiscard]] const std::uint8_t* begin() const { return bytes_.data(); }
  [[nodiscard]] const std::uint8_t* end() const { return bytes_.data() + size_; }
  [[nodiscard]] Bytes bytes() const { return {begin(), end()}; }
  friend bool operator==(const DigestValue& a, const DigestValue& b) { return std::ranges::equal(a, b); }

 private:
  friend class Digester;
  std::array<std::uint8_t, 64> bytes_{};
  std::uint8_t size_ = 0;
};

// "SHA-256", as people read it.
[[nodiscard]] std::string_view name_of(DigestAlgorithm algorithm);
// The weakness name ("md5", "sha1") of an algorithm that is weak, empty for the others.
[[nodiscard]] std::string_view weakness_of(DigestAlgorithm algorithm);
[[nodiscard]] std::size_t size_of(DigestAlgorithm algorithm);
// The fetched algorithm; lives as long as the process.
[[nodiscard]] const EVP_MD* evp(DigestAlgorithm algorithm);

// One running digest; after finish() and restart() it starts anew with the same algorithm.
class Digester {
 public:
  explicit Digester(DigestAlgorithm algorithm);
  void update(ByteView bytes);
  [[nodiscard]] DigestValue finish();
  // Forgets what it was given.
  void restart() { running_ = false; }

 private:
  void start();
  DigestAlgorithm algorithm_;
  openssl::DigestContext context_;
  bool running_ = false;
};

[[nodiscard]] Bytes digest(DigestAlgorithm algorithm, ByteView bytes);
[[nodiscard]] Sha256 sha256(ByteView bytes);

}  // namespace certstore
