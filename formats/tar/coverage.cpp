#include "formats/tar/coverage.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "formats/tar/manifest.h"

#include <algorithm>
#include <map>
#include <unordered_set>

namespace formats::tar {
namespace {

using certstore::Bytes;
using certstore::Error;
using certstore::ErrorKind;
using certstore::in_quotes;
using certstore::IssueCode;

std::string_view word_of(EntryType type) {
  switch (type) {
    case EntryType::file:
    case EntryType::hard_link:
      return "a file";
    case EntryType::directory:
      return "a directory";
    case EntryType::symbolic_link:
      return "a symbolic link";
  }
  return "";
}

std::string octal(unsigned value) {
  std::string text;
  for (; value > 0; value >>= 3) text.insert(text.begin(), static_cast<char>('0' + (value & 7U)));
  return "0" + text;
}

// As the report names it.
std::string shown_name(const Entry& entry) {
  return entry.type == EntryType::directory ? entry.name + "/" : entry.name;
}

// What one manifest vouches for.
struct Statement {
  std::size_t entry = 0;
  Bytes sha256;
};
using Statements = std::vector<Statement>;

// Compares one manifest with the archive.
class ManifestReader {
 public:
  ManifestReader(const Contents& contents, certstore::Issues& issues)
      : contents_(contents),
        issues_(issues),
        of_nothing_(certstore::digest(certstore::DigestAlgorithm::sha256, {})) {}

  Statements read(certstore::ByteView bytes, const std::string& name) {
    name_ = name;
    const std::vector<Line> lines = parse_manifest(bytes, name);
    for (const Line& line : lines) compare(line);
    require_targets();
    return std::move(statements_);
  }

 private:
  void note(IssueCode code, std::string_view subject, std::string detail) {
    issues_.push_back({code, std::string(subject), std::move(detail)});
  }
  void differs(const Entry& entry, std::string_view what, const std::string& found,
               const std::string& stated) {
    note(IssueCode::digest_mismatch, shown_name(entry),
         "its " + std::string(what) + " is " + found + ", and " + stated + " was signed");
  }

  void compare(const Line& line) {
    if (line.name == kFolder || line.name.starts_with(std::string(kFolder) + "/")) {
      return note(IssueCode::malformed_layout, name_, "it lists signatures, which nothing can cover");
    }
    const Entry* const entry = contents_.index.find(line.name);
    const bool is_only_around = line.type == EntryType::directory && !line.mode;
    if (entry == nullptr) {
      if (!is_only_around) {
        note(IssueCode::removed_entry, line.name, "it is signed, and it is not in the archive");
      }
      return;
    }
    const std::string_view found = word_of(entry->type);
    if (found != word_of(line.type))
      return differs(*entry, "kind", std::string(found), std::string(word_of(line.type)));
    if (!is_only_around) compare_facts(line, *entry);
  }

  void compare_facts(const Line& line, const Entry& entry) {
    const auto place = static_cast<std::size_t>(&entry - contents_.index.entries.data());
    const Entry& content = contents_.index.entries[contents_.content_of(place)];
    if (line.mode && *line.mode != content.mode)
      return differs(entry, "mode", octal(content.mode), octal(*line.mode));
    if (line.size != content.size) {
      return differs(entry, "size", std::to_string(content.size), std::to_string(line.size));
    }
    if (line.type == EntryType::symbolic_link && line.link != entry.link) {
      return differs(entry, "target", in_quotes(entry.link), in_quotes(line.link));
    }
    if (&content != &entry) links_.emplace_back(place, contents_.content_of(place));
    listed_.insert(place);
    statements_.push_back({place, line.type == EntryType::file ? line.sha256 : of_nothing_});
  }

  // Else the target could be changed under the link by whoever made it.
  void require_targets() {
    for (const auto& [link, target] : links_) {
      if (listed_.contains(target)) continue;
      note(IssueCode::malformed_layout, contents_.index.entries[link].name,
           in_quotes(name_) + " lists this hard link and not " +
               in_quotes(contents_.index.entries[target].name) + ", to which it leads");
    }
  }

  const Contents& contents_;
  certstore::Issues& issues_;
  Bytes of_nothing_;
  std::string name_;
  Statements statements_;
  std::unordered_set<std::size_t> listed_;
  std::vector<std::pair<std::size_t, std::size_t>> links_;
};

void find_uncovered(const Contents& contents, Coverage& coverage) {
  std::vector<bool> covered(contents.index.entries.size());
  for (const Covered& cover : coverage.covered) covered[cover.entry] = true;
  for (const std::size_t member : contents.layout.members) {
    const std::string& name = contents.index.entries[member].name;
    if (name == ".") {
      coverage.exempt.push_back(member);  // where an archive is extracted has its own mode
    } else if (!covered[member]) {
      coverage.uncovered.push_back(
          {member,
           {IssueCode::added_entry, shown_name(contents.index.entries[member]), "no manifest lists it"}});
    }
  }
}

}  // namespace

Coverage coverage_of(const Contents& contents, std::span<const VerifiedSignature> verified) {
  Coverage coverage;
  if (verified.empty() || !contents.sound) return coverage;
  coverage.exempt = contents.layout.own;
  coverage.facts.bound = true;
  // Several signers may have signed one manifest: it is read once.
  std::map<std::string_view, Statements> by_manifest;
  for (std::size_t i = 0; i < verified.size(); ++i) {
    coverage.signers.push_back(verified[i].signer());
    coverage.digests.push_back({certstore::DigestAlgorithm::sha256});
    const std::string& name = verified[i].message_name();
    const auto [known, is_new] = by_manifest.try_emplace(name);
    try {
      if (is_new) known->second = ManifestReader(contents, coverage.issues).read(verified[i].message(), name);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::malformed) throw;
      coverage.issues.push_back({IssueCode::malformed_layout, name, error.what()});
    }
    for (const Statement& statement : known->second) {
      coverage.covered.push_back(
          {statement.entry, i, certstore::DigestAlgorithm::sha256, StatedDigest{statement.sha256}});
    }
  }
  find_uncovered(contents, coverage);
  return coverage;
}

certstore::Issues unprovable(const Contents& contents) {
  certstore::Issues issues;
  const auto add = [&](std::string what) { issues.push_back({IssueCode::unprovable, "", std::move(what)}); };
  add("owners, times and the order of the members, and the mode of the directory itself");
  add("when it was signed, where no trusted time stamp says it: the time in a signature is the signer's own "
      "word");
  add("what the archive is called, and that it is the newest version");
  const auto& entries = contents.index.entries;
  const auto extras =
      std::count_if(entries.begin(), entries.end(), [](const Entry& entry) { return entry.has_extras; });
  if (extras > 0) {
    add("access lists and attributes of " + std::to_string(extras) +
        " members: no signature covers them, tar sets them");
  }
  return issues;
}

}  // namespace formats::tar
