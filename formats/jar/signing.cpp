#include "formats/jar/signing.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/base/parallel.h"
#include "certstore/base/progress.h"
#include "formats/jar/coverage.h"
#include "formats/jar/new_manifest.h"
#include "formats/jar/signing_plan.h"
#include "formats/reading_order.h"
#include "formats/signable.h"
#include "formats/zip/reader.h"

#include <algorithm>

namespace formats::jar {
namespace {

using certstore::Certificate;
using certstore::Error;
using certstore::ErrorKind;
using certstore::in_quotes;

// jarsigner's own names have at most this many letters.
constexpr std::size_t kNameLength = 8;

void require_fitting(const SigningRequest& request) {
  if (request.digest != certstore::DigestAlgorithm::sha256 || !request.bound || request.serial) {
    throw Error(ErrorKind::usage,
                "--digest, --vro-digest, --vro-unbound, --compat and --serial are not for JARs",
                "a JAR is always signed with SHA-256, and its signature names what it covers");
  }
  if (request.with_cms) {
    throw Error(ErrorKind::usage, "the signatures of a JAR are CMS already: --cms has no meaning for it");
  }
  (void)block_extension(request.certificate());
  for (const FurtherSigner& further : request.also) (void)block_extension(further.certificate());
}

// Each name as jarsigner would make it of an alias, and none that is taken: it would replace a signature.
std::vector<std::string> names_for(const std::vector<Certificate>& signers, std::set<std::string> taken) {
  std::vector<std::string> names;
  for (const Certificate& signer : signers) {
    std::string name;
    for (const char c : std::string(signer.subject_part("CN")).substr(0, kNameLength)) {
      const bool lower = c >= 'a' && c <= 'z';
      const bool plain = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
      name += lower ? static_cast<char>(c - 'a' + 'A') : plain ? c : '_';
    }
    if (name.empty()) name = "SIGNER";
    std::string free = name;
    for (int n = 2; !taken.insert(free).second; ++n) {
      const std::string number = std::to_string(n);
      free = name.substr(0, kNameLength - number.size()) + number;
    }
    names.push_back(free);
  }
  return names;
}

// One run of planning.
class Planner {
 public:
  Planner(const Existing& existing, const SigningRequest& request)
      : existing_(existing), contents_(existing.contents), request_(request) {}

  Output plan() {
    require_signable(existing_.issues);
    require_signable(contents_.layout.issues);
    require_fitting(request_);
    if (contents_.layout.is_signed() && !request_.replace) require_addable();
    keeps_signatures_ = contents_.layout.is_signed() && !request_.replace;
    choose_entries();
    read_manifest();
    digest_entries();
    make_texts();
    drop();
    name_signatures();
    output_.signed_entries = listed_.size();
    output_.stamper = request_.stamper;
    output_.partial = keeps_signatures_ || listed_.size() != contents_.layout.files.size();
    return std::move(output_);
  }

 private:
  [[nodiscard]] std::string_view name(std::size_t entry) const { return contents_.name(entry); }

  // Signatures that are there must be good, and not by one of us.
  void require_addable() {
    covered_ = coverage_of(contents_,
                           formats::require_addable(contents_.file.name(), existing_.signatures, request_),
                           request_.jobs);
    require_signable(covered_.issues);
  }

  void choose_entries() {
    std::vector<bool> others(contents_.index.entries.size());
    for (const Covered& cover : covered_.covered) others[cover.entry] = true;
    for (const std::size_t file : contents_.layout.files) {
      if (!certstore::is_utf8(name(file))) {
        throw Error(ErrorKind::malformed,
                    "the name " + in_quotes(name(file)) + " is not UTF-8, as a manifest is",
                    "make the archive anew with UTF-8 names");
      }
      if (is_wanted(request_, std::string(name(file)))) {
        chosen_.push_back(file);
      } else if (is_shadowing(name(file)) && !others[file]) {
        throw Error(
            ErrorKind::usage,
            in_quotes(name(file)) + " would stay unsigned where programs take it instead of signed entries",
            "let --only cover it too");
      }
    }
    if (!chosen_.empty() || request_.only.empty()) return;
    throw Error(ErrorKind::usage, "--only names no entry of " + in_quotes(contents_.file.name()),
                "'*' also stands for '/'; pkgverify show lists the entries");
  }

  void read_manifest() {
    if (!contents_.layout.manifest) return;
    const zip::Entry& entry = contents_.index.entries[*contents_.layout.manifest];
    old_bytes_ = zip::read_small_entry(contents_.file, entry, certstore::limits::kJarTextSize);
    old_.emplace(old_bytes_, entry.name);
    require_signable(old_->issues());
  }

