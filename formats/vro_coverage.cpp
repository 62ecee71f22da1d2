#include "formats/vro_coverage.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/base/parallel.h"
#include "formats/properties.h"
#include "formats/vro_one_meaning.h"
#include "formats/vro_seal.h"

#include <algorithm>
#include <optional>

namespace formats {
namespace {

using certstore::in_quotes;
using certstore::Issue;
using certstore::IssueCode;
using certstore::Issues;

// The certificate that pkg-signer names, if it is in its place and of the key that signed.
std::optional<certstore::Certificate> named_signer(const VroContents& contents, const Properties& meta,
                                                   const VerifiedSignature& root, Issues& issues) {
  const auto missing = [&](const std::string& detail) {
    issues.push_back({IssueCode::signer_certificate_missing, std::string(kVroMeta), detail});
    return std::nullopt;
  };
  const std::string* name = meta.find("pkg-signer");
  if (name == nullptr) return missing("the package does not say who signed it");
  const std::string path = certificate_path(*name);
  const zip::Entry* entry = contents.index.find(path);
  const certstore::Certificate* certificate =
      entry == nullptr
          ? nullptr
          : contents.certificate_at(static_cast<std::size_t>(entry - contents.index.entries.data()));
  if (certificate == nullptr) return missing("the package does not carry " + in_quotes(path));
  // Two certificates may have one key: the one that the signed bytes name counts.
  if (certificate->public_key_sha256() != root.signer().public_key_sha256()) {
    return missing(in_quotes(path) + " is not of the key that signed the package");
  }
  return *certificate;
}

void check_certificate_names(const VroContents& contents, Issues& issues) {
  for (const VroCertificate& found : contents.certificates) {
    std::string_view name = contents.name(found.entry);
    name.remove_prefix(kVroCertificates.size());
    name.remove_suffix(std::string_view(".cer").size());
    if (names_subject(name, found.certificate.subject())) continue;
    issues.push_back({IssueCode::certificate_misnamed, std::string(contents.name(found.entry)),
                      "its subject is " + in_quotes(found.certificate.subject())});
  }
}

// Our properties: exactly the one that we know, in exactly its form, or none.
std::optional<VroSeal> read_seal(const Properties& meta, Issues& issues) {
  std::optional<VroSeal> seal;
  for (const auto& [key, value] : meta.pairs()) {
    if (!key.starts_with(kOurKeys)) continue;
    if (key != kSealKey) {
      issues.push_back(
          {IssueCode::seal_malformed, std::string(kVroMeta), "unknown property " + in_quotes(key)});
      continue;
    }
    try {
      seal = parse_seal(value);
    } catch (const certstore::Error& error) {
      issues.push_back({IssueCode::seal_malformed, std::string(kVroMeta), error.what()});
    }
  }
  return seal;
}

void read_facts(const Properties& meta, PackageFacts& facts, Issues& issues) {
  for (const auto& [key, value] : meta.pairs()) {
    if (key == "pkg-name") {
      facts.name = value;
    } else if (key != kSealKey) {
      facts.properties.emplace_back(key, value);
    }
  }
  if (facts.name.empty()) {
    issues.push_back({IssueCode::malformed_layout, std::string(kVroMeta), "the package has no name"});
  }
}

void cover_files(const VroContents& contents, certstore::DigestAlgorithm algorithm, Coverage& coverage) {
  for (const VroFile& file : contents.layout.files) {
    if (file.signature) {
      coverage.covered.push_back({file.entry, 0, algorithm, DetachedSignature{*file.signature}});
    } else {
      coverage.issues.push_back({IssueCode::unsigned_entry, std::string(contents.name(file.entry)), ""});
    }
  }
  for (const std::size_t orphan : contents.layout.orphans) {
    coverage.issues.push_back({IssueCode::orphan_signature, std::string(contents.name(orphan)), ""});
  }
  for (const std::size_t signature : contents.layout.signatures) {
    if (contents.index.entries[signature].size > certstore::limits::kSignatureSize) {
      coverage.issues.push_back(
          {IssueCode::malformed_layout, std::string(contents.name(signature)), "too large for a signature"});
    }
  }
  coverage.exempt = contents.layout.signatures;
  coverage.exempt.insert(coverage.exempt.end(), contents.layout.directories.begin(),
                         contents.layout.directories.end());
}

Issues check_seal(const VroContents& contents, const Coverage& coverage, const VroSeal& seal,
                  std::span<const certstore::DigestValue> set_digests) {
  const auto mismatch = [](std::string subject, std::string detail) {
    return Issues{{IssueCode::seal_mismatch, std::move(subject), std::move(detail)}};
  };
  // Without the certificate that is named there is an issue already, and nothing to bind to.
  if (coverage.signers.empty()) return {};
  std::vector<SealedFile> files;
  for (const VroFile& file : contents.layout.files) {
    if (file.entry == contents.layout.meta) continue;
    const std::string_view name = contents.name(file.entry);
    const certstore::DigestValue& digest = set_digests[file.entry];
    SealedFile sealed{name, contents.index.entries[file.entry].size, {}};
    if (digest.size() != sealed.sha256.size()) {
      return mismatch(std::string(name), "the file could not be counted into the sealed set");
    }
    std::copy(digest.begin(), digest.end(), sealed.sha256.begin());
    files.push_back(sealed);
  }
  if (files.size() != seal.count) {
    return mismatch("", "the seal is over " + std::to_string(seal.count) + " files, the package has " +
                            std::to_string(files.size()));
  }
  try {
    if (seal_digest(coverage.facts.name, coverage.signers.front().sha256(), std::move(files)) !=
        seal.digest) {
      return mismatch("", "the files are not the set that was sealed");
    }
  } catch (const certstore::Error& error) {
    return mismatch("", error.what());
  }
  return {};
}

// "info" is in every element of every real package; its id is the folder's (10,561 of 10,561).
std::optional<Issue> check_place(const VroContents& contents, const VroElementPlace& element) {
  const std::string folder = std::string(kVroElements) + std::string(element.id) + "/";
  const std::optional<std::size_t> info = part_of(element, contents.index, "info");
  if (!info) return Issue{IssueCode::malformed_layout, folder, "the element has no info"};
  try {
    const Properties properties =
        Properties::parse(contents.read(*info, certstore::limits::kPropertiesSize), contents.name(*info));
    const std::string* id = properties.find("id");
    if (id == nullptr) return Issue{IssueCode::element_misplaced, folder, "its info states no id"};
    if (*id == element.id) return std::nullopt;
    return Issue{IssueCode::element_misplaced, folder, "its info states the id " + in_quotes(*id)};
  } catch (const certstore::Error& error) {
    if (error.kind() != certstore::ErrorKind::malformed) throw;
    return Issue{IssueCode::malformed_layout, folder, error.what()};
  }
}

}  // namespace

certstore::Issues vro_misplaced(const VroContents& contents, unsigned jobs) {
  const auto& elements = contents.layout.elements;
  std::vector<std::optional<Issue>> found(elements.size());
  certstore::for_each_parallel(elements.size(), jobs,
                               [&](std::size_t i) { found[i] = check_place(contents, elements[i]); });
  Issues issues;
  for (std::optional<Issue>& issue : found) {
    if (issue) issues.push_back(std::move(*issue));
  }
  return issues;
}

Coverage vro_coverage(const VroContents& contents, std::span<const VerifiedSignature> verified) {
  Coverage coverage;
  if (verified.empty() || !contents.sound) return coverage;
  const VerifiedSignature& root = verified.front();
  cover_files(contents, root.digest(), coverage);
  check_certificate_names(contents, coverage.issues);
  try {
    const Properties meta = Properties::parse(root.message(), kVroMeta);
    read_facts(meta, coverage.facts, coverage.issues);
    const std::optional<VroSeal> seal = read_seal(meta, coverage.issues);
    if (seal) {
      coverage.facts.seal = Seal{seal->serial, seal->signed_at};
      coverage.facts.bound = true;
      coverage.set_digest = certstore::DigestAlgorithm::sha256;
    }
    const auto signer = named_signer(contents, meta, root, coverage.issues);
    if (!signer) return coverage;
    coverage.signers.push_back(*signer);
    if (!seal && signer->promises_bound_packages()) {
      coverage.issues.push_back({IssueCode::seal_missing, std::string(kVroMeta), ""});
    }
  } catch (const certstore::Error& error) {
    if (error.kind() != certstore::ErrorKind::malformed) throw;
    coverage.issues.push_back({IssueCode::malformed_layout, std::string(kVroMeta), error.what()});
  }
  return coverage;
}

certstore::Issues vro_check_set(const VroContents& contents, const Coverage& coverage,
                                std::span<const VerifiedSignature> verified,
                                std::span<const certstore::DigestValue> set_digests, unsigned jobs) {
  Issues issues;
  if (verified.empty() || !contents.sound) return issues;
  if (coverage.facts.seal) {
    // It was parsed by vro_coverage() without a finding, so this throws nothing.
    const Properties meta = Properties::parse(verified.front().message(), kVroMeta);
    issues = check_seal(contents, coverage, parse_seal(*meta.find(kSealKey)), set_digests);
  }
  // What a seal binds was looked at when it was signed; without one, a signature from elsewhere can be put
  // in.
  if (!coverage.facts.seal) {
    const Issues ambiguous = vro_der_members(contents, jobs);
    issues.insert(issues.end(), ambiguous.begin(), ambiguous.end());
  }
  const Issues misplaced = vro_misplaced(contents, jobs);
  issues.insert(issues.end(), misplaced.begin(), misplaced.end());
  return issues;
}

certstore::Issues vro_unprovable(const Coverage& coverage) {
  Issues issues;
  const auto say = [&](std::string detail) {
    issues.push_back({IssueCode::unprovable, "", std::move(detail)});
  };
  say("the times, attributes and comments of the archive, its directories and the order of its entries");
  if (coverage.facts.seal) {
    say("when it was signed: the time in the seal is the signer's own word");
    say("that it is the newest version, to an importer who never saw a newer one");
    return issues;
  }
  say("when it was signed");
  issues.push_back(
      {IssueCode::unbound_package, "",
       "which files belong together: elements may have been dropped, swapped, or taken from another "
       "package of the same signer"});
  say("that it is the newest version");
  return issues;
}

}  // namespace formats
