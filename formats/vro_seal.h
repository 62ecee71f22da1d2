// The seal of a vRO package: the property `pkgtrust-seal` of its signed dunes-meta-inf, which binds all files
// outside signatures/ into one set under one name and one signer. docs/formats/vro.md says why.
#pragma once

#include "certstore/base/time.h"
#include "certstore/digest.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace formats {

inline constexpr std::string_view kSealKey = "pkgtrust-seal";
// Properties that begin so are ours; one that we do not know is never taken for none.
inline constexpr std::string_view kOurKeys = "pkgtrust-";

struct VroSeal {
  std::uint64_t count = 0;  // of the lines
  certstore::Sha256 digest{};
  std::uint64_t serial = 0;
  certstore::Instant signed_at;
  friend bool operator==(const VroSeal&, const VroSeal&) = default;
};

// "v=1 n=... sha256=... serial=... signed=...".
[[nodiscard]] std::string to_text(const VroSeal& seal);
// Reads exactly what to_text() writes; throws Error(malformed) for everything else, another v included.
[[nodiscard]] VroSeal parse_seal(std::string_view text);

// One file outside signatures/ other than dunes-meta-inf.
struct SealedFile {
  std::string_view path;
  std::uint64_t size = 0;
  certstore::Sha256 sha256{};
};

// The digest over name, signer and files, in any order. Throws Error(malformed) for a name with a control
// character, which could pretend to be lines.
[[nodiscard]] certstore::Sha256 seal_digest(std::string_view package_name,
                                            const certstore::Sha256& signer_certificate,
                                            std::vector<SealedFile> files);

}  // namespace formats
