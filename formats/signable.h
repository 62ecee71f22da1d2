// What is found wrong with a package keeps it from being signed: we do not sign what we would refuse.
#pragma once

#include "certstore/base/issue.h"

namespace formats {

// Throws Error(malformed) with the first finding that makes a package invalid; others do not matter here.
void require_signable(const certstore::Issues& issues);

}  // namespace formats
