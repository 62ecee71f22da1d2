// Whoever made a signature: a certificate, or a bare public key. Names identify nobody: two of these are the
// same if they are of one kind and have one fingerprint. Cheap to copy.
#pragma once

#include "certstore/bare_key.h"
#include "certstore/certificate.h"

#include <string>
#include <utility>
#include <variant>

namespace certstore {

class SignerIdentity {
 public:
  // Implicit: each of the two is one. Out of line, as g++ 12 takes a variant that is moved in place for
  // uninitialised.
  SignerIdentity(Certificate certificate);
  SignerIdentity(BareKey key);

  // Null for the other kind.
  [[nodiscard]] const Certificate* certificate() const { return std::get_if<Certificate>(&who_); }
  [[nodiscard]] const BareKey* bare_key() const { return std::get_if<BareKey>(&who_); }

  // Of the certificate, or of the key itself where there is none.
  [[nodiscard]] const Sha256& sha256() const;
  // Of the SubjectPublicKeyInfo: links a certificate and a bare key of one key.
  [[nodiscard]] const Sha256& public_key_sha256() const;
  // What people call it: the certificate's subject, or the key with its id. Not escaped for a terminal.
  [[nodiscard]] const std::string& subject() const;
  [[nodiscard]] KeyKind key_kind() const;
  [[nodiscard]] int key_bits() const;
  // What is wrong with the key; empty if it is sound.
  [[nodiscard]] const std::string& key_unsoundness() const;
  // Within the certificate's dates; a bare key has none.
  [[nodiscard]] bool is_in_date(Instant at) const;

  friend bool operator==(const SignerIdentity& a, const SignerIdentity& b) {
    return a.who_.index() == b.who_.index() && a.sha256() == b.sha256();
  }

 private:
  std::variant<Certificate, BareKey> who_;
};

// The certificate of the signer. Throws Error(key) for a bare key, which has none and never gets one.
[[nodiscard]] const Certificate& certificate_of(const SignerIdentity& signer);

}  // namespace certstore
