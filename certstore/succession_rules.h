// What follows from a succession on this machine: at most what a person confirmed of the certificate before
// it, one step and no further.
#pragma once

#include "certstore/succession.h"
#include "certstore/trust.h"

#include <span>
#include <string>
#include <vector>

namespace certstore {

// Of one succession. It may be followed if and only if there is a record and no obstacle.
struct SuccessionAnswer {
  // One for each record that a person made and that names the certificate before, or its key: the same use,
  // scope, weaknesses and dates or narrower ones, for the certificate after. Without id, label, maker.
  std::vector<TrustRecord> records;
  std::vector<std::string> obstacles;  // one lower-case sentence each
  bool exposed = false;                // an obstacle is a key that is retired or known to be public
  bool contested = false;              // one is that its key named two successors: void() is to be remembered
  [[nodiscard]] bool may_be_followed() const { return !records.empty() && obstacles.empty(); }
};

// `shown`: all successions of this run, itself too. `policy`: the records of the store, and keys known to be
// public; `at` is not looked at, since a look back would give force to a key that lost it.
[[nodiscard]] SuccessionAnswer judge(const Succession& succession, std::span<const Succession> shown,
                                     const TrustPolicy& policy);

// The record without force, that remembers that it was contested.
[[nodiscard]] TrustRecord voided(TrustRecord record);
// Records in force that stand on successions of that key.
[[nodiscard]] std::vector<TrustRecord> followed_from(const Sha256& public_key,
                                                     std::span<const TrustRecord> records);

}  // namespace certstore
