#include "formats/vro_package.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "formats/jar/layout.h"
#include "formats/vro_content.h"
#include "formats/vro_coverage.h"
#include "formats/vro_elements.h"
#include "formats/vro_signing.h"
#include "formats/zip/reader.h"

#include <algorithm>
#include <utility>

namespace formats {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::IssueCode;

constexpr std::string_view kRootSignature = "signatures/dunes-meta-inf";

class VroPackage final : public SignedPackage {
 public:
  explicit VroPackage(Container container)
      : contents_{container.file, std::move(container.zip->index), container.zip->sound(), {}, {}},
        issues_(std::move(container.zip->issues)) {
    for (const zip::Entry& entry : contents_.index.entries) {
      entries_.push_back({entry.name, entry.size, entry.is_directory});
    }
    if (!contents_.sound) return;
    contents_.layout = vro_layout(contents_.index);
    load_certificates();
    // Each layout wants the other's signature files signed, so no file can satisfy both.
    if (const auto mark = jar::first_mark(contents_.index)) {
      issues_.push_back({IssueCode::ambiguous_layouts, std::string(*mark), "it is a signature of a JAR"});
    }
    if (!contents_.layout.signatures.empty()) load_root();
  }

  [[nodiscard]] std::string_view format() const override { return "vro"; }
  [[nodiscard]] std::span<const Entry> entries() const override { return entries_; }
  [[nodiscard]] const certstore::Issues& issues() const override { return issues_; }
  [[nodiscard]] std::vector<SignatureBlock> signature_blocks() const override { return blocks_; }

  [[nodiscard]] Coverage covered(std::span<const VerifiedSignature> verified, unsigned) const override {
    return vro_coverage(contents_, verified);
  }

  [[nodiscard]] std::optional<certstore::Issue> read(std::size_t entry,
                                                     const certstore::Sink& sink) const override {
    return zip::read_entry(contents_.file, contents_.index, contents_.sound, entry, sink);
  }
  void read_in_order(std::span<const std::size_t> wanted, const EntryVisitor& visit) const override {
    zip::read_entries(contents_.file, contents_.index, contents_.sound, wanted, visit);
  }

  [[nodiscard]] certstore::Issues check_set(const Coverage& coverage,
                                            std::span<const VerifiedSignature> verified,
                                            std::span<const certstore::DigestValue> set_digests,
                                            unsigned jobs) const override {
    return vro_check_set(contents_, coverage, verified, set_digests, jobs);
  }
  [[nodiscard]] std::vector<Element> elements(const Coverage& coverage, unsigned jobs) const override {
    return vro_elements(contents_, coverage, jobs);
  }
  [[nodiscard]] std::string version_elsewhere(const Element& element, const FileReader& read) const override {
    for (const std::size_t entry : element.entries) {
      const std::string name(contents_.index.entries.at(entry).name);
      if (!name.ends_with("/data")) continue;
      const auto data = read(name, certstore::limits::kElementData);
      if (data) return read_vro_content(element.kind, *data).version;
    }
    return {};
  }
  [[nodiscard]] certstore::Issues unprovable(const Coverage& coverage) const override {
    return vro_unprovable(coverage);
  }
  [[nodiscard]] std::unique_ptr<SigningPlan> plan_signing(const SigningRequest& request) const override {
    return plan_vro_signing(contents_, issues_, request);
  }

 private:
  void malformed(std::size_t entry, std::string detail) {
    issues_.push_back({IssueCode::malformed_layout, std::string(contents_.name(entry)), std::move(detail)});
  }

  // What is wrong with the certificates of an unsigned package is said when it is signed.
  void load_certificates() {
    const std::vector<std::size_t>& places = contents_.layout.certificates;
    const bool is_signed = !contents_.layout.signatures.empty();
    if (places.size() > certstore::limits::kCertificates) {
      if (is_signed)
        issues_.push_back({IssueCode::malformed_layout, std::string(kVroCertificates),
                           std::to_string(places.size()) + " certificates are too many"});
      return;
    }
    for (const std::size_t place : places) {
      try {
        const certstore::Bytes der = contents_.read(place, certstore::limits::kCertificateSize);
        contents_.certificates.push_back(
            {place, certstore::Certificate::from_der(der, contents_.name(place))});
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::malformed) throw;
        if (is_signed) malformed(place, error.what());
      }
    }
  }

  // The signature of dunes-meta-inf, on which all others hang. Where signatures/ holds others and not this
  // one, the package is not unsigned but cut.
  void load_root() {
    const zip::Entry* signature = contents_.index.find(kRootSignature);
    if (!contents_.layout.meta) {
      issues_.push_back(
          {IssueCode::orphan_signature, std::string(kRootSignature), "there is no dunes-meta-inf"});
      return;
    }
    const std::size_t meta = *contents_.layout.meta;
    if (signature == nullptr || signature->is_directory || signature->size == 0) {
      malformed(meta, "it has no signature, and other files have");
      return;
    }
    SignatureBlock block;
    block.name = kRootSignature;
    block.message_name = kVroMeta;
    for (const VroCertificate& found : contents_.certificates) block.candidates.push_back(found.certificate);
    try {
      block.message =
          std::make_shared<certstore::Bytes>(contents_.read(meta, certstore::limits::kPropertiesSize));
      block.signature =
          RawSignature{zip::read_small_entry(contents_.file, *signature, certstore::limits::kSignatureSize),
                       {certstore::DigestAlgorithm::sha256, certstore::DigestAlgorithm::md5}};
      blocks_.push_back(std::move(block));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::malformed) throw;
      malformed(meta, error.what());
    }
  }

  VroContents contents_;
  std::vector<Entry> entries_;
  certstore::Issues issues_;
  std::vector<SignatureBlock> blocks_;
};

}  // namespace

bool recognises_vro(const Container& container) {
  if (!container.zip) return false;
  const zip::Index& index = container.zip->index;
  // An archive that is not sound has no names to look up, only names that were seen.
  return std::any_of(index.entries.begin(), index.entries.end(), [](const zip::Entry& entry) {
    return entry.name == kVroMeta || entry.name == kRootSignature;
  });
}

std::unique_ptr<SignedPackage> open_vro(Container container) {
  return std::make_unique<VroPackage>(std::move(container));
}

}  // namespace formats
