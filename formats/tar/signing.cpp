#include "formats/tar/signing.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/base/parallel.h"
#include "certstore/base/progress.h"
#include "formats/signable.h"
#include "formats/tar/coverage.h"
#include "formats/tar/manifest.h"
#include "formats/tar/names.h"
#include "formats/tar/signing_plan.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace formats::tar {
namespace {

using certstore::Certificate;
using certstore::Error;
using certstore::ErrorKind;
using certstore::in_quotes;

constexpr unsigned kLastNumber = 999;

void require_kind(const Certificate& certificate) {
  if (certificate.key_kind() != certstore::KeyKind::dsa &&
      certificate.key_kind() != certstore::KeyKind::other)
    return;
  throw Error(
      ErrorKind::key,
      "a tar is not signed with a key of the kind " + std::string(certstore::name_of(certificate.key_kind())),
      "pkgsign init makes keys that it knows");
}

void require_fitting(const SigningRequest& request) {
  if (request.digest != certstore::DigestAlgorithm::sha256 || !request.bound || request.serial) {
    throw Error(ErrorKind::usage, "--vro-digest, --vro-unbound, --compat and --serial are for vRO packages",
                "a tar is always signed with SHA-256, and its manifest names what it covers");
  }
  require_kind(request.certificate());
  for (const FurtherSigner& further : request.also) require_kind(further.certificate());
}

// One run of planning.
class Planner {
 public:
  Planner(const Existing& existing, const SigningRequest& request)
      : existing_(existing), contents_(existing.contents), request_(request) {}

  Output plan() {
    require_signable(existing_.issues);
    require_fitting(request_);
    keeps_signatures_ = contents_.layout.is_signed() && !request_.replace;
    if (keeps_signatures_) require_addable();
    if (!contents_.layout.is_signed()) require_free_folder();
    choose();
    digest();
    require_signed_content();
    make_manifest();
    place();
    output_.time = request_.time;
    output_.stamper = request_.stamper;
    return std::move(output_);
  }

 private:
  [[nodiscard]] const Entry& entry(std::size_t number) const { return contents_.index.entries[number]; }

  // Signatures that are there must be good, and not by one of us.
  void require_addable() {
    covered_ = coverage_of(contents_,
                           formats::require_addable(contents_.file.name(), existing_.signatures, request_));
    require_signable(covered_.issues);
  }

  void require_free_folder() const {
    for (const std::size_t member : contents_.layout.members) {
      const std::string& name = entry(member).name;
      if (name != kFolder && !is_beneath(name, kFolder)) continue;
      throw Error(ErrorKind::malformed,
                  "the place of the signatures is taken: " + in_quotes(name) + " is in the archive",
                  "make the archive anew without it");
    }
  }

  void choose() {
    std::size_t all = 0;
    chosen_.resize(contents_.index.entries.size());
    for (const std::size_t member : contents_.layout.members) {
      if (entry(member).name == ".") continue;
      ++all;
      if (!is_wanted(request_, entry(member).name)) continue;
      chosen_[member] = true;
      ++output_.signed_entries;
    }
    if (output_.signed_entries == 0) {
      throw Error(ErrorKind::usage,
                  (request_.only.empty() ? "there is nothing to sign in " : "--only names no member of ") +
                      in_quotes(contents_.file.name()),
                  "'*' also stands for '/'; pkgverify show lists the members");
    }
    output_.partial = keeps_signatures_ || output_.signed_entries != all;
    for (const std::size_t member : contents_.layout.members) {
      if (!chosen_[member] || chosen_[contents_.content_of(member)]) continue;
      throw Error(ErrorKind::usage,
                  in_quotes(entry(member).name) + " is a hard link to " + in_quotes(entry(member).link) +
                      ", which would stay unsigned",
                  "let --only cover both");
    }
  }

