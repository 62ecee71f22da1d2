// What every layout asks before it signs: nothing is signed that we would refuse, and nobody signs twice.
#pragma once

#include "certstore/base/issue.h"
#include "formats/signature.h"
#include "formats/signing_request.h"

#include <span>
#include <string>
#include <vector>

namespace formats {

// Throws Error(malformed) with the first finding that makes a package invalid; others do not matter here.
void require_signable(const certstore::Issues& issues);

// Who signs: the first one, then those of `also`.
[[nodiscard]] std::vector<certstore::Certificate> signers_of(const SigningRequest& request);
// Whether `only` names that entry; without any glob, all are named.
[[nodiscard]] bool is_wanted(const SigningRequest& request, const std::string& name);

// The signatures of `file` beside which the new ones come. Throws Error(usage) without `add`, and where one
// who would sign has signed already; Error(malformed) for a signature that does not match.
[[nodiscard]] std::vector<VerifiedSignature> require_addable(const std::string& file,
                                                             std::span<const SignatureBlock> existing,
                                                             const SigningRequest& request);

}  // namespace formats
