#include "certstore/digest.h"

#include "certstore/base/error.h"

#include <mutex>
#include <string>
#include <tuple>

namespace certstore {
namespace {

struct AlgorithmRow {
  DigestAlgorithm algorithm;
  const char* fetch_name;
  std::string_view name;
  std::string_view weakness;
  std::size_t size;
};

constexpr std::array<AlgorithmRow, 11> kAlgorithms = {{
    {DigestAlgorithm::md5, "MD5", "MD5", "md5", 16},
    {DigestAlgorithm::sha1, "SHA1", "SHA-1", "sha1", 20},
    {DigestAlgorithm::sha224, "SHA2-224", "SHA-224", "", 28},
    {DigestAlgorithm::sha256, "SHA2-256", "SHA-256", "", 32},
    {DigestAlgorithm::sha384, "SHA2-384", "SHA-384", "", 48},
    {DigestAlgorithm::sha512, "SHA2-512", "SHA-512", "", 64},
    {DigestAlgorithm::sha3_224, "SHA3-224", "SHA3-224", "", 28},
    {DigestAlgorithm::sha3_256, "SHA3-256", "SHA3-256", "", 32},
    {DigestAlgorithm::sha3_384, "SHA3-384", "SHA3-384", "", 48},
    {DigestAlgorithm::sha3_512, "SHA3-512", "SHA3-512", "", 64},
    {DigestAlgorithm::blake2b_512, "BLAKE2B-512", "BLAKE2b-512", "", 64},
}};

const AlgorithmRow& row(DigestAlgorithm algorithm) {
  return kAlgorithms.at(static_cast<std::size_t>(algorithm));
}

}  // namespace

std::string_view name_of(DigestAlgorithm algorithm) {
  return row(algorithm).name;
}
std::string_view weakness_of(DigestAlgorithm algorithm) {
  return row(algorithm).weakness;
}
std::size_t size_of(DigestAlgorithm algorithm) {
  return row(algorithm).size;
}

const EVP_MD* evp(DigestAlgorithm algorithm) {
  // Fetching costs more than hashing a small file, so each is fetched once, when it is first asked for.
  static std::array<openssl::Digest, kAlgorithms.size()> fetched;
  static std::array<std::once_flag, kAlgorithms.size()> once;
  const auto place = static_cast<std::size_t>(algorithm);
  std::call_once(once.at(place), [&] {
    fetched.at(place).reset(EVP_MD_fetch(nullptr, row(algorithm).fetch_name, nullptr));
    if (!fetched.at(place)) openssl::throw_error("fetching a digest");
  });
  return fetched.at(place).get();
}

DigestValue::DigestValue(ByteView bytes) {
  if (bytes.size() > bytes_.size()) {
    throw Error(ErrorKind::malformed, std::to_string(bytes.size()) + " bytes are no digest");
  }
  std::ranges::copy(bytes, bytes_.begin());
  size_ = static_cast<std::uint8_t>(bytes.size());
}

Digester::Digester(DigestAlgorithm algorithm) : algorithm_(algorithm), context_(EVP_MD_CTX_new()) {
  if (!context_) openssl::throw_error("making a digest context");
}

void Digester::start() {
  openssl::require(EVP_DigestInit_ex2(context_.get(), evp(algorithm_), nullptr), "starting a digest");
  running_ = true;
}

void Digester::update(ByteView bytes) {
  if (!running_) start();
  openssl::require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()), "digesting");
}

DigestValue Digester::finish() {
  if (!running_) start();
  DigestValue value;
  static_assert(std::ranges::all_of(kAlgorithms, [](const AlgorithmRow& algorithm) {
    return algorithm.size <= std::tuple_size_v<decltype(value.bytes_)>;
  }));
  value.size_ = static_cast<std::uint8_t>(size_of(algorithm_));
  openssl::require(EVP_DigestFinal_ex(context_.get(), value.bytes_.data(), nullptr), "finishing a digest");
  running_ = false;
  return value;
}

Bytes digest(DigestAlgorithm algorithm, ByteView bytes) {
  Digester digester(algorithm);
  digester.update(bytes);
  return digester.finish().bytes();
}

Sha256 sha256(ByteView bytes) {
  Sha256 value{};
  std::ranges::copy(digest(DigestAlgorithm::sha256, bytes), value.begin());
  return value;
}

}  // namespace certstore