  // Of what is chosen, and of what others signed.
  void digest() {
    std::vector<bool> wanted = chosen_;
    for (const Covered& cover : covered_.covered) wanted[cover.entry] = true;
    std::vector<std::size_t> files;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (wanted[i] && entry(i).type == EntryType::file) files.push_back(i);
      if (wanted[i] && entry(i).type == EntryType::hard_link) links_.push_back(i);
    }
    std::stable_sort(files.begin(), files.end(),
                     [&](std::size_t a, std::size_t b) { return entry(a).size > entry(b).size; });
    digests_.resize(wanted.size());
    certstore::Progress progress("digesting", files.size(), request_.show_progress);
    certstore::for_each_parallel(files.size(), request_.jobs, [&](std::size_t i) {
      digests_[files[i]] = contents_.sha256_of(files[i]);
      progress.add(1);
    });
    for (const std::size_t link : links_) {
      const std::size_t target = contents_.content_of(link);
      digests_[link] = digests_[target].empty() ? contents_.sha256_of(target) : digests_[target];
    }
  }

  void require_signed_content() const {
    for (const Covered& cover : covered_.covered) {
      const certstore::Bytes& digest = digests_[cover.entry];
      if (digest.empty() || std::get<StatedDigest>(cover.proof).value == digest) continue;
      require_signable({{certstore::IssueCode::digest_mismatch, entry(cover.entry).name,
                         "its bytes do not have the SHA-256 that was signed"}});
    }
  }

  void make_manifest() {
    std::vector<Line> lines;
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
      if (!chosen_[i]) continue;
      const Entry& content = entry(contents_.content_of(i));
      Line line{.name = entry(i).name, .type = content.type};
      if (content.type != EntryType::symbolic_link) line.mode = content.mode;
      if (content.type == EntryType::symbolic_link) line.link = content.link;
      if (content.type == EntryType::file) {
        line.size = content.size;
        line.sha256 = std::move(digests_[i]);
      }
      lines.push_back(std::move(line));
    }
    output_.manifest = write_manifest(std::move(lines));
    if (output_.manifest.size() <= certstore::limits::kMtreeSize) return;
    throw Error(ErrorKind::unsupported,
                "the manifest of " + in_quotes(contents_.file.name()) + " would be too long");
  }

  void place() {
    const std::vector<SignaturePlace>& there = contents_.layout.signatures;
    if (keeps_signatures_) {
      output_.kept = contents_.layout.own;
      if (there.size() >= certstore::limits::kTarSigners) {
        throw Error(ErrorKind::usage,
                    in_quotes(contents_.file.name()) + " has as many signatures as are read");
      }
    }
    output_.number = keeps_signatures_ ? there.back().number + 1 : 1;
    if (output_.number <= kLastNumber) return;
    throw Error(ErrorKind::usage,
                "there is no number behind " + std::to_string(kLastNumber) + " for a signature",
                "--replace drops the signatures that are there");
  }

  const Existing& existing_;
  const Contents& contents_;
  const SigningRequest& request_;
  Output output_;
  Coverage covered_;
  bool keeps_signatures_ = false;
  std::vector<bool> chosen_;  // by entry
  std::vector<std::size_t> links_;
  std::vector<certstore::Bytes> digests_;  // by entry; empty where not needed
};

}  // namespace

std::unique_ptr<SigningPlan> plan_tar_signing(const Existing& existing, const SigningRequest& request) {
  Output output = Planner(existing, request).plan();
  return std::make_unique<TarSigningPlan>(existing.contents, std::move(output));
}

std::unique_ptr<SigningPlan> plan_tar_stripping(const Contents& contents, const certstore::Issues& issues) {
  require_signable(issues);
  if (!contents.layout.is_signed()) {
    throw Error(ErrorKind::usage, in_quotes(contents.file.name()) + " has no signatures");
  }
  Output output;
  for (const std::size_t own : contents.layout.own) {
    if (contents.index.entries[own].type != EntryType::directory) ++output.signed_entries;
  }
  return std::make_unique<TarSigningPlan>(contents, std::move(output));
}

}  // namespace formats::tar
