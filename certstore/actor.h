// Who does something on which machine, and when: for trust records and the audit log.
#pragma once

#include "certstore/base/time.h"

#include <cstdint>
#include <optional>
#include <string>

namespace certstore {

struct Actor {
  std::optional<std::uint64_t> uid;  // absent in what older versions wrote
  std::string user;                  // the name of the uid, or "user 1000" where it has none
  std::string host;
  Instant when{};
  friend bool operator==(const Actor&, const Actor&) = default;
};

// The person whom this process runs for, on this machine, at `when`.
[[nodiscard]] Actor acting_at(Instant when);

}  // namespace certstore
