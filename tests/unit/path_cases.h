// Paths that others made, through the very code that judges the signer of a package.
#pragma once

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "certstore/trust.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <string>

namespace tests {

// What decide() says, or the reader before it: a certificate that it refuses never gets as far.
struct PathAnswer {
  bool accepted = false;
  std::string why;  // ids of what speaks against it
};

inline PathAnswer answer_of(const certstore::SignerEvidence& evidence, const certstore::TrustPolicy& policy) {
  const certstore::TrustDecision decision = certstore::decide(evidence, policy);
  PathAnswer answer{.accepted = decision.trusted, .why = {}};
  for (const certstore::Issue& issue : decision.issues) {
    const certstore::IssueKind& kind = certstore::kind_of(issue.code);
    if (kind.effect == certstore::Effect::none) continue;
    answer.accepted = false;
    answer.why += (answer.why.empty() ? "" : "; ") + std::string(kind.id) + ": " + issue.detail;
  }
  return answer;
}

inline nlohmann::json read_json(const std::filesystem::path& path) {
  std::ifstream stream(path);
  return nlohmann::json::parse(stream);
}

inline certstore::Bytes read_bytes(const std::filesystem::path& path) {
  return certstore::InputFile::open(path.string()).read_all(std::size_t{4} << 20);
}

// One line of the table that each run prints.
inline void print_row(const std::string& id, const std::string& expected, const PathAnswer& answer,
                      const std::string& remark) {
  std::cout << std::left << std::setw(64) << id << " " << std::setw(8) << expected << " " << std::setw(8)
            << (answer.accepted ? "valid" : "invalid") << " " << remark << (remark.empty() ? "" : " ")
            << certstore::escaped(answer.why) << "\n";
}

}  // namespace tests
