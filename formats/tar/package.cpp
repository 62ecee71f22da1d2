#include "formats/tar/package.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/cms.h"
#include "formats/tar/contents.h"
#include "formats/tar/coverage.h"
#include "formats/tar/signing.h"
#include "formats/tar/streaming.h"

#include <algorithm>
#include <deque>
#include <utility>

namespace formats::tar {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::IssueCode;
namespace cms = certstore::cms;

class TarPackage final : public SignedPackage {
 public:
  explicit TarPackage(Container container)
      : contents_{container.file,
                  std::move(container.tar->index),
                  container.tar->sound(),
                  {},
                  std::move(container.tar_pass)},
        issues_(std::move(container.tar->issues)),
        container_issues_(issues_) {
    for (std::size_t i = 0; i < contents_.index.entries.size(); ++i) add_entry(i);
    if (!contents_.sound) return;
    contents_.layout = layout_of(contents_.index, contents_.pass != nullptr);
    issues_.insert(issues_.end(), contents_.layout.issues.begin(), contents_.layout.issues.end());
    // What is not complete is invalid, and is not read any further.
    if (certstore::any_with_effect(issues_, certstore::Effect::invalid)) return;
    for (const SignaturePlace& place : contents_.layout.signatures) load(place);
  }

  [[nodiscard]] std::string_view format() const override { return "tar"; }
  [[nodiscard]] bool is_meant_signed() const override {
    const auto& all = contents_.index.entries;
    return std::any_of(all.begin(), all.end(),
                       [](const Entry& entry) { return signature_number(entry.name).has_value(); });
  }
  [[nodiscard]] std::span<const formats::Entry> entries() const override { return entries_; }
  [[nodiscard]] const certstore::Issues& issues() const override { return issues_; }
  [[nodiscard]] std::vector<SignatureBlock> signature_blocks() const override { return blocks_; }
  [[nodiscard]] Coverage covered(std::span<const VerifiedSignature> verified, unsigned) const override {
    return coverage_of(contents_, verified);
  }
  [[nodiscard]] std::optional<certstore::Issue> read(std::size_t entry,
                                                     const certstore::Sink& sink) const override {
    contents_.read(entry, sink);
    return std::nullopt;
  }
  [[nodiscard]] std::optional<certstore::DigestValue> known_digest(
      std::size_t entry, certstore::DigestAlgorithm algorithm) const override {
    if (!contents_.pass || algorithm != certstore::DigestAlgorithm::sha256) return std::nullopt;
    return contents_.sha256_of(entry);
  }
  [[nodiscard]] bool is_stream() const override { return contents_.pass != nullptr; }
  void read_in_order(std::span<const std::size_t> wanted, const EntryVisitor& visit) const override {
    if (!contents_.pass) return SignedPackage::read_in_order(wanted, visit);
    stream_entries(contents_, wanted, visit);
  }
  [[nodiscard]] certstore::Issues check_set(const Coverage&, std::span<const VerifiedSignature>,
                                            std::span<const certstore::DigestValue>,
                                            unsigned) const override {
    return {};  // the manifests bind the set, and covered() compares them
  }
  [[nodiscard]] std::optional<std::vector<std::size_t>> single_entry_elements() const override {
    std::vector<std::size_t> files;
    for (const std::size_t member : contents_.layout.members) {
      if (contents_.index.entries[member].type != EntryType::directory) files.push_back(member);
    }
    return files;
  }
  [[nodiscard]] std::vector<Element> elements(const Coverage&, unsigned) const override {
    const std::vector<std::size_t> members = *single_entry_elements();
    std::vector<Element> elements;
    for (const std::size_t member : members) {
      const Entry& entry = contents_.index.entries[member];
      Element element;
      element.id = element.name = entry.name;
      element.kind = entry.type == EntryType::symbolic_link ? "symbolic link" : "file";
      element.entries = {member};
      elements.push_back(std::move(element));
    }
    return elements;
  }
  [[nodiscard]] certstore::Issues unprovable(const Coverage&) const override {
    return contents_.layout.is_signed() ? tar::unprovable(contents_) : certstore::Issues{};
  }
  [[nodiscard]] std::unique_ptr<SigningPlan> plan_signing(const SigningRequest& request) const override {
    return plan_tar_signing({contents_, issues_, blocks_}, request);
  }
  [[nodiscard]] std::unique_ptr<SigningPlan> plan_stripping(certstore::Instant) const override {
    return plan_tar_stripping(contents_, container_issues_);
  }
  [[nodiscard]] std::size_t write_stamped(const certstore::Stamper& stamper,
                                          certstore::AtomicFile& out) const override {
    return stamp_tar(contents_, issues_, stamper, out);
  }

 private:
  void add_entry(std::size_t number) {
    const Entry& entry = contents_.index.entries[number];
    formats::Entry added{.name = entry.name, .size = entry.size};
    if (entry.type == EntryType::directory) {
      added.name = folder_names_.emplace_back(entry.name + "/");
      added.is_directory = true;
    }
    if (entry.type == EntryType::symbolic_link) added.link_target = entry.link;
    if (contents_.sound) {
      const Entry& content = contents_.index.entries[contents_.content_of(number)];
      added.size = content.size;
      added.is_executable = content.type == EntryType::file && (content.mode & 0100U) != 0;
    }
    entries_.push_back(added);
  }

  void malformed(std::size_t entry, std::string detail) {
    issues_.push_back({IssueCode::malformed_layout, contents_.index.entries[entry].name, std::move(detail)});
  }

  void load(const SignaturePlace& place) {
    try {
      load_blocks(place);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::malformed) throw;
      malformed(place.signature, error.what());
    }
  }

  // One SignatureBlock for each signer in the file.
  void load_blocks(const SignaturePlace& place) {
    const std::string& name = contents_.index.entries[place.signature].name;
    const auto message = std::make_shared<const certstore::Bytes>(
        contents_.read_small(place.manifest, certstore::limits::kMtreeSize));
    const cms::SignedData data =
        cms::parse(contents_.read_small(place.signature, certstore::limits::kCmsSize), name);
    if (data.content_type != cms::kData) return malformed(place.signature, "it signs " + data.content_type);
    if (data.content) return malformed(place.signature, "it holds its own content");
    if (data.signers.empty()) return malformed(place.signature, "it holds no signature");
    for (const cms::SignerInfo& signer : data.signers) {
      SignatureBlock block{
          name, contents_.index.entries[place.manifest].name, message, {}, signer, data.certificates};
      block.context = kManifestContext;
      blocks_.push_back(std::move(block));
    }
  }

  Contents contents_;
  std::vector<formats::Entry> entries_;
  std::deque<std::string> folder_names_;
  certstore::Issues issues_;
  certstore::Issues container_issues_;  // of the archive alone
  std::vector<SignatureBlock> blocks_;
};

}  // namespace

bool recognises_tar(const Container& container) {
  return container.tar.has_value();
}

std::unique_ptr<SignedPackage> open_tar(Container container) {
  return std::make_unique<TarPackage>(std::move(container));
}

}  // namespace formats::tar
