#include "formats/jar/package.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/base/parallel.h"
#include "certstore/cms.h"
#include "formats/jar/contents.h"
#include "formats/jar/coverage.h"
#include "formats/jar/signing.h"
#include "formats/jar/stamping.h"
#include "formats/zip/reader.h"

#include <utility>

namespace formats::jar {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::IssueCode;
namespace cms = certstore::cms;

class JarPackage final : public SignedPackage {
 public:
  JarPackage(Container container, std::string_view format)
      : format_(format),
        contents_{container.file, std::move(container.zip->index), container.zip->sound(), {}},
        issues_(std::move(container.zip->issues)),
        container_issues_(issues_) {
    for (const zip::Entry& entry : contents_.index.entries) {
      entries_.push_back({entry.name, entry.size, entry.is_directory});
    }
    if (!contents_.sound) return;
    contents_.layout = layout_of(contents_.index);
    // Of an archive that nobody signed, these are files like others.
    if (!contents_.layout.is_signed()) return;
    issues_.insert(issues_.end(), contents_.layout.issues.begin(), contents_.layout.issues.end());
    // What is not complete is invalid, and is not read any further.
    if (certstore::any_with_effect(issues_, certstore::Effect::invalid)) return;
    for (const SignaturePlace& place : contents_.layout.signatures) load(place);
  }

  [[nodiscard]] std::string_view format() const override { return format_; }
  [[nodiscard]] bool is_meant_signed() const override { return format_ != "zip"; }
  [[nodiscard]] std::span<const Entry> entries() const override { return entries_; }
  [[nodiscard]] const certstore::Issues& issues() const override { return issues_; }
  [[nodiscard]] std::vector<SignatureBlock> signature_blocks() const override { return blocks_; }
  [[nodiscard]] Coverage covered(std::span<const VerifiedSignature> verified, unsigned jobs) const override {
    return coverage_of(contents_, verified, jobs);
  }
  [[nodiscard]] std::optional<certstore::Issue> read(std::size_t entry,
                                                     const certstore::Sink& sink) const override {
    return zip::read_entry(contents_.file, contents_.index, contents_.sound, entry, sink);
  }
  void read_in_order(std::span<const std::size_t> wanted, const EntryVisitor& visit) const override {
    zip::read_entries(contents_.file, contents_.index, contents_.sound, wanted, visit);
  }
  [[nodiscard]] certstore::Issues check_set(const Coverage&, std::span<const VerifiedSignature>,
                                            std::span<const certstore::DigestValue>,
                                            unsigned) const override {
    return {};  // the names in the signature files bind the set, and covered() compares them
  }
  [[nodiscard]] std::optional<std::vector<std::size_t>> single_entry_elements() const override {
    std::vector<std::size_t> files;
    for (std::size_t file = 0; file < entries_.size(); ++file) {
      if (!entries_[file].is_directory && !is_own_file(file)) files.push_back(file);
    }
    return files;
  }
  [[nodiscard]] std::vector<Element> elements(const Coverage&, unsigned jobs) const override {
    const std::vector<std::size_t> files = *single_entry_elements();
    std::vector<Element> elements(files.size());
    certstore::for_each_parallel(files.size(), jobs, [&](std::size_t i) {
      elements[i].id = elements[i].name = contents_.name(files[i]);
      elements[i].kind = "file";
      elements[i].entries = {files[i]};
    });
    return elements;
  }
  [[nodiscard]] certstore::Issues unprovable(const Coverage&) const override {
    return contents_.layout.is_signed() ? jar::unprovable() : certstore::Issues{};
  }
  [[nodiscard]] std::unique_ptr<SigningPlan> plan_signing(const SigningRequest& request) const override {
    return plan_jar_signing({contents_, issues_, blocks_}, request);
  }
  [[nodiscard]] std::unique_ptr<SigningPlan> plan_stripping(certstore::Instant time) const override {
    if (contents_.sound && !contents_.layout.is_signed()) {
      throw Error(ErrorKind::usage, certstore::in_quotes(contents_.file.name()) + " has no signatures");
    }
    return plan_jar_stripping(contents_, container_issues_, time);
  }
  [[nodiscard]] std::size_t write_stamped(const certstore::Stamper& stamper,
                                          certstore::AtomicFile& out) const override {
    return stamp_jar(contents_, stamper, out);
  }

 private:
  // Manifest, signature files and blocks of a signed JAR.
  bool is_own_file(std::size_t entry) const {
    if (!contents_.sound || !contents_.layout.is_signed()) return false;
    const Role role = role_of(contents_.name(entry));
    return role != Role::file && role != Role::foreign_block;
  }

  void malformed(std::size_t entry, std::string detail) {
    issues_.push_back({IssueCode::malformed_layout, std::string(contents_.name(entry)), std::move(detail)});
  }

  certstore::Bytes read_small(std::size_t entry, std::size_t limit) const {
    return zip::read_small_entry(contents_.file, contents_.index.entries[entry], limit);
  }

  void load(const SignaturePlace& place) {
    try {
      const auto message =
          std::make_shared<const certstore::Bytes>(read_small(*place.file, certstore::limits::kJarTextSize));
      for (const std::size_t block : place.blocks) load_block(place, block, message);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::malformed) throw;
      malformed(*place.file, error.what());
    }
  }

  // One SignatureBlock for each signer in the file.
  void load_block(const SignaturePlace& place, std::size_t block,
                  const std::shared_ptr<const certstore::Bytes>& message) {
    try {
      const std::string name(contents_.name(block));
      const cms::SignedData data = cms::parse(read_small(block, certstore::limits::kCmsSize), name);
      if (data.content_type != cms::kData) return malformed(block, "it signs " + data.content_type);
      if (data.content && *data.content != *message) {
        return malformed(block, "it holds other content than the signature file beside it");
      }
      if (data.signers.empty()) return malformed(block, "it holds no signature");
      for (const cms::SignerInfo& signer : data.signers) {
        // java.util.jar takes the whole JAR as unsigned then.
        if (!signer.key_id.empty()) return malformed(block, "it names its signer by key id alone");
        blocks_.push_back(
            {name, std::string(contents_.name(*place.file)), message, {}, signer, data.certificates});
      }
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::malformed) throw;
      malformed(block, error.what());
    }
  }

  std::string_view format_;
  Contents contents_;
  std::vector<Entry> entries_;
  certstore::Issues issues_;
  certstore::Issues container_issues_;  // of the archive alone
  std::vector<SignatureBlock> blocks_;
};

}  // namespace

bool recognises_jar(const Container& container) {
  return container.zip && first_mark(container.zip->index);
}

std::unique_ptr<SignedPackage> open_jar(Container container) {
  return std::make_unique<JarPackage>(std::move(container), "jar");
}
bool recognises_zip(const Container& container) {
  return container.zip.has_value();
}
std::unique_ptr<SignedPackage> open_zip(Container container) {
  return std::make_unique<JarPackage>(std::move(container), "zip");
}

}  // namespace formats::jar
