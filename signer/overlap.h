// An identity and the one that was made to follow it (cert renew --new-key): both are in the store and sign,
// until importers have the new certificate and the default moves.
#pragma once

#include "certstore/key_store.h"

#include <optional>
#include <string>
#include <vector>

namespace signer {

struct Overlap {
  std::optional<std::string> successor_of;  // its alias; empty for a key that is no longer in the store
  std::vector<std::string> successors;      // aliases
  // While both sign: until the default moves, or else until the older certificate ends.
  std::optional<certstore::Instant> until;
  bool awaits_ca = false;  // a CA issued the older one, and none has issued this one yet
};

[[nodiscard]] Overlap overlap_of(const certstore::KeyStore& keys, const certstore::StoredIdentity& identity,
                                 certstore::Instant at);
// "overlap until 2027-01-31, successor of 'server'"; empty where there is nothing to tell.
[[nodiscard]] std::string text_of(const Overlap& overlap);

// Plans that `next` is used from `from` on where no --alias is given. Throws Error(usage) for a time that has
// passed, and for one after the end of the present certificate or outside the dates of the next: there would
// be days without a signature.
void plan_default(certstore::KeyStore& keys, const std::string& next, certstore::Instant from,
                  certstore::Instant at);

}  // namespace signer
