// Where the signed packages go: one of -o, --output-dir, --in-place, decided before anything is read.
#pragma once

#include "certstore/base/cli.h"
#include "signer/sign.h"

#include <vector>

namespace signer {

struct Job {
  std::filesystem::path input;
  Target target;
};

// One job per operand. Throws Error(usage) unless exactly one of the three is given and fits (the hint then
// holds the alternatives, ready to paste), or when two packages would go to one place; Error(io) when a
// target exists and --force is not given.
[[nodiscard]] std::vector<Job> choose_targets(const certstore::cli::Arguments& arguments,
                                              const certstore::cli::Command& command);

}  // namespace signer
