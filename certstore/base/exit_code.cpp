#include "certstore/base/exit_code.h"

#include <algorithm>
#include <array>

namespace certstore {
namespace {

constexpr std::array kOrder = {ExitCode::usage,
                               ExitCode::interrupted,
                               ExitCode::invalid,
                               ExitCode::exposed_key,
                               ExitCode::internal,
                               ExitCode::trouble,
                               ExitCode::unsigned_package,
                               ExitCode::untrusted,
                               ExitCode::policy,
                               ExitCode::status_unknown,
                               ExitCode::dates,
                               ExitCode::renew_soon,
                               ExitCode::accepted};

}  // namespace

ExitCode leftmost(ExitCode a, ExitCode b) {
  return *std::find_if(kOrder.begin(), kOrder.end(), [&](ExitCode code) { return code == a || code == b; });
}

ExitCode exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return ExitCode::usage;
    case ErrorKind::io:
    case ErrorKind::store:
    case ErrorKind::passphrase:
    case ErrorKind::key:
    case ErrorKind::unsupported:
      return ExitCode::trouble;
    case ErrorKind::malformed:
      return ExitCode::invalid;
    case ErrorKind::exposed_key:
      return ExitCode::exposed_key;
    case ErrorKind::untrusted:
      return ExitCode::untrusted;
    case ErrorKind::policy:
      return ExitCode::policy;
    case ErrorKind::dates:
      return ExitCode::dates;
    case ErrorKind::status:
      return ExitCode::status_unknown;
    case ErrorKind::interrupted:
      return ExitCode::interrupted;
    case ErrorKind::internal:
      return ExitCode::internal;
  }
  return ExitCode::internal;
}

}  // namespace certstore
