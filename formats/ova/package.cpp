#include "formats/ova/package.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/cms.h"
#include "formats/ova/contents.h"
#include "formats/ova/coverage.h"
#include "formats/ova/folder.h"
#include "formats/ova/signing.h"
#include "formats/tar/reader.h"

#include <algorithm>
#include <utility>

namespace formats::ova {
namespace {

using certstore::Bytes;
using certstore::Error;
using certstore::ErrorKind;
using certstore::in_quotes;
using certstore::IssueCode;
namespace cms = certstore::cms;

class ArchiveMembers final : public Members {
 public:
  ArchiveMembers(const certstore::InputFile& file, const tar::Index& index) : file_(file), index_(index) {
    for (const tar::Entry& entry : index_.entries) {
      members_.push_back({entry.name, entry.size, entry.type == tar::EntryType::file});
    }
  }
  [[nodiscard]] std::span<const Member> all() const override { return members_; }
  void read(std::size_t member, const certstore::Sink& sink) const override {
    tar::read_entry(file_, index_.entries[member], sink);
  }

 private:
  const certstore::InputFile& file_;
  const tar::Index& index_;
  std::vector<Member> members_;
};

class Appliance final : public SignedPackage {
 public:
  explicit Appliance(Container container) : contents_{container.file, {}, {}, {}, {}, {}, {}, {}} {
    if (container.tar) {
      contents_.index = std::move(container.tar->index);
      issues_ = std::move(container.tar->issues);
      contents_.members = std::make_unique<ArchiveMembers>(contents_.file, contents_.index);
    } else {
      contents_.in_folder = true;
      contents_.members = std::make_unique<FolderMembers>(contents_.file);
    }
    for (const Member& member : contents_.members->all()) {
      entries_.push_back(
          {member.name, member.size, !member.is_file, contents_.in_folder && !entries_.empty()});
    }
    contents_.layout = layout_of(contents_.members->all());
    issues_.insert(issues_.end(), contents_.layout.issues.begin(), contents_.layout.issues.end());
    contents_.container_issues = issues_;
    // What two programs could read differently is not read any further.
    if (certstore::any_with_effect(issues_, certstore::Effect::invalid)) return;
    if (!contents_.in_folder) {
      const certstore::Issues order = order_findings(contents_.layout, entries_.size());
      issues_.insert(issues_.end(), order.begin(), order.end());
    }
    load_manifest();
    load_certificate();
  }

  [[nodiscard]] std::string_view format() const override { return contents_.in_folder ? "ovf" : "ova"; }
  [[nodiscard]] std::span<const Entry> entries() const override { return entries_; }
  [[nodiscard]] const certstore::Issues& issues() const override { return issues_; }
  [[nodiscard]] std::vector<SignatureBlock> signature_blocks() const override { return blocks_; }
  [[nodiscard]] Coverage covered(std::span<const VerifiedSignature> verified, unsigned) const override {
    return coverage_of(contents_, verified);
  }
  [[nodiscard]] std::optional<certstore::Issue> read(std::size_t entry,
                                                     const certstore::Sink& sink) const override {
    contents_.members->read(entry, sink);
    return std::nullopt;
  }
  [[nodiscard]] certstore::Issues check_set(const Coverage& coverage,
                                            std::span<const VerifiedSignature> verified,
                                            std::span<const certstore::DigestValue> set_digests,
                                            unsigned) const override {
    return set_findings(contents_, coverage, !verified.empty(), set_digests);
  }
  [[nodiscard]] std::vector<Element> elements(const Coverage&, unsigned) const override {
    std::vector<Element> elements;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (contents_.layout.is_signature_file(i)) continue;
      Element element;
      element.id = element.name = entries_[i].name;
      element.kind = i == contents_.layout.descriptor ? "descriptor" : "file";
      element.entries = {i};
      elements.push_back(std::move(element));
    }
    return elements;
  }
  [[nodiscard]] certstore::Issues unprovable(const Coverage& coverage) const override {
    return coverage.signers.empty() ? certstore::Issues{} : ova::unprovable();
  }
  [[nodiscard]] std::unique_ptr<SigningPlan> plan_signing(const SigningRequest& request) const override {
    return plan_ova_signing(contents_, request);
  }
  [[nodiscard]] std::unique_ptr<SigningPlan> plan_stripping(certstore::Instant) const override {
    return plan_ova_stripping(contents_);
  }

