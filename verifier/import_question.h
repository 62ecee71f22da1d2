// What stands between a package and its acceptance, and whether a person may decide it: no printing, no
// asking.
#pragma once

#include "certstore/trust.h"
#include "verifier/report.h"

#include <cstddef>
#include <string>
#include <vector>

namespace verifier {

struct Question {
  std::vector<std::size_t> signers;     // of whom something is not accepted, those that cover most first
  std::vector<std::string> weaknesses;  // of these signers, by name, not allowed yet
  certstore::Issues blockers;           // of these signers, which cannot be allowed at a prompt
  bool owners = false;                  // owners of elements are asked about too (policy owners = require)
};

// True if and only if a person may be asked about a package that ends so: 11, 12, 15, 17. Never 10, 13, 16.
[[nodiscard]] bool may_be_asked(certstore::ExitCode code);
[[nodiscard]] Question question_about(const Report& report);
// The weaknesses of one signer that can be allowed and are not yet, by name.
[[nodiscard]] std::vector<std::string> open_weaknesses(const SignerReport& signer);

// Where this machine or this package knows the signer's name, or this package's name, with another key; one
// sentence each, escaped. Names prove nothing, and this is how a stranger would abuse that.
[[nodiscard]] std::vector<std::string> namesakes(const Report& report, const SignerReport& signer,
                                                 const certstore::TrustPolicy& policy);

// Of the names that the question shows, those that mix letters of several scripts; one sentence each.
[[nodiscard]] std::vector<std::string> lookalikes(const Report& report, const Question& question);

}  // namespace verifier
