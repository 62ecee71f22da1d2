// Time stamp tokens on CMS signatures: found, and put there.
#pragma once

#include "certstore/cms.h"
#include "certstore/timestamp.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace certstore {

// Gives the token for a signature value; nothing where there is none and the signature goes without. Throws
// where there must be one.
using Stamper = std::function<std::optional<Bytes>(ByteView signature)>;

// The tokens as found, of all attributes and all their values, at most limits::kTimestamps.
[[nodiscard]] std::vector<ByteView> timestamp_tokens(const cms::SignerInfo& signer);

struct CheckedStamps {
  std::vector<VerifiedTimestamp> good;
  std::vector<std::string> useless;  // why each of the others proves nothing
};
// `known`: certificates beside those in the tokens. Whether an authority is trusted is decided elsewhere.
[[nodiscard]] CheckedStamps check_timestamps(const cms::SignerInfo& signer,
                                             std::span<const Certificate> known);

// Adds a token from `stamper` to each signer of a SignedData that has none. An empty function changes
// nothing.
[[nodiscard]] Bytes with_timestamps(Bytes signed_data, const Stamper& stamper);

}  // namespace certstore
