#include "formats/jar/coverage.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/base/parallel.h"
#include "formats/jar/manifest.h"
#include "formats/zip/reader.h"

#include <algorithm>
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
    Digest digest;
  };
  std::vector<Statement> statements;
  std::set<DigestAlgorithm> links;  // the best digest of each step
};

// Reads one signature file against the manifest.
class SignatureFileReader {
 public:
  SignatureFileReader(const Contents& contents, const Manifest& manifest, Issues& issues)
      : contents_(contents), manifest_(manifest), issues_(issues) {}

  Vouched read(const Text& text, const std::string& name) {
    require_version_first(text, "Signature-Version", name);
    refuse_what_is_gone(text, name);
    link_manifest(text, name);
    Seen seen(manifest_);
    vouched_.statements.reserve(text.sections().size());
    for (const Section& section : text.sections()) {
      const Section* const same_name = manifest_.find(section.name, next_section_);
      if (!seen.is_first(section, same_name)) {
        note(IssueCode::duplicate_section, section.name, in_quotes(name) + " has two sections of this name");
        continue;
      }
      if (is_linked(text, section, same_name, name)) cover(*same_name);
    }
    if (whole_) cover_bare_manifest(text);
    return std::move(vouched_);
  }

 private:
  // The names that the signature file had so far; a bit each for those that the manifest has.
  class Seen {
   public:
    explicit Seen(const Manifest& manifest)
        : manifest_(manifest), listed_(manifest.text().sections().size()) {}
    bool is_first(const Section& section, const Section* listed) {
      if (listed == nullptr) return others_.insert(section.name).second;
      const std::size_t place = manifest_.place_of(*listed);
      if (listed_[place]) return false;
      return listed_[place] = true;
    }

   private:
    const Manifest& manifest_;
    std::vector<bool> listed_;
    std::unordered_set<std::string_view> others_;
  };

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

  // Whether a section of the signature file vouches for the one of its name in the manifest, if there is one.
  bool is_linked(const Text& text, const Section& section, const Section* listed, const std::string& name) {
    refuse_magic(text, section);
    if (listed == nullptr) {
      note(IssueCode::manifest_changed, section.name,
           in_quotes(name) + " has a section for it, the manifest has not");
      return false;
    }
    next_section_ = manifest_.place_of(*listed) + 1;
    if (whole_) return true;
    const std::vector<Digest> digests = digests_in(text, section, kEntryDigest);
    if (!all_match(digests, manifest_.text().bytes_of(*listed))) {
      note(IssueCode::manifest_changed, section.name,
           "its section in the manifest is not the one that " + in_quotes(name) + " signed");
      return false;
    }
    vouched_.links.insert(strongest(digests));
    return true;
  }

  // JAR File Specification, "The Magic Attribute": whoever does not understand it must not take the entry.
  void refuse_magic(const Text& text, const Section& section) {
    if (!text.find(section, "Magic")) return;
    note(IssueCode::malformed_layout, section.name, "its section has a Magic attribute, which nobody knows");
  }

  void cover(const Section& listed) {
    const Text& text = manifest_.text();
    refuse_magic(text, listed);
    const std::vector<Digest> digests = digests_in(text, listed, kEntryDigest);
    // A section without digests speaks of a folder or a package, not of an entry.
    if (digests.empty()) return;
    const zip::Entry* const entry = find_entry(listed.name);
    if (entry == nullptr || entry->is_directory) {
      return note(IssueCode::removed_entry, listed.name, "it is signed, and it is not in the archive");
    }
    vouched_.links.insert(strongest(digests));
    state(static_cast<std::size_t>(entry - contents_.index.entries.data()), digests);
  }

  // The manifest nearly always has the order of the archive.
  const zip::Entry* find_entry(std::string_view name) {
    const auto& entries = contents_.index.entries;
    const bool is_next = next_entry_ < entries.size() && entries[next_entry_].name == name;
    const zip::Entry* const entry = is_next ? &entries[next_entry_] : contents_.index.find(name);
    if (entry != nullptr) next_entry_ = static_cast<std::size_t>(entry - entries.data()) + 1;
    return entry;
  }

