// Signing as minisign does: FILE.minisig, over the BLAKE2b-512 of the file, by a bare key.
#pragma once

#include "formats/beside.h"

#include <memory>

namespace formats::minisign {

// Digests the file now, as a stream; write() then makes the signature file. Throws Error(usage) for what the
// form has no place for: another signer, a signature beside it, PEM, a time stamp, a file name that cannot
// stand in the trusted comment.
[[nodiscard]] std::unique_ptr<SigningPlan> plan_signature(const certstore::InputFile& file,
                                                          const SigningRequest& request,
                                                          const BesideWish& wish);

}  // namespace formats::minisign