 private:
  void malformed(std::size_t member, std::string detail) {
    issues_.push_back({IssueCode::malformed_layout, contents_.name(member), std::move(detail)});
  }

  // The bytes of one of the two texts, or nothing and a finding.
  std::optional<Bytes> text_of(std::size_t member) {
    try {
      return read_small(*contents_.members, member, certstore::limits::kOvaText);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::malformed) throw;
      malformed(member, error.what());
      return std::nullopt;
    }
  }

  void load_manifest() {
    if (!contents_.layout.manifest) return;
    auto bytes = text_of(*contents_.layout.manifest);
    if (!bytes) return;
    contents_.manifest_bytes = std::make_shared<const Bytes>(std::move(*bytes));
    contents_.manifest = read_manifest(*contents_.manifest_bytes, contents_.name(*contents_.layout.manifest));
  }

  void load_certificate() {
    if (!contents_.layout.certificate || !contents_.manifest) return;
    const std::size_t place = *contents_.layout.certificate;
    const auto bytes = text_of(place);
    if (!bytes) return;
    contents_.certificate = read_certificate_text(*bytes, contents_.name(place));
    const CertificateText& text = *contents_.certificate;
    issues_.insert(issues_.end(), text.issues.begin(), text.issues.end());
    if (!text.signature) return;
    const std::string& manifest = contents_.name(*contents_.layout.manifest);
    if (text.signature->name != manifest) {
      return malformed(place,
                       "it signs " + in_quotes(text.signature->name) + " and not " + in_quotes(manifest));
    }
    if (text.cms) load_cms(place, *text.cms);
    blocks_.push_back({contents_.name(place),
                       manifest,
                       contents_.manifest_bytes,
                       {},
                       RawSignature{text.signature->value, {text.signature->algorithm}, true},
                       text.certificates});
  }

  // First of the two: it has the chain and the time stamps.
  void load_cms(std::size_t place, const Bytes& der) {
    try {
      const cms::SignedData data = cms::parse(der, "the CMS signature");
      if (data.content_type != cms::kData)
        return malformed(place, "its CMS signature is over " + data.content_type);
      if (data.content) return malformed(place, "its CMS signature holds content of its own");
      if (data.signers.size() != 1) return malformed(place, "its CMS signature is not by one signer");
      std::vector<certstore::Certificate> offered = contents_.certificate->certificates;
      offered.insert(offered.end(), data.certificates.begin(), data.certificates.end());
      blocks_.push_back({contents_.name(place) + " (CMS)",
                         contents_.name(*contents_.layout.manifest),
                         contents_.manifest_bytes,
                         {},
                         data.signers[0],
                         std::move(offered)});
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::malformed) throw;
      malformed(place, error.what());
    }
  }

  Contents contents_;
  std::vector<Entry> entries_;
  certstore::Issues issues_;
  std::vector<SignatureBlock> blocks_;
};

}  // namespace

// DSP0243 5.3: the descriptor is the first member. One that stands elsewhere is still that of an appliance
// where its signature files are there too.
bool recognises_ova(const Container& container) {
  if (!container.tar || container.tar_pass) return false;  // a compressed one is no appliance
  const auto& entries = container.tar->index.entries;
  const auto is_at_root = [&](std::string_view extension) {
    return std::any_of(entries.begin(), entries.end(), [&](const tar::Entry& entry) {
      return entry.name.find('/') == std::string::npos && has_extension(entry.name, extension);
    });
  };
  if (entries.empty()) return false;
  return has_extension(entries[0].name, ".ovf") ||
         (is_at_root(".ovf") && (is_at_root(".mf") || is_at_root(".cert")));
}

bool recognises_ovf(const Container& container) {
  return is_descriptor_in_folder(container);
}
std::unique_ptr<SignedPackage> open_ovf(Container container) {
  return std::make_unique<Appliance>(std::move(container));
}

std::unique_ptr<SignedPackage> open_ova(Container container) {
  return std::make_unique<Appliance>(std::move(container));
}

}  // namespace formats::ova
