// The commands of pkgverify, one file each; main.cpp is the table of them.
#pragma once

#include "certstore/base/cli.h"

namespace verifier {

[[nodiscard]] certstore::cli::Command check_command();

}  // namespace verifier
