// What importing a trust bundle would change in a store: worked out before anybody is asked, and applied as
// it was shown or not at all (trust_store.h).
#pragma once

#include "certstore/crl_record.h"
#include "certstore/kept_bundle.h"

#include <vector>

namespace certstore {

// The records of a store at one moment.
struct TrustState {
  std::vector<TrustRecord> records;
  std::vector<CrlRecord> crls;
  std::vector<KeptBundle> bundles;
  Sha256 digest{};  // of all of them as they rest
};

// The same decision about the same signer or file, in other terms.
struct ChangedRecord {
  TrustRecord before;
  TrustRecord after;
};

struct BundleDifference {
  std::optional<KeptBundle> before;  // what is remembered of that name
  KeptBundle after;
  std::vector<TrustRecord> added;
  std::vector<TrustRecord> retired;  // added too
  std::vector<ChangedRecord> changed;
  std::vector<TrustRecord> withdrawn;      // trust that an earlier version gave, and this one does not
  std::vector<TrustRecord> still_retired;  // no version takes a retirement back by leaving it out
  std::vector<TrustRecord> overruled;      // of others, about whom it retires: they stay, without force
  std::vector<TrustRecord> retired_here;   // it trusts keys that this store retired, now or from a day on
  std::size_t unchanged = 0;
  std::vector<CrlRecord> lists;  // new, or newer than the one of the same series
  std::size_t lists_unchanged = 0;
  std::size_t lists_older = 0;  // the store has a newer one, which stays
  Sha256 store{};               // the state that it was made from

  [[nodiscard]] bool policy_changes() const;
  // Whether the store says all of that already.
  [[nodiscard]] bool is_nothing() const;
};

// Throws Error(policy) where another bundle brought another policy, Error(store) for too many revocation
// lists.
[[nodiscard]] BundleDifference difference(const SignedBundle& bundle, const TrustState& state);

// What goes with a bundle that is forgotten: the trust that it alone gave, its policy, and the memory of its
// version and keys. Retirements and revocation lists stay.
[[nodiscard]] BundleDifference forgetting(const KeptBundle& kept, const TrustState& state);

// The keys that records retire, by certificate and by key: they sign no bundle.
[[nodiscard]] std::vector<Sha256> retired_keys(const std::vector<TrustRecord>& records, Instant now);

}  // namespace certstore
