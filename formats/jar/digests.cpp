#include "formats/jar/digests.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

#include <algorithm>
#include <array>
#include <optional>

namespace formats::jar {
namespace {

using certstore::DigestAlgorithm;

struct Spelling {
  std::string_view name;
  DigestAlgorithm algorithm;
};
// Java's standard names; the first of an algorithm is the one that is written.
constexpr std::array<Spelling, 13> kSpellings = {{{"SHA-256", DigestAlgorithm::sha256},
                                                  {"SHA-384", DigestAlgorithm::sha384},
                                                  {"SHA-512", DigestAlgorithm::sha512},
                                                  {"SHA1", DigestAlgorithm::sha1},
                                                  {"SHA-1", DigestAlgorithm::sha1},
                                                  {"SHA", DigestAlgorithm::sha1},
                                                  {"MD5", DigestAlgorithm::md5},
                                                  {"SHA-224", DigestAlgorithm::sha224},
                                                  {"SHA3-224", DigestAlgorithm::sha3_224},
                                                  {"SHA3-256", DigestAlgorithm::sha3_256},
                                                  {"SHA3-384", DigestAlgorithm::sha3_384},
                                                  {"SHA3-512", DigestAlgorithm::sha3_512},
                                                  {"SHA256", DigestAlgorithm::sha256}}};

// The algorithm of an attribute of that kind, if it is one.
std::optional<std::string_view> algorithm_part(std::string_view attribute, std::string_view kind) {
  if (attribute.size() <= kind.size()) return std::nullopt;
  const std::size_t end = attribute.size() - kind.size();
  if (!is_name(attribute.substr(end), kind)) return std::nullopt;
  return attribute.substr(0, end);
}

certstore::Bytes value_of(const Attribute& attribute, DigestAlgorithm algorithm) {
  try {
    certstore::Bytes value = certstore::from_base64(attribute.value);
    if (value.size() == certstore::size_of(algorithm)) return value;
  } catch (const certstore::Error& error) {
    if (error.kind() != certstore::ErrorKind::malformed) throw;
  }
  throw certstore::Error(certstore::ErrorKind::malformed,
                         "the attribute " + certstore::in_quotes(attribute.name) + " holds no digest");
}

}  // namespace

std::vector<Digest> digests_in(const Text& text, const Section& section, std::string_view kind) {
  std::vector<Digest> digests;
  for (const Attribute& attribute : text.attributes(section)) {
    const auto name = algorithm_part(attribute.name, kind);
    if (!name) continue;
    const auto known = std::find_if(kSpellings.begin(), kSpellings.end(),
                                    [&](const Spelling& spelling) { return is_name(*name, spelling.name); });
    if (known == kSpellings.end()) continue;
    if (std::any_of(digests.begin(), digests.end(),
                    [&](const Digest& digest) { return digest.algorithm == known->algorithm; })) {
      throw certstore::Error(certstore::ErrorKind::malformed,
                             "the attribute " + certstore::in_quotes(attribute.name) + " stands there twice");
    }
    digests.push_back({known->algorithm, value_of(attribute, known->algorithm)});
  }
  return digests;
}

bool is_entry_digest(std::string_view attribute) {
  return algorithm_part(attribute, kEntryDigest).has_value();
}

bool all_match(const std::vector<Digest>& digests, certstore::ByteView bytes) {
  return !digests.empty() && std::all_of(digests.begin(), digests.end(), [&](const Digest& digest) {
    return certstore::digest(digest.algorithm, bytes) == digest.value;
  });
}

DigestAlgorithm strongest(const std::vector<Digest>& digests) {
  const auto rank = [](DigestAlgorithm algorithm) {
    if (algorithm == DigestAlgorithm::md5) return 0;
    return certstore::weakness_of(algorithm).empty() ? 2 : 1;
  };
  return std::max_element(
             digests.begin(), digests.end(),
             [&](const Digest& a, const Digest& b) { return rank(a.algorithm) < rank(b.algorithm); })
      ->algorithm;
}

std::string attribute_name(DigestAlgorithm algorithm, std::string_view kind) {
  const auto found = std::find_if(kSpellings.begin(), kSpellings.end(),
                                  [&](const Spelling& spelling) { return spelling.algorithm == algorithm; });
  return std::string(found->name) + std::string(kind);
}

}  // namespace formats::jar
