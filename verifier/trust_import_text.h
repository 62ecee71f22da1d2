// What importing a trust bundle would change, for people and for programs.
#pragma once

#include "certstore/bundle_difference.h"

#include <ostream>
#include <string>

namespace verifier {

struct ImportFacts {
  std::string file;
  std::vector<certstore::Certificate> signers;
  bool applied = false;  // JSON says it
};

// Heading, keys, then one decision after the other with what it opens or closes; everything escaped.
void write_difference(const certstore::BundleDifference& found, const ImportFacts& facts, std::ostream& out);
// One JSON object on one line.
void write_difference_json(const certstore::BundleDifference& found, const ImportFacts& facts,
                           std::ostream& out);
// A bundle that was imported: name, version, end, keys, what it gave.
void write_kept(const certstore::KeptBundle& kept, certstore::Instant now, std::ostream& out);
// One JSON object on one line.
void write_kept_json(const certstore::KeptBundle& kept, std::ostream& out);
// What goes with a bundle that is forgotten, and what stays.
void write_forgetting(const certstore::BundleDifference& found, std::ostream& out);
// Two lines that count: decisions, revocation lists.
[[nodiscard]] std::string summary_of(const certstore::BundleDifference& found);

}  // namespace verifier
