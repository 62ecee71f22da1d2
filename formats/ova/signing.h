// Signing an OVA: manifest and certificate file are made or replaced, everything else stays byte for byte.
#pragma once

#include "formats/format.h"
#include "formats/ova/contents.h"

#include <memory>

namespace formats::ova {

// As SignedPackage::plan_signing() and plan_stripping(); the contents must outlive the plan.
[[nodiscard]] std::unique_ptr<SigningPlan> plan_ova_signing(const Contents& contents,
                                                            const SigningRequest& request);
[[nodiscard]] std::unique_ptr<SigningPlan> plan_ova_stripping(const Contents& contents);

}  // namespace formats::ova
