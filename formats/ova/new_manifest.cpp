#include "formats/ova/new_manifest.h"

#include "certstore/base/parallel.h"
#include "certstore/base/progress.h"
#include "formats/signable.h"

#include <algorithm>
#include <numeric>

namespace formats::ova {
namespace {

using certstore::Bytes;

// One run over the files of a package.
class Digesting {
 public:
  Digesting(const Contents& contents, const SigningRequest& request)
      : contents_(contents), request_(request), all_(contents.members->all()) {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      if (!contents_.layout.is_signature_file(i)) files_.push_back(i);
    }
    wanted_.resize(all_.size());
    stated_.resize(all_.size());
  }

  NewManifest run() {
    digest_all();
    NewManifest made;
    made.entries = files_.size();
    if (stands()) {
      made.text = *contents_.manifest_bytes;
      made.is_old = true;
      return made;
    }
    for (const std::size_t file : files_) {
      certstore::append(made.text,
                        certstore::as_bytes(digest_line(request_.digest, all_[file].name, wanted_[file])));
    }
    return made;
  }

 private:
  const DigestLine* line_of(std::size_t file) const {
    return contents_.manifest ? contents_.manifest->find(all_[file].name) : nullptr;
  }

  void digest_all() {
    std::vector<std::size_t> order = files_;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return all_[a].size > all_[b].size; });
    const std::uint64_t total =
        std::accumulate(order.begin(), order.end(), std::uint64_t{0},
                        [&](std::uint64_t sum, std::size_t file) { return sum + all_[file].size; });
    certstore::Progress progress("digesting", total, request_.show_progress);
    certstore::for_each_parallel(order.size(), request_.jobs, [&](std::size_t i) {
      digest_one(order[i]);
      progress.add(all_[order[i]].size);
    });
  }

  void digest_one(std::size_t file) {
    const DigestLine* const line = line_of(file);
    const bool other = line != nullptr && line->algorithm != request_.digest;
    certstore::Digester wanted(request_.digest);
    certstore::Digester stated(other ? line->algorithm : request_.digest);
    contents_.members->read(file, [&](certstore::ByteView piece) {
      wanted.update(piece);
      if (other) stated.update(piece);
    });
    wanted_[file] = wanted.finish();
    stated_[file] = other ? stated.finish() : wanted_[file];
  }

  // Whether the manifest that is there says what a new one would; throws where it says something else.
  bool stands() const {
    if (!contents_.manifest) return false;
    certstore::Issues wrong = contents_.manifest->issues;
    if (!contents_.manifest->lines.empty()) {
      const certstore::Issues strangers = bijection_findings(contents_);
      wrong.insert(wrong.end(), strangers.begin(), strangers.end());
    }
    bool same_digest = true;
    for (const std::size_t file : files_) {
      const DigestLine* const line = line_of(file);
      if (line == nullptr) continue;
      same_digest = same_digest && line->algorithm == request_.digest;
      if (line->value == stated_[file]) continue;
      wrong.push_back({certstore::IssueCode::digest_mismatch, all_[file].name,
                       "its bytes do not have the digest of the manifest that is there; --replace makes "
                       "another manifest"});
    }
    if (!request_.replace) require_signable(wrong);
    return wrong.empty() && same_digest;
  }

  const Contents& contents_;
  const SigningRequest& request_;
  std::span<const Member> all_;
  std::vector<std::size_t> files_;
  std::vector<certstore::DigestValue> wanted_;  // by member: the digest for a new manifest
  std::vector<certstore::DigestValue>
      stated_;  // and that of the algorithm which the manifest that is there has for it
};

}  // namespace

NewManifest new_manifest(const Contents& contents, const SigningRequest& request) {
  return Digesting(contents, request).run();
}

}  // namespace formats::ova
