#include "formats/jar/coverage.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "formats/jar/manifest.h"
#include "formats/zip/reader.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_set>

namespace formats::jar {
namespace {

using certstore::DigestAlgorithm;
using certstore::Error;
using certstore::ErrorKind;
using certstore::in_quotes;
using certstore::IssueCode;
using certstore::Issues;

// What one signature file vouches for.
struct Vouched {
  struct Statement {
    std::size_t entry = 0;
    std::vector<Digest> digests;
  };
  std::vector<Statement> statements;
  std::set<DigestAlgorithm> links;  // the best digest of each step
};

// Reads one signature file against the manifest.
class SignatureFileReader {
 public:
  SignatureFileReader(const Contents& contents, const Manifest& manifest, Issues& issues)
      : contents_(contents), manifest_(manifest), issues_(issues) {}

  Vouched read(certstore::ByteView bytes, const std::string& name) {
    const Text text = Text::parse(bytes, name);
    require_version_first(text, "Signature-Version", name);
    refuse_what_is_gone(text, name);
    link_manifest(text, name);
    std::unordered_set<std::string_view> seen;
    for (const Section& section : text.sections()) {
      if (!seen.insert(section.name).second) {
        note(IssueCode::duplicate_section, section.name, in_quotes(name) + " has two sections of this name");
        continue;
      }
      if (const Section* listed = listed_section(text, section, name)) cover(*listed);
    }
    if (whole_) cover_bare_manifest(text);
    return std::move(vouched_);
  }

 private:
  void note(IssueCode code, std::string_view subject, std::string detail) {
    issues_.push_back({code, std::string(subject), std::move(detail)});
  }

  // Android's guard against stripping: the file says that it bears further signatures, and they are not
  // there.
  void refuse_what_is_gone(const Text& text, const std::string& name) {
    const auto schemes = text.find(text.main(), "X-Android-APK-Signed");
    if (!schemes) return;
    note(IssueCode::signature_incomplete, name,
         "it says that the file also bears APK signatures of the schemes " + in_quotes(*schemes) +
             ", which are gone");
  }

  // JAR File Specification, "Signature Validation": the digest over the manifest, or those of its sections.
  void link_manifest(const Text& text, const std::string& name) {
    const std::vector<Digest> whole = digests_in(text, text.main(), kManifestDigest);
    whole_ = all_match(whole, manifest_.text().bytes());
    if (whole_) {
      vouched_.links.insert(strongest(whole));
      return;
    }
    // CVE-2018-3136: without this digest the main attributes are nobody's.
    const std::vector<Digest> main = digests_in(text, text.main(), kMainDigest);
    if (all_match(main, manifest_.text().bytes_of(manifest_.text().main()))) {
      vouched_.links.insert(strongest(main));
      return;
    }
    note(IssueCode::manifest_changed, contents_.name(*contents_.layout.manifest),
         main.empty() ? in_quotes(name) + " is not over this manifest, nor over its main section"
                      : "its main section is not the one that " + in_quotes(name) + " signed");
  }

  // The section of the manifest that a section of the signature file vouches for, or null.
  const Section* listed_section(const Text& text, const Section& section, const std::string& name) {
    refuse_magic(text, section);
    const Section* const listed = manifest_.find(section.name);
    if (listed == nullptr) {
      note(IssueCode::manifest_changed, section.name,
           in_quotes(name) + " has a section for it, the manifest has not");
      return nullptr;
    }
    if (whole_) return listed;
    const std::vector<Digest> digests = digests_in(text, section, kEntryDigest);
    if (!all_match(digests, manifest_.text().bytes_of(*listed))) {
      note(IssueCode::manifest_changed, section.name,
           "its section in the manifest is not the one that " + in_quotes(name) + " signed");
      return nullptr;
    }
    vouched_.links.insert(strongest(digests));
    return listed;
  }

  // JAR File Specification, "The Magic Attribute": whoever does not understand it must not take the entry.
  void refuse_magic(const Text& text, const Section& section) {
    if (!text.find(section, "Magic")) return;
    note(IssueCode::malformed_layout, section.name, "its section has a Magic attribute, which nobody knows");
  }

  void cover(const Section& listed) {
    const Text& text = manifest_.text();
    refuse_magic(text, listed);
    Vouched::Statement statement{0, digests_in(text, listed, kEntryDigest)};
    // A section without digests speaks of a folder or a package, not of an entry.
    if (statement.digests.empty()) return;
    const zip::Entry* const entry = contents_.index.find(listed.name);
    if (entry == nullptr || entry->is_directory) {
      return note(IssueCode::removed_entry, listed.name, "it is signed, and it is not in the archive");
    }
    statement.entry = static_cast<std::size_t>(entry - contents_.index.entries.data());
    vouched_.links.insert(strongest(statement.digests));
    vouched_.statements.push_back(std::move(statement));
  }

