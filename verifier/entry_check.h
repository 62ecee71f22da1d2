// One pass over one entry: its bytes are read once and compared with everything that verified signatures say
// of them.
#pragma once

#include "formats/format.h"

#include <span>
#include <vector>

namespace verifier {

// What is asked of one entry.
struct EntryTask {
  std::size_t entry = 0;
  std::vector<formats::Covered> covers;
  std::optional<certstore::DigestAlgorithm> set_digest;
  bool want_sha256 = false;
};

struct EntryOutcome {
  std::vector<std::size_t>
      matching;  // of the task's covers, the verified signatures that vouch for the bytes
  certstore::Bytes set_digest;
  certstore::Bytes sha256;
  certstore::Issues issues;  // damaged_entry, signature_mismatch, mixed_digests, digest_mismatch
};

// Pure: may run on any thread. `signers` are Coverage::signers.
[[nodiscard]] EntryOutcome check_entry(const formats::SignedPackage& package, const EntryTask& task,
                                       std::span<const certstore::SignerIdentity> signers);

}  // namespace verifier
