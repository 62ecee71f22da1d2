// A signature as found, and the proof that it was checked.
#pragma once

#include "certstore/base/issue.h"
#include "certstore/cms.h"
#include "certstore/signer_identity.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace formats {

// A raw signature, which says neither its digest nor its key: RSASSA-PKCS1-v1_5, or ECDSA where the layout
// allows it.
struct RawSignature {
  certstore::Bytes value;
  std::vector<certstore::DigestAlgorithm> digests;  // that the layout allows, best first
  bool or_ecdsa = false;
};

// An Ed25519 signature over the message itself, with the id of its key but without the key.
struct KeySignature {
  certstore::KeyId key_id{};
  certstore::Bytes value;
};

// One signature as found; it claims nothing.
struct SignatureBlock {
  std::string name;          // where it stands
  std::string message_name;  // what it is said to sign
  // Those bytes, bounded by the format and shared by the signatures over them; null where they are too many
  // to hold: then `digests` has what the signature needs.
  std::shared_ptr<const certstore::Bytes> message;
  std::vector<std::pair<certstore::DigestAlgorithm, certstore::Bytes>> digests;  // of the message
  std::variant<RawSignature, certstore::cms::SignerInfo, KeySignature> signature;
  std::vector<certstore::Certificate> candidates;  // certificates that the file offers
  std::vector<certstore::BareKey> keys = {};       // that this machine knows, for a KeySignature
  std::string_view context = {};                   // that a CMS signature must state; empty: none
};

// A block whose signature was checked over its exact bytes by one signer. Only check_signature() makes
// one, so whoever holds it may parse message().
class VerifiedSignature {
 public:
  [[nodiscard]] const std::string& name() const { return block_.name; }
  [[nodiscard]] const std::string& message_name() const { return block_.message_name; }
  // Empty where the format gave digests only.
  [[nodiscard]] certstore::ByteView message() const;
  [[nodiscard]] const certstore::SignerIdentity& signer() const { return signer_; }
  [[nodiscard]] certstore::DigestAlgorithm digest() const { return digest_; }
  // All that the file offered: for building the signer's chain, and since two certificates may have one key.
  [[nodiscard]] const std::vector<certstore::Certificate>& offered() const { return block_.candidates; }
  // What the signer says; only a time stamp proves a time.
  [[nodiscard]] std::optional<certstore::Instant> claimed_time() const { return claimed_time_; }
  // For the attributes that are not signed, such as time stamps; null for another signature.
  [[nodiscard]] const certstore::cms::SignerInfo* signer_info() const;

 private:
  friend class SignatureCheck;
  VerifiedSignature(SignatureBlock block, certstore::SignerIdentity signer, certstore::DigestAlgorithm digest,
                    std::optional<certstore::Instant> claimed_time)
      : block_(std::move(block)), signer_(std::move(signer)), digest_(digest), claimed_time_(claimed_time) {}
  SignatureBlock block_;
  certstore::SignerIdentity signer_;
  certstore::DigestAlgorithm digest_;
  std::optional<certstore::Instant> claimed_time_;
};

// Returns the proof if and only if one of the candidates made the signature over the message, with a digest
// that the layout allows; else the finding that says why not.
[[nodiscard]] std::variant<VerifiedSignature, certstore::Issue> check_signature(SignatureBlock block);

}  // namespace formats
