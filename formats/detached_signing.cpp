#include "formats/detached_cms.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file_windows.h"
#include "certstore/base/limits.h"
#include "certstore/cms_create.h"
#include "formats/other_meaning.h"

#include <map>
#include <set>
#include <utility>
#include <vector>

namespace formats {
namespace {

namespace cms = certstore::cms;
using certstore::Bytes;
using certstore::DigestAlgorithm;
using certstore::Error;
using certstore::ErrorKind;
using certstore::in_quotes;

// The digests that this key may take (certstore::Signer::usual_digest(), before the key is opened).
std::vector<DigestAlgorithm> digests_for(const certstore::Certificate& certificate) {
  switch (certificate.key_kind()) {
    case certstore::KeyKind::ed25519:
      return {DigestAlgorithm::sha512};
    case certstore::KeyKind::ec:
      return {certificate.key_bits() > 256 ? DigestAlgorithm::sha384 : DigestAlgorithm::sha256};
    case certstore::KeyKind::rsa_pss:  // may be tied to any
      return {DigestAlgorithm::sha256, DigestAlgorithm::sha384, DigestAlgorithm::sha512};
    case certstore::KeyKind::rsa:
    case certstore::KeyKind::dsa:
    case certstore::KeyKind::other:
      return {DigestAlgorithm::sha256};
  }
  return {};
}

class DetachedPlan final : public SigningPlan {
 public:
  DetachedPlan(const certstore::InputFile& file, const SigningRequest& request, const BesideWish& wish)
      : request_(request), wish_(wish) {
    const std::string meaning = other_meaning(file);
    if (!meaning.empty() && !wish.any_meaning) {
      throw Error(
          ErrorKind::malformed,
          in_quotes(file.name()) + " is " + meaning +
              ": a signature over it could be shown as one of that layout",
          "sign the package itself; --force signs the list in a form that only pkgverify takes for one "
          "over the list");
    }
    if (!meaning.empty()) context_ = kDetachedContext;
    if (wish.add_to != nullptr) {
      const Bytes there = wish.add_to->read_all(certstore::limits::kCmsSize);
      there_ = cms::der_of(there, wish.add_to->name());
      wish_.pem = wish.pem || there != there_;                     // the form stays
      static_cast<void>(cms::parse(there_, wish.add_to->name()));  // throws for what is none
    }
    digest_file(file);
  }

  [[nodiscard]] std::size_t signed_entries() const override { return 1; }
  [[nodiscard]] std::optional<certstore::DigestValue> input_digest(DigestAlgorithm algorithm) const override {
    const auto found = digests_.find(algorithm);
    return found == digests_.end() ? std::nullopt : std::optional(found->second);
  }

  void write(std::span<const certstore::Signer> signers, certstore::AtomicFile& out) const override {
    Bytes all = there_;
    for (const certstore::Signer& signer : signers) {
      const DigestAlgorithm algorithm = signer.usual_digest();
      const cms::Signing signing{.digest = algorithm,
                                 .content_digest = digests_.at(algorithm),
                                 .time = request_.time,
                                 .context = context_};
      all = all.empty() ? cms::create(signer, signing) : cms::add_signer(all, signer, signing);
    }
    if (request_.stamper) all = stamped(std::move(all));
    if (wish_.pem) {
      out.write(certstore::as_bytes(cms::to_pem(all)));
    } else {
      out.write(all);
    }
  }

 private:
  // Those that were there before are their signers' to stamp.
  Bytes stamped(Bytes all) const {
    std::set<Bytes> before;
    if (!there_.empty()) {
      for (const cms::SignerInfo& signer : cms::parse(there_, "the signature").signers) {
        before.insert(signer.signature);
      }
    }
    return certstore::with_timestamps(std::move(all), [&](certstore::ByteView signature) {
      return before.contains({signature.begin(), signature.end()}) ? std::nullopt
                                                                   : request_.stamper(signature);
    });
  }

  void digest_file(const certstore::InputFile& file) {
    std::set<DigestAlgorithm> wanted;
    const auto want = [&](const certstore::Certificate& certificate) {
      for (const DigestAlgorithm algorithm : digests_for(certificate)) wanted.insert(algorithm);
    };
    want(request_.certificate());
    for (const FurtherSigner& further : request_.also) want(further.certificate());
    std::vector<certstore::Digester> running(wanted.begin(), wanted.end());
    certstore::read_windows(file, [&](certstore::ByteView window) {
      for (certstore::Digester& digester : running) digester.update(window);
    });
    std::size_t i = 0;
    for (const DigestAlgorithm algorithm : wanted) digests_[algorithm] = running[i++].finish();
  }

  SigningRequest request_;
  BesideWish wish_;
  std::string_view context_ = {};
  Bytes there_;
  std::map<DigestAlgorithm, certstore::DigestValue> digests_;
};

}  // namespace

std::unique_ptr<SigningPlan> plan_detached(const certstore::InputFile& file, const SigningRequest& request,
                                           const BesideWish& wish) {
  return std::make_unique<DetachedPlan>(file, request, wish);
}

}  // namespace formats
