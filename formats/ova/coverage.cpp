#include "formats/ova/coverage.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "formats/ova/references.h"

#include <algorithm>

namespace formats::ova {
namespace {

using certstore::in_quotes;
using certstore::IssueCode;

// The line of signature digits is what programs check, by the first certificate; the CMS signature must say
// the same of the same signer, else each program would name another one.
certstore::Issues signer_findings(const Contents& contents, std::span<const VerifiedSignature> verified) {
  const std::string& name = contents.name(*contents.layout.certificate);
  certstore::Issues issues;
  for (const VerifiedSignature& signature : verified) {
    if (signature.signer() == contents.certificate->certificates.front()) continue;
    issues.push_back({IssueCode::ambiguous_layouts, name,
                      std::string(signature.signer_info() ? "its CMS signature" : "its signature") +
                          " is by " + in_quotes(signature.signer().subject()) +
                          ", and its first certificate is that of " +
                          in_quotes(contents.certificate->certificates.front().subject())});
  }
  return issues;
}

void add_lines(const Contents& contents, Coverage& coverage) {
  const auto all = contents.members->all();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (contents.layout.is_signature_file(i)) continue;
    const DigestLine* const line = contents.manifest->find(all[i].name);
    if (line == nullptr) continue;
    coverage.covered.push_back(
        {.entry = i, .signature = 0, .algorithm = line->algorithm, .proof = StatedDigest{line->value}});
    if (i == contents.layout.descriptor) coverage.set_digest = line->algorithm;
  }
}

// The algorithms on which the files hang: of the lines, and of the signature where a CMS one stands before
// it.
std::vector<certstore::DigestAlgorithm> digests_of(const Contents& contents,
                                                   std::span<const VerifiedSignature> verified) {
  std::vector<certstore::DigestAlgorithm> digests;
  const auto add = [&](certstore::DigestAlgorithm digest) {
    if (std::find(digests.begin(), digests.end(), digest) == digests.end()) digests.push_back(digest);
  };
  for (const VerifiedSignature& signature : verified.subspan(1)) add(signature.digest());
  for (const DigestLine& line : contents.manifest->lines) add(line.algorithm);
  return digests;
}

bool matches(const Covered& cover, std::span<const certstore::DigestValue> set_digests) {
  return set_digests[cover.entry] == std::get<StatedDigest>(cover.proof).value;
}

// Whoever imports the package reads what the descriptor refers to: no more than was signed.
certstore::Issues reference_findings(const Contents& contents) {
  const std::size_t place = *contents.layout.descriptor;
  const std::string& name = contents.name(place);
  certstore::Issues issues;
  try {
    const certstore::Bytes text = read_small(*contents.members, place, certstore::limits::kOvfSize);
    for (const Reference& reference : references_of(text, "the descriptor")) {
      if (is_elsewhere(reference)) {
        issues.push_back({IssueCode::unprovable, name,
                          "it takes in " + in_quotes(reference.href) + ", which lies elsewhere"});
      } else if (!contents.manifest->find(first_file_of(reference)) &&
                 !contents.manifest->find(reference.href)) {
        issues.push_back({IssueCode::removed_entry, reference.href,
                          "the descriptor takes it in, and the manifest does not name it"});
      }
      if (issues.size() >= certstore::limits::kContainerFindings) break;
    }
  } catch (const certstore::Error& error) {
    if (error.kind() != certstore::ErrorKind::malformed) throw;
    issues.push_back({IssueCode::malformed_layout, name, error.what()});
  }
  return issues;
}

}  // namespace

Coverage coverage_of(const Contents& contents, std::span<const VerifiedSignature> verified) {
  Coverage coverage;
  for (const auto& place : {contents.layout.manifest, contents.layout.certificate}) {
    if (place) coverage.exempt.push_back(*place);
  }
  // With a signature that is not good nothing else counts.
  if (!contents.manifest || (contents.layout.certificate && verified.empty())) return coverage;
  coverage.issues = contents.manifest->issues;
  const certstore::Issues strangers = bijection_findings(contents);
  coverage.issues.insert(coverage.issues.end(), strangers.begin(), strangers.end());
  add_lines(contents, coverage);
  if (verified.empty()) return coverage;
  const certstore::Issues others = signer_findings(contents, verified);
  coverage.issues.insert(coverage.issues.end(), others.begin(), others.end());
  // One for both signatures: they are of one signer.
  coverage.signers.push_back(verified.front().signer());
  coverage.digests.push_back(digests_of(contents, verified));
  coverage.facts.name = contents.layout.base;
  coverage.facts.bound = true;
  return coverage;
}

certstore::Issues set_findings(const Contents& contents, const Coverage& coverage, bool is_signed,
                               std::span<const certstore::DigestValue> set_digests) {
  certstore::Issues issues;
  for (const Covered& cover : coverage.covered) {
    if (cover.algorithm != coverage.set_digest) continue;
    const bool right = matches(cover, set_digests);
    if (is_signed && right && cover.entry == contents.layout.descriptor) {
      issues = reference_findings(contents);
    } else if (!is_signed && !right) {
      issues.push_back({IssueCode::digest_mismatch, contents.name(cover.entry),
                        "its bytes do not have the " + std::string(certstore::name_of(cover.algorithm)) +
                            " of the manifest, which nobody signed"});
    }
  }
  return issues;
}

certstore::Issues unprovable() {
  return {
      {IssueCode::unprovable, "", "that nothing newer was signed: an appliance has no serial number"},
      {IssueCode::unprovable, "", "the name of the file, and owner, mode and time of its members"},
      {IssueCode::unprovable, "", "the time of signing, where no trusted time stamp is there"},
  };
}

}  // namespace formats::ova
