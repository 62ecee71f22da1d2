// The frozen exit codes, their order and how troubles map to them. The only place that knows numbers.
#pragma once

#include "certstore/base/error.h"

namespace certstore {

enum class ExitCode {
  accepted = 0,
  trouble = 1,
  usage = 2,
  unsigned_package = 10,
  untrusted = 11,
  policy = 12,
  invalid = 13,
  internal = 14,
  dates = 15,
  exposed_key = 16,
  status_unknown = 17,
  renew_soon = 18,  // only `pkgsign cert status`
  interrupted = 130
};

// Returns the one that stands further left in: 2, 130 | 13 > 16 > 14 > 1 > 10 > 11 > 12 > 17 > 15 > 18 > 0.
[[nodiscard]] ExitCode leftmost(ExitCode a, ExitCode b);
[[nodiscard]] ExitCode exit_code(ErrorKind kind);

}  // namespace certstore
