// The time stamps on a signature, checked.
#pragma once

#include "certstore/timestamp.h"
#include "formats/signature.h"

#include <vector>

namespace verifier {

struct SignatureStamps {
  std::vector<certstore::VerifiedTimestamp> checked;
  certstore::Issues useless;  // why others prove nothing
};

// Those of the attributes that are not signed; a raw signature has none.
[[nodiscard]] SignatureStamps stamps_of(const formats::VerifiedSignature& signature);

}  // namespace verifier