  // Every file is read once, those that are not chosen too: a damaged one is not passed on.
  void digest_entries() {
    const auto& files = contents_.layout.files;
    const auto& entries = contents_.index.entries;
    const std::vector<std::size_t> order =
        reading_order(files.size(), [&](std::size_t file) { return entries[files[file]].size; });
    std::vector<certstore::DigestValue> digests(files.size());
    std::vector<std::optional<certstore::Issue>> damage(files.size());
    certstore::Progress progress("digesting", files.size(), request_.show_progress);
    certstore::for_each_parallel(order.size(), request_.jobs, [&](std::size_t i) {
      certstore::Digester digester(certstore::DigestAlgorithm::sha256);
      damage[order[i]] = zip::read_entry(contents_.file, entries[files[order[i]]],
                                         [&](certstore::ByteView piece) { digester.update(piece); });
      digests[order[i]] = digester.finish();
      progress.add(1);
    });
    for (const auto& found : damage) {
      if (found) require_signable({*found});
    }
    list_chosen(std::move(digests));
  }

  // Takes the digests of the files that are chosen, once all are known to be what earlier signers signed.
  void list_chosen(std::vector<certstore::DigestValue> digests) {
    const auto& files = contents_.layout.files;
    for (const Covered& cover : covered_.covered) {
      const auto file = std::lower_bound(files.begin(), files.end(), cover.entry);
      if (cover.algorithm != certstore::DigestAlgorithm::sha256 || file == files.end() ||
          *file != cover.entry)
        continue;
      if (std::get<StatedDigest>(cover.proof).value ==
          digests[static_cast<std::size_t>(file - files.begin())])
        continue;
      require_signable({{certstore::IssueCode::digest_mismatch, std::string(name(cover.entry)),
                         "its bytes do not have the SHA-256 that was signed"}});
    }
    std::size_t next = 0;
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (next == chosen_.size() || chosen_[next] != files[i]) continue;
      listed_.push_back({name(files[i]), digests[i]});
      ++next;
    }
  }

  void make_texts() {
    const NewManifest manifest = keeps_signatures_ ? extend_manifest(*old_, listed_)
                                                   : write_manifest(old_ ? &*old_ : nullptr, listed_);
    // A signer answers for the whole list only where it lists nothing but what he covers.
    const bool whole = !keeps_signatures_ && listed_.size() == contents_.layout.files.size();
    output_.signature_file = write_signature_file(manifest, listed_, whole);
    if (manifest.bytes == old_bytes_) return;
    require_extendable();
    output_.manifest = manifest.bytes;
    if (!contents_.layout.manifest) return;
    output_.dropped.insert(*contents_.layout.manifest);
    if (keeps_signatures_) output_.manifest_name = name(*contents_.layout.manifest);
  }

  // A signature that is over the whole manifest alone breaks when a section is added.
  void require_extendable() const {
    if (!keeps_signatures_) return;
    for (const SignatureBlock& block : existing_.signatures) {
      const Text text = Text::parse(*block.message, block.message_name);
      if (all_match(digests_in(text, text.main(), kMainDigest), old_->text().bytes_of(old_->text().main()))) {
        continue;
      }
      throw Error(ErrorKind::usage,
                  "cannot sign beside " + in_quotes(block.message_name) +
                      ": it is over the whole manifest, and a section more would break it",
                  "--replace drops the signatures that are there");
    }
  }

  void drop() {
    if (keeps_signatures_) return;
    for (const SignaturePlace& place : contents_.layout.signatures) {
      if (place.file) output_.dropped.insert(*place.file);
      output_.dropped.insert(place.blocks.begin(), place.blocks.end());
    }
  }

  void name_signatures() {
    std::set<std::string> taken;
    if (keeps_signatures_) {
      for (const SignaturePlace& place : contents_.layout.signatures) taken.insert(place.base);
    }
    output_.names = names_for(signers_of(request_), std::move(taken));
  }

  const Existing& existing_;
  const Contents& contents_;
  const SigningRequest& request_;
  Output output_;
  Coverage covered_;
  bool keeps_signatures_ = false;
  std::vector<std::size_t> chosen_;  // files, in the order of the archive
  std::vector<ListedEntry> listed_;
  certstore::Bytes old_bytes_;
  std::optional<Manifest> old_;
};

}  // namespace

std::unique_ptr<SigningPlan> plan_jar_signing(const Existing& existing, const SigningRequest& request) {
  Output output = Planner(existing, request).plan();
  return std::make_unique<JarSigningPlan>(existing.contents, request.time, std::move(output));
}

std::unique_ptr<SigningPlan> plan_jar_stripping(const Contents& contents, const certstore::Issues& issues,
                                                certstore::Instant time) {
  require_signable(issues);
  Output output;
  for (const SignaturePlace& place : contents.layout.signatures) {
    if (place.file) output.dropped.insert(*place.file);
    output.dropped.insert(place.blocks.begin(), place.blocks.end());
  }
  output.signed_entries = output.dropped.size();
  if (contents.layout.manifest) {
    const zip::Entry& entry = contents.index.entries[*contents.layout.manifest];
    const certstore::Bytes bytes =
        zip::read_small_entry(contents.file, entry, certstore::limits::kJarTextSize);
    const Manifest old(bytes, entry.name);
    require_signable(old.issues());
    output.manifest = stripped_manifest(old);
    output.manifest_name = entry.name;
    output.dropped.insert(*contents.layout.manifest);
  }
  return std::make_unique<JarSigningPlan>(contents, time, std::move(output));
}

}  // namespace formats::jar
