// Signing a tar: the plan is made, with all refusals and all hashing, before a key is opened.
#pragma once

#include "formats/format.h"
#include "formats/tar/contents.h"

#include <memory>
#include <vector>

namespace formats::tar {

// What stands in the archive already.
struct Existing {
  const Contents& contents;
  const certstore::Issues& issues;                // of the opened archive
  const std::vector<SignatureBlock>& signatures;  // as found
};

// See SignedPackage::plan_signing(). What `existing` refers to must outlive the plan.
[[nodiscard]] std::unique_ptr<SigningPlan> plan_tar_signing(const Existing& existing,
                                                            const SigningRequest& request);

// The archive without its signatures, those too whose other half is missing. Throws Error(malformed) for an
// archive that cannot be read in one way, Error(usage) where nothing is signed.
[[nodiscard]] std::unique_ptr<SigningPlan> plan_tar_stripping(const Contents& contents,
                                                              const certstore::Issues& issues);

// See SignedPackage::write_stamped().
[[nodiscard]] std::size_t stamp_tar(const Contents& contents, const certstore::Issues& issues,
                                    const certstore::Stamper& stamper, certstore::AtomicFile& out);

}  // namespace formats::tar
