// One pass over one entry: its bytes are read once and compared with everything that verified signatures say
// of them.
#pragma once

#include "formats/format.h"

#include <boost/container/small_vector.hpp>

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace verifier {

// A digest that was computed before, if it was.
using KnownDigest = std::function<std::optional<certstore::DigestValue>(certstore::DigestAlgorithm)>;

// What is asked of one entry.
struct EntryTask {
  std::size_t entry = 0;
  const formats::Reading& read;         // of the entry, for the one pass
  std::span<const std::size_t> covers;  // of it, by their places in Coverage::covered
  bool want_set_digest = false;         // if Coverage::set_digest says which
  bool want_sha256 = false;
  KnownDigest known = nullptr;  // of the entry's bytes
};

struct EntryOutcome {
  // Of the task's covers, the verified signatures that vouch for the bytes.
  boost::container::small_vector<std::size_t, 2> matching;
  certstore::DigestValue set_digest;
  certstore::DigestValue sha256;
  certstore::Issues issues;  // damaged_entry, signature_mismatch, mixed_digests, digest_mismatch
};

// Pure: may run on any thread.
[[nodiscard]] EntryOutcome check_entry(const formats::SignedPackage& package,
                                       const formats::Coverage& coverage, const EntryTask& task);

}  // namespace verifier
