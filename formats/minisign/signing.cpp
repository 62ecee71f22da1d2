#include "formats/minisign/signing.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file_windows.h"
#include "certstore/minisign_text.h"
#include "formats/minisign/signature_file.h"

#include <string>
#include <utility>

namespace formats::minisign {
namespace {

using certstore::DigestAlgorithm;
using certstore::Error;
using certstore::ErrorKind;
using certstore::in_quotes;

void require_fitting(const SigningRequest& request, const BesideWish& wish) {
  if (request.signer.bare_key() == nullptr) {
    throw Error(ErrorKind::key, "a minisign signature is made by a minisign key, and " +
                                    in_quotes(request.signer.subject()) + " has a certificate");
  }
  if (!request.also.empty()) {
    throw Error(ErrorKind::usage, "a minisign signature is one of one key, with no second signer",
                "sign once more: --alias NAME -o FILE.NAME.minisig");
  }
  if (wish.add_to != nullptr) {
    throw Error(ErrorKind::usage, "a minisign signature file carries one signature");
  }
  if (wish.pem) throw Error(ErrorKind::usage, "--pem is for CMS: a minisign signature is text already");
  if (request.stamper) {
    throw Error(ErrorKind::usage, "a minisign signature has no place for a time stamp",
                "an identity with a certificate signs FILE.p7s, which has one");
  }
}

// As minisign's own, and the digest that everybody can compute.
std::string comment_for(const std::string& name, certstore::Instant time, certstore::ByteView sha256) {
  if (!certstore::is_minisign_text(name) || name.find('\t') != std::string::npos) {
    throw Error(ErrorKind::usage,
                "the file name " + in_quotes(name) +
                    " cannot stand in a minisign comment: it has control characters or is not UTF-8",
                "rename the file");
  }
  return "timestamp:" + std::to_string(time.time_since_epoch().count()) +
         (name.empty() ? "" : "\tfile:" + name) + "\thashed\tsha256:" + certstore::to_hex(sha256);
}

class MinisignPlan final : public SigningPlan {
 public:
  // Which layout's list the file may be does not matter: no other layout takes a signature by a bare key.
  MinisignPlan(const certstore::InputFile& file, const SigningRequest& request, const BesideWish& wish)
      : signer_(request.signer) {
    require_fitting(request, wish);
    const std::string& name = wish.file_name;
    certstore::Digester blake2b(DigestAlgorithm::blake2b_512);
    certstore::Digester sha256(DigestAlgorithm::sha256);
    // Before the file is read, which may be long.
    static_cast<void>(comment_for(name, request.time, {}));
    certstore::read_windows(file, [&](certstore::ByteView window) {
      blake2b.update(window);
      sha256.update(window);
    });
    digest_ = blake2b.finish();
    sha256_ = sha256.finish();
    comment_ = comment_for(name, request.time, sha256_);
  }

  [[nodiscard]] std::size_t signed_entries() const override { return 1; }
  [[nodiscard]] std::optional<certstore::DigestValue> input_digest(DigestAlgorithm algorithm) const override {
    if (algorithm == DigestAlgorithm::blake2b_512) return digest_;
    if (algorithm == DigestAlgorithm::sha256) return sha256_;  // which the comment states
    return std::nullopt;
  }

  void write(std::span<const certstore::Signer> signers, certstore::AtomicFile& out) const override {
    const certstore::BareKey* const key = signer_.bare_key();
    if (signers.size() != 1 || key == nullptr || !(signers[0].identity() == signer_)) {
      throw Error(ErrorKind::key, "the key is another than was planned");
    }
    const auto sign = [&](certstore::ByteView message) {
      return signers[0].sign(DigestAlgorithm::sha512, message);  // Ed25519 has its own
    };
    SignatureFile made;
    made.prehashed = true;
    made.key_id = key->id();
    made.signature = sign(digest_);
    made.comment = {comment_, sign(commented(made.signature, comment_))};
    out.write(certstore::as_bytes(to_text(made)));
  }

 private:
  certstore::SignerIdentity signer_;
  certstore::DigestValue digest_;
  certstore::DigestValue sha256_;
  std::string comment_;
};

}  // namespace

std::unique_ptr<SigningPlan> plan_signature(const certstore::InputFile& file, const SigningRequest& request,
                                            const BesideWish& wish) {
  return std::make_unique<MinisignPlan>(file, request, wish);
}

}  // namespace formats::minisign
