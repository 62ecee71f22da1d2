// The elements of a package: who signed all of each, and what speaks against its owner.
#pragma once

#include "verifier/report.h"
#include "verifier/verify.h"

namespace verifier {

// Adds them to the report, as the options ask and its rules need; after its entries were checked and nothing
// makes it invalid. Whether an owner is trusted is decided by the policy of the options.
void gather_elements(Report& report, const formats::SignedPackage& package, const formats::Coverage& coverage,
                     const VerifyOptions& options);

}  // namespace verifier
