// Signing a vRO package: the plan is made, with all refusals, before any key is opened.
#pragma once

#include "formats/format.h"
#include "formats/vro_contents.h"

#include <memory>

namespace formats {

// Throws Error(key) where the layout cannot take the kind of its key, or its subject as a file name.
void require_vro_certificate(const certstore::Certificate& certificate);

// See SignedPackage::plan_signing(). `issues` are those of the opened package. `contents` must outlive the
// plan.
[[nodiscard]] std::unique_ptr<SigningPlan> plan_vro_signing(const VroContents& contents,
                                                            const certstore::Issues& issues,
                                                            const SigningRequest& request);

}  // namespace formats
