#include "certstore/signer_identity.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

namespace certstore {

SignerIdentity::SignerIdentity(Certificate certificate) : who_(std::move(certificate)) {}
SignerIdentity::SignerIdentity(BareKey key) : who_(std::move(key)) {}

const Sha256& SignerIdentity::sha256() const {
  return certificate() != nullptr ? certificate()->sha256() : bare_key()->sha256();
}

const Sha256& SignerIdentity::public_key_sha256() const {
  return certificate() != nullptr ? certificate()->public_key_sha256() : bare_key()->sha256();
}

const std::string& SignerIdentity::subject() const {
  return certificate() != nullptr ? certificate()->subject() : bare_key()->name();
}

KeyKind SignerIdentity::key_kind() const {
  return certificate() != nullptr ? certificate()->key_kind() : KeyKind::ed25519;
}

int SignerIdentity::key_bits() const {
  constexpr int kEd25519Bits = 256;  // as OpenSSL counts those of a certificate
  return certificate() != nullptr ? certificate()->key_bits() : kEd25519Bits;
}

const std::string& SignerIdentity::key_unsoundness() const {
  static const std::string kSound;  // no other bare key is made
  return certificate() != nullptr ? certificate()->key_unsoundness() : kSound;
}

bool SignerIdentity::is_in_date(Instant at) const {
  return certificate() == nullptr || (certificate()->not_before() <= at && at <= certificate()->not_after());
}

const Certificate& certificate_of(const SignerIdentity& signer) {
  if (signer.certificate() != nullptr) return *signer.certificate();
  throw Error(ErrorKind::key,
              in_quotes(signer.subject()) +
                  " is a minisign key: it has no certificate, and signs files from beside them only",
              "pkgsign sign --detached FILE --alias NAME, or another identity");
}

}  // namespace certstore