  void state(std::size_t entry, const std::vector<Digest>& digests) {
    for (const Digest& digest : digests) vouched_.statements.push_back({entry, digest});
  }

  // Where there is nothing else, the manifest is what was signed.
  void cover_bare_manifest(const Text& text) {
    if (!contents_.layout.files.empty()) return;
    state(*contents_.layout.manifest, digests_in(text, text.main(), kManifestDigest));
  }

  const Contents& contents_;
  const Manifest& manifest_;
  Issues& issues_;
  Vouched vouched_;
  bool whole_ = false;
  std::size_t next_section_ = 0;  // of the manifest, if both have one order
  std::size_t next_entry_ = 0;
};

void add_signature(const Vouched& vouched, std::size_t signature, Coverage& coverage) {
  coverage.digests[signature].assign(vouched.links.begin(), vouched.links.end());
  coverage.covered.reserve(coverage.covered.size() + vouched.statements.size());
  for (const auto& [entry, digest] : vouched.statements) {
    coverage.covered.push_back({entry, signature, digest.algorithm, StatedDigest{digest.value}});
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

// A signature file, parsed or found malformed. Several signers may have signed one: it is read once.
struct SignatureFile {
  std::string name;
  certstore::ByteView bytes;
  std::optional<Text> text;
  std::string fault;
  Vouched vouched;

  void parse() {
    try {
      text.emplace(Text::parse(bytes, name));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::malformed) throw;
      fault = error.what();
    }
  }
  void read(const Contents& contents, const Manifest& manifest, Issues& issues) {
    try {
      if (text) vouched = SignatureFileReader(contents, manifest, issues).read(*text, name);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::malformed) throw;
      fault = error.what();
    }
    if (!fault.empty()) issues.push_back({IssueCode::malformed_layout, name, fault});
    text.reset();  // as long as the list of entries, and not needed any more
  }
};

std::vector<SignatureFile> signature_files(std::span<const VerifiedSignature> verified) {
  std::vector<SignatureFile> files;
  for (const VerifiedSignature& signature : verified) {
    const auto same = [&](const SignatureFile& file) { return file.name == signature.message_name(); };
    if (std::any_of(files.begin(), files.end(), same)) continue;
    files.push_back({signature.message_name(), signature.message(), {}, {}, {}});
  }
  return files;
}

}  // namespace

Coverage coverage_of(const Contents& contents, std::span<const VerifiedSignature> verified, unsigned jobs) {
  Coverage coverage;
  if (verified.empty() || !contents.sound || !contents.layout.manifest) return coverage;
  const zip::Entry& place = contents.index.entries[*contents.layout.manifest];
  for (const VerifiedSignature& signature : verified) coverage.signers.push_back(signature.signer());
  coverage.digests.resize(verified.size());
  coverage.facts.bound = true;
  find_exempt(contents, verified, coverage);
  std::vector<SignatureFile> files = signature_files(verified);
  certstore::Bytes bytes;
  std::optional<Manifest> manifest;
  try {
    // Both are as long as the list of entries, and neither needs the other yet.
    certstore::for_each_parallel(files.size() + 1, jobs, [&](std::size_t i) {
      if (i != 0) return files[i - 1].parse();
      bytes = zip::read_small_entry(contents.file, place, certstore::limits::kJarTextSize);
      manifest.emplace(bytes, place.name);
    });
    coverage.issues = manifest->issues();
    for (SignatureFile& file : files) file.read(contents, *manifest, coverage.issues);
    for (std::size_t i = 0; i < verified.size(); ++i) {
      const auto same = [&](const SignatureFile& file) { return file.name == verified[i].message_name(); };
      add_signature(std::find_if(files.begin(), files.end(), same)->vouched, i, coverage);
    }
    find_uncovered(contents, *manifest, coverage);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::malformed) throw;
    coverage.issues.push_back({IssueCode::malformed_layout, std::string(place.name), error.what()});
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
