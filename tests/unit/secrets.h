// Secrets of tests: no secret at all.
#pragma once

#include "certstore/base/secret.h"

#include <algorithm>
#include <string_view>

namespace tests {

inline certstore::SecretBytes secret(std::string_view text) {
  certstore::SecretBytes bytes(text.size());
  std::ranges::copy(certstore::as_bytes(text), bytes.writable().begin());
  return bytes;
}

}  // namespace tests