  // Where there is nothing else, the manifest is what was signed.
  void cover_bare_manifest(const Text& text) {
    if (!contents_.layout.files.empty()) return;
    vouched_.statements.push_back(
        {*contents_.layout.manifest, digests_in(text, text.main(), kManifestDigest)});
  }

  const Contents& contents_;
  const Manifest& manifest_;
  Issues& issues_;
  Vouched vouched_;
  bool whole_ = false;
};

void add_signature(const Vouched& vouched, std::size_t signature, Coverage& coverage) {
  coverage.digests[signature].assign(vouched.links.begin(), vouched.links.end());
  for (const Vouched::Statement& statement : vouched.statements) {
    for (const Digest& digest : statement.digests) {
      coverage.covered.push_back({statement.entry, signature, digest.algorithm, StatedDigest{digest.value}});
    }
  }
}

// Everything outside the signatures' own files that no section names.
void find_uncovered(const Contents& contents, const Manifest& manifest, Coverage& coverage) {
  std::vector<bool> covered(contents.index.entries.size());
  for (const Covered& cover : coverage.covered) covered[cover.entry] = true;
  const auto finding = [&](std::size_t file) -> std::pair<IssueCode, std::string> {
    const std::string_view name = contents.name(file);
    const Section* const listed = manifest.find(name);
    if (is_shadowing(name)) {
      return {IssueCode::shadowing_entry,
              listed == nullptr ? "it is not in the manifest" : "no signer covers it"};
    }
    if (listed == nullptr) return {IssueCode::added_entry, "it is not in the manifest"};
    const bool has_digest = !digests_in(manifest.text(), *listed, kEntryDigest).empty();
    return {IssueCode::unsigned_entry, has_digest ? "the manifest lists it, and no signer covers it"
                                                  : "the manifest has no digest of it that we know"};
  };
  for (const std::size_t file : contents.layout.files) {
    if (covered[file]) continue;
    auto [code, detail] = finding(file);
    coverage.uncovered.push_back({file, {code, std::string(contents.name(file)), std::move(detail)}});
  }
}

// The signatures' own files, those that took part: nothing could cover them.
void find_exempt(const Contents& contents, std::span<const VerifiedSignature> verified, Coverage& coverage) {
  coverage.exempt = contents.layout.directories;
  if (!contents.layout.files.empty()) coverage.exempt.push_back(*contents.layout.manifest);
  const auto place = [&](const std::string& name) {
    return static_cast<std::size_t>(contents.index.find(name) - contents.index.entries.data());
  };
  for (const VerifiedSignature& signature : verified) {
    coverage.exempt.push_back(place(signature.name()));
    coverage.exempt.push_back(place(signature.message_name()));
  }
}

void read_signature_files(const Contents& contents, const Manifest& manifest,
                          std::span<const VerifiedSignature> verified, Coverage& coverage) {
  // Several signers may have signed one signature file: it is read once.
  std::map<std::string_view, Vouched> by_file;
  for (std::size_t i = 0; i < verified.size(); ++i) {
    const std::string& name = verified[i].message_name();
    const auto [known, is_new] = by_file.try_emplace(name);
    try {
      if (is_new) {
        known->second =
            SignatureFileReader(contents, manifest, coverage.issues).read(verified[i].message(), name);
      }
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::malformed) throw;
      coverage.issues.push_back({IssueCode::malformed_layout, name, error.what()});
    }
    add_signature(known->second, i, coverage);
  }
}

}  // namespace

Coverage coverage_of(const Contents& contents, std::span<const VerifiedSignature> verified) {
  Coverage coverage;
  if (verified.empty() || !contents.sound || !contents.layout.manifest) return coverage;
  const std::size_t place = *contents.layout.manifest;
  for (const VerifiedSignature& signature : verified) coverage.signers.push_back(signature.signer());
  coverage.digests.resize(verified.size());
  coverage.facts.bound = true;
  find_exempt(contents, verified, coverage);
  try {
    const certstore::Bytes bytes =
        zip::read_small_entry(contents.file, contents.index.entries[place], certstore::limits::kJarTextSize);
    const Manifest manifest(bytes, contents.name(place));
    coverage.issues = manifest.issues();
    read_signature_files(contents, manifest, verified, coverage);
    find_uncovered(contents, manifest, coverage);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::malformed) throw;
    coverage.issues.push_back({IssueCode::malformed_layout, std::string(contents.name(place)), error.what()});
  }
  return coverage;
}

certstore::Issues unprovable() {
  Issues issues;
  for (const char* what :
       {"the times, attributes and comments of the archive, its directories and the order of its entries",
        "when it was signed, where no trusted time stamp says it: the time in a signature is the signer's "
        "own word",
        "what the package is called, and that it is the newest version"}) {
    issues.push_back({IssueCode::unprovable, "", what});
  }
  return issues;
}

}  // namespace formats::jar
