#include "formats/minisign/package.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/minisign_limits.h"
#include "certstore/minisign_text.h"
#include "formats/minisign/signature_file.h"
#include "formats/minisign/signing.h"
#include "formats/whole_file.h"

#include <utility>

namespace formats::minisign {
namespace {

using certstore::Bytes;
using certstore::DigestAlgorithm;
using certstore::Error;
using certstore::ErrorKind;
using certstore::in_quotes;
using certstore::IssueCode;

class MinisignedFile final : public WholeFile {
 public:
  MinisignedFile(const certstore::InputFile& file, const certstore::InputFile& signature,
                 const KnownSigners& known)
      : WholeFile(file, own_name(file)), signature_(signature) {
    read_signature();
    if (found_) keys_ = known().keys;
  }

  [[nodiscard]] std::string_view format() const override { return "minisig"; }

  // What is checked first is small: the trusted comment with the signature over the file. signify has
  // nothing but that one.
  [[nodiscard]] std::vector<SignatureBlock> signature_blocks() const override {
    if (!found_) return {};
    SignatureBlock block;
    block.name = signature_.name();
    block.message_name = name();
    block.keys = keys_;
    if (found_->comment) {
      block.message = std::make_shared<Bytes>(commented(found_->signature, found_->comment->text));
      block.signature = KeySignature{found_->key_id, found_->comment->signature};
    } else {
      block.message = std::make_shared<Bytes>(file().read_all(certstore::limits::kUnhashedFile));
      block.signature = KeySignature{found_->key_id, found_->signature};
    }
    return {std::move(block)};
  }

  [[nodiscard]] Coverage covered(std::span<const VerifiedSignature> verified, unsigned) const override {
    Coverage coverage;
    if (verified.empty()) return coverage;
    coverage.signers.push_back(verified[0].signer());
    coverage.facts.bound = true;  // one entry is the whole
    coverage.facts.whole = true;
    if (!found_->comment) {
      // The very bytes that were checked.
      coverage.covered.push_back(
          stated(certstore::digest(DigestAlgorithm::sha512, verified[0].message()), DigestAlgorithm::sha512));
      return coverage;
    }
    const DigestAlgorithm algorithm =
        found_->prehashed ? DigestAlgorithm::blake2b_512 : DigestAlgorithm::sha512;
    coverage.covered.push_back({.entry = 0,
                                .signature = 0,
                                .algorithm = algorithm,
                                .proof = EntrySignature{found_->signature, found_->prehashed}});
    coverage.digests.push_back({algorithm});
    read_comment(certstore::as_text(verified[0].message().subspan(found_->signature.size())), coverage);
    return coverage;
  }

  [[nodiscard]] certstore::Issues unprovable(const Coverage& coverage) const override {
    if (coverage.covered.empty()) return {};
    certstore::Issues found;
    found.push_back({IssueCode::unprovable, "",
                     found_->comment
                         ? "the time of signing: a time in the trusted comment is what the signer says"
                         : "the time of signing, and the file's name: neither is signed"});
    found.push_back({IssueCode::unprovable, "", "who holds the key: no certificate speaks for it"});
    return found;
  }
  [[nodiscard]] std::unique_ptr<SigningPlan> plan_signing(const SigningRequest& request) const override {
    return plan_signature(file(), request, {});
  }

 private:
  static Covered stated(const certstore::DigestValue& digest, DigestAlgorithm algorithm) {
    return {.entry = 0, .signature = 0, .algorithm = algorithm, .proof = StatedDigest{digest}};
  }

  void read_signature() {
    try {
      found_ = read_signature_file(signature_.read_all(certstore::limits::kMinisignFile), signature_.name());
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::malformed) throw;
      find({IssueCode::malformed_layout, signature_.name(), error.what()});
      return;
    }
    refuse_other_meaning();
    if (found_->prehashed || file().size() <= certstore::limits::kUnhashedFile) return;
    throw Error(ErrorKind::unsupported,
                in_quotes(file().name()) + " is too large for the signature in " +
                    in_quotes(signature_.name()) +
                    ": one without a digest is checked with the whole file in memory, up to " +
                    std::to_string(certstore::limits::kUnhashedFile >> 20U) + " MiB",
                "the signer signs it prehashed: minisign -S -H, or pkgsign");
  }

  // With the same key minisign signs 64 bytes with a comment behind them, or a digest of 64 bytes. Without a
  // comment of its own, that signature could be shown as signify's over a file of just these bytes.
  void refuse_other_meaning() {
    if (found_->comment || file().size() < found_->signature.size() ||
        file().size() > certstore::limits::kMinisignFile) {
      return;
    }
    const Bytes bytes = file().read_all(certstore::limits::kMinisignFile);
    const std::string_view text = certstore::as_text(bytes);
    if (certstore::is_minisign_text(text.substr(0, found_->signature.size())) ||
        !certstore::is_minisign_text(text.substr(found_->signature.size()))) {
      return;
    }
    find({IssueCode::ambiguous_member, name(),
          "its bytes could be those that minisign signs beside a file or for its comment"});
  }

  // From here on the comment is the signer's word.
  void read_comment(std::string_view comment, Coverage& coverage) const {
    coverage.facts.properties.emplace_back("trusted comment", comment);
    const CommentFields fields = fields_of(comment);
    if (!fields.file.empty() && fields.file != name()) {
      coverage.issues.push_back(
          {IssueCode::signed_name_differs, name(), "it was signed as " + in_quotes(fields.file)});
    }
    if (fields.sha256.empty()) return;
    try {
      coverage.covered.push_back(stated(certstore::from_hex(fields.sha256), DigestAlgorithm::sha256));
    } catch (const Error&) {
      coverage.issues.push_back({IssueCode::malformed_layout, signature_.name(),
                                 "the SHA-256 in its trusted comment is none: " + in_quotes(fields.sha256)});
    }
  }

  std::optional<SignatureFile> found_;
  std::vector<certstore::BareKey> keys_;
  const certstore::InputFile& signature_;
};

}  // namespace

bool recognises_signature(const certstore::InputFile& signature) {
  Bytes head(std::min<std::uint64_t>(signature.size(), certstore::kUntrustedComment.size()));
  signature.read_at(0, head);
  return certstore::looks_like_minisign(head);
}

std::unique_ptr<SignedPackage> open_signature(const certstore::InputFile& file,
                                              const certstore::InputFile& signature,
                                              const KnownSigners& known) {
  return std::make_unique<MinisignedFile>(file, signature, known);
}

}  // namespace formats::minisign
