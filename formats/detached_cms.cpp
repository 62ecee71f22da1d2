#include "formats/detached_cms.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/cms_attributes.h"
#include "certstore/cms_create.h"
#include "formats/container.h"
#include "formats/other_meaning.h"
#include "formats/whole_file.h"

#include <utility>

namespace formats {
namespace {

namespace cms = certstore::cms;
using certstore::Bytes;
using certstore::in_quotes;
using certstore::IssueCode;

// What the signed attributes say the file's digest is; empty if they do not.
Bytes stated_digest(const cms::SignerInfo& signer) {
  const auto value = cms::only_value(signer.signed_attributes, cms::kMessageDigest);
  return value ? cms::octets_in(*value).value_or(Bytes()) : Bytes();
}

class DetachedFile final : public WholeFile {
 public:
  DetachedFile(const certstore::InputFile& file, const certstore::InputFile& signature,
               const KnownSigners& known)
      : WholeFile(file, own_name(file)), signature_(signature) {
    read_signature();
    if (data_.certificates.empty() && !data_.signers.empty()) data_.certificates = known().certificates;
  }

  [[nodiscard]] std::string_view format() const override { return "p7s"; }

  [[nodiscard]] std::vector<SignatureBlock> signature_blocks() const override {
    // Of two kinds at once, a signature could be shown as either; ours over a manifest says which it is.
    const bool is_manifest = !data_.signers.empty() && !other_meaning(file()).empty();
    std::vector<SignatureBlock> blocks;
    for (std::size_t i = 0; i < data_.signers.size(); ++i) {
      const cms::SignerInfo& signer = data_.signers[i];
      SignatureBlock block;
      block.name = signature_.name() + " #" + std::to_string(i + 1);
      block.message_name = name();
      if (signer.digest) block.digests.emplace_back(*signer.digest, stated_digest(signer));
      block.signature = signer;
      block.candidates = data_.certificates;
      if (is_manifest) block.context = kDetachedContext;
      blocks.push_back(std::move(block));
    }
    return blocks;
  }

  [[nodiscard]] Coverage covered(std::span<const VerifiedSignature> verified, unsigned) const override {
    Coverage coverage;
    for (std::size_t i = 0; i < verified.size(); ++i) {
      coverage.signers.push_back(verified[i].signer());
      // Which checking has found to be there.
      coverage.covered.push_back({.entry = 0,
                                  .signature = i,
                                  .algorithm = verified[i].digest(),
                                  .proof = StatedDigest{stated_digest(*verified[i].signer_info())}});
    }
    coverage.facts.bound = !verified.empty();  // one entry is the whole
    coverage.facts.whole = coverage.facts.bound;
    return coverage;
  }

  [[nodiscard]] certstore::Issues unprovable(const Coverage& coverage) const override {
    if (coverage.covered.empty()) return {};
    return {
        {IssueCode::unprovable, "", "the file's name: it is not signed, another may have been given to it"},
        {IssueCode::unprovable, "", "the time of signing, where no trusted time stamp is there"}};
  }
  [[nodiscard]] std::unique_ptr<SigningPlan> plan_signing(const SigningRequest& request) const override {
    return plan_detached(file(), request, {});
  }
  [[nodiscard]] std::size_t write_stamped(const certstore::Stamper& stamper,
                                          certstore::AtomicFile& out) const override {
    return stamp_signature_file(signature_, stamper, out);
  }

 private:
  void read_signature() {
    try {
      data_ = cms::parse(signature_.read_all(certstore::limits::kCmsSize), signature_.name());
    } catch (const certstore::Error& error) {
      if (error.kind() != certstore::ErrorKind::malformed) throw;
      refuse(error.what());
      return;
    }
    if (data_.content) refuse("it holds its own content, so it is no signature over a file beside it");
    if (!data_.content && data_.content_type != cms::kData) {
      refuse("its content is of type " + data_.content_type + ", not a file");
    }
    if (data_.signers.empty()) refuse("nobody signed it: it only carries certificates");
    for (const cms::SignerInfo& signer : data_.signers) {
      // A raw signature over a file's bytes is also that of a member of a vRO package.
      if (!signer.signed_bytes) {
        find({IssueCode::ambiguous_member, signature_.name(),
              "a signature without signed attributes could have been made for another layout"});
      }
    }
  }

  void refuse(const std::string& why) {
    data_ = {};
    find({IssueCode::malformed_layout, signature_.name(), why});
  }

  cms::SignedData data_;
  const certstore::InputFile& signature_;
};

}  // namespace

std::unique_ptr<SignedPackage> open_detached(const certstore::InputFile& file,
                                             const certstore::InputFile& signature,
                                             const KnownSigners& known) {
  return std::make_unique<DetachedFile>(file, signature, known);
}

std::size_t stamp_signature_file(const certstore::InputFile& signature, const certstore::Stamper& stamper,
                                 certstore::AtomicFile& out) {
  const Bytes file = signature.read_all(certstore::limits::kCmsSize);
  const Bytes der = cms::der_of(file, signature.name());
  const Bytes stamped = certstore::with_timestamps(der, stamper);
  if (stamped == der) return 0;
  const std::string pem = der == file ? "" : cms::to_pem(stamped);
  out.write(pem.empty() ? certstore::ByteView(stamped) : certstore::as_bytes(pem));
  return 1;
}

bool recognises_none(const Container&) {
  return false;
}

std::unique_ptr<SignedPackage> open_none(Container container) {
  throw certstore::Error(certstore::ErrorKind::internal,
                         in_quotes(container.file.name()) + " was taken for its own signature");
}

}  // namespace formats
