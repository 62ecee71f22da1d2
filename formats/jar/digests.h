// The digests that manifests and signature files state: attributes "<algorithm>-Digest" and their like
// (JAR File Specification, "Signed JAR File").
#pragma once

#include "certstore/digest.h"
#include "formats/jar/text.h"

#include <string>
#include <string_view>
#include <vector>

namespace formats::jar {

inline constexpr std::string_view kEntryDigest = "-Digest";
inline constexpr std::string_view kManifestDigest = "-Digest-Manifest";
inline constexpr std::string_view kMainDigest = "-Digest-Manifest-Main-Attributes";

struct Digest {
  certstore::DigestAlgorithm algorithm;
  certstore::DigestValue value;
};

// The digests of that kind in the section, each algorithm at most once. What is of an algorithm that we do
// not know is left out. Throws Error(malformed) for a value that is not base64 of its size, and for two
// spellings of one algorithm ("SHA", "SHA1").
[[nodiscard]] std::vector<Digest> digests_in(const Text& text, const Section& section, std::string_view kind);

// Whether the attribute states a digest of an entry, of whatever algorithm.
[[nodiscard]] bool is_entry_digest(std::string_view attribute);

// Whether all of them are digests of `bytes`, and there is one.
[[nodiscard]] bool all_match(const std::vector<Digest>& digests, certstore::ByteView bytes);

// Of digests that all hold, the one that is hardest to move to other bytes; there must be one.
[[nodiscard]] certstore::DigestAlgorithm strongest(const std::vector<Digest>& digests);

// "SHA-256-Digest", as jarsigner writes it.
[[nodiscard]] std::string attribute_name(certstore::DigestAlgorithm algorithm, std::string_view kind);

}  // namespace formats::jar
