// Signing a JAR or any other ZIP archive: the plan is made, with all refusals and all hashing, before a key
// is opened. The strict profile of docs/formats/jar.md: SHA-256, one section per entry.
#pragma once

#include "formats/format.h"
#include "formats/jar/contents.h"

#include <memory>
#include <vector>

namespace formats::jar {

// What stands in the archive already.
struct Existing {
  const Contents& contents;
  const certstore::Issues& issues;                // of the opened archive
  const std::vector<SignatureBlock>& signatures;  // as found
};

// See SignedPackage::plan_signing(). What `existing` refers to must outlive the plan.
[[nodiscard]] std::unique_ptr<SigningPlan> plan_jar_signing(const Existing& existing,
                                                            const SigningRequest& request);

// The archive without its JAR signatures and without the digests in its manifest. A signature whose other
// half is missing goes too. Throws Error(malformed) for an archive or manifest that cannot be read in one
// way.
[[nodiscard]] std::unique_ptr<SigningPlan> plan_jar_stripping(const Contents& contents,
                                                              const certstore::Issues& issues,
                                                              certstore::Instant time);

}  // namespace formats::jar
