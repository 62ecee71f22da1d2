// What revocation lists say of one certificate, by OpenSSL: complete, delta and indirect lists, by scope and
// by reason (RFC 5280 6.3.3). Facts only; crl_rules.h says what follows of them.
#pragma once

#include "certstore/certificate.h"
#include "certstore/crl.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace certstore {

struct CrlQuestion {
  Certificate certificate;
  std::vector<Certificate> anchors;  // where its path may end
  std::vector<Certificate> offered;  // others, also those that sign lists
  std::vector<Crl> lists;            // of which each was taken under a known issuer
  Instant at;                        // when lists must be current
  bool has_path = false;             // find_path() came from it to one of `anchors`
};

struct Revocation {
  Instant since{};                       // as the list says
  std::optional<Instant> invalid_since;  // when its key was lost (invalidityDate)
  std::string reason;                    // RFC 5280 5.3.1: "keyCompromise"; "unspecified" where none is said
  bool by_loss = true;                   // the key may have been in other hands
  // From when on signatures do not count; of a lost key since it was lost.
  [[nodiscard]] Instant counts_from() const {
    return by_loss && invalid_since ? std::min(*invalid_since, since) : since;
  }
};

struct CrlStatus {
  enum class State { good, revoked, missing, stale };
  State state = State::missing;
  std::optional<Revocation> revocation;  // if and only if revoked
  std::string why;                       // of missing and stale
};

// A list that has ended still says who was revoked; only what it does not say is stale.
[[nodiscard]] CrlStatus status_of(const CrlQuestion& question);

}  // namespace certstore
