#include "verifier/elements.h"

#include "certstore/base/parallel.h"

#include <algorithm>
#include <map>
#include <span>

namespace verifier {
namespace {

using certstore::Certificate;
using certstore::IssueCode;
using Wanted = VerifyOptions::Elements;

// What the verdict hangs on is found whether or not anybody wants to see it.
bool needs_elements(const PackagePolicy& rules) {
  return !rules.elements.empty() || rules.require_owners;
}

class Elements {
 public:
  Elements(Report& report, const VerifyOptions& options) : report_(report), options_(options) {}

  void list(std::vector<formats::Element> elements) {
    report_.element_count = elements.size();
    report_.elements.resize(elements.size());
    certstore::for_each_parallel(elements.size(), options_.jobs, [&](std::size_t i) {
      report_.elements[i].element = std::move(elements[i]);
      find_signers(report_.elements[i]);
    });
    for (ElementReport& element : report_.elements) {
      for (const std::size_t signer : element.signers) ++report_.signers[signer].elements;
      judge_owner(element);
    }
  }

  void count(std::span<const std::size_t> entries) {
    report_.element_count = entries.size();
    for (const std::size_t entry : entries) {
      for (const std::size_t signer : report_.entries[entry].signers) ++report_.signers[signer].elements;
    }
  }

 private:
  // Writes to the element only: many threads do.
  void find_signers(ElementReport& found) const {
    const std::vector<std::size_t>& entries = found.element.entries;
    if (entries.empty()) return;
    for (std::size_t signer = 0; signer < report_.signers.size(); ++signer) {
      const bool all = std::all_of(entries.begin(), entries.end(), [&](std::size_t entry) {
        const auto& signers = report_.entries[entry].signers;
        return std::find(signers.begin(), signers.end(), signer) != signers.end();
      });
      if (all) found.signers.push_back(signer);
    }
  }

  // Decided once a certificate: a package may have a million elements, and a store many records.
  bool is_trusted_owner(const Certificate& certificate) {
    const auto [known, is_new] = owners_.try_emplace(certificate.sha256(), false);
    if (is_new) {
      const certstore::SignerEvidence evidence{
          certificate, report_.certificates, {}, report_.facts.name, true, {}};
      known->second = certstore::decide(evidence, options_.policy).trusted;
    }
    return known->second;
  }

  void judge_owner(ElementReport& found) {
    const formats::Element& element = found.element;
    if (!element.owner) return;
    const formats::Owner& owner = *element.owner;
    const auto note = [&](IssueCode code, std::string detail) {
      found.issues.push_back({code, element.id, std::move(detail)});
    };
    switch (owner.standing) {
      case formats::OwnerStanding::confirmed:
        break;
      case formats::OwnerStanding::older_version:
        note(IssueCode::owner_older_version, "the owner's signature is over an older version");
        break;
      case formats::OwnerStanding::not_confirmed:
        note(IssueCode::owner_not_confirmed, "the owner's signature is not over this content");
        break;
      case formats::OwnerStanding::certificate_absent:
        note(IssueCode::owner_certificate_absent, "the owner's certificate is not in the package");
        break;
      case formats::OwnerStanding::other_key:
        note(IssueCode::owner_other_key, "the certificate of the owner's name has another key");
        break;
    }
    if (owner.certificate && owner.standing != formats::OwnerStanding::other_key) {
      found.owner_trusted = is_trusted_owner(*owner.certificate);
    }
    if (!found.owner_trusted) note(IssueCode::owner_not_trusted, "its owner is not trusted on this machine");
  }

  Report& report_;
  const VerifyOptions& options_;
  std::map<certstore::Sha256, bool> owners_;
};

}  // namespace

void gather_elements(Report& report, const formats::SignedPackage& package, const formats::Coverage& coverage,
                     const VerifyOptions& options) {
  const bool needed = needs_elements(options.rules);
  if (options.elements == Wanted::none && !needed) return;
  const bool is_listed = options.elements == Wanted::listed || needed;
  const auto single = is_listed ? std::nullopt : package.single_entry_elements();
  Elements elements(report, options);
  single ? elements.count(*single) : elements.list(package.elements(coverage, options.jobs));
}

}  // namespace verifier
