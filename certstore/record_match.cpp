#include "certstore/record_match.h"

#include "certstore/base/error.h"

namespace certstore {

bool is_in_force(const TrustRecord& record, TrustRecord::Use use, Instant at) {
  return record.use == use && record.from <= at && (!record.until || at < *record.until);
}

bool names(const TrustRecord& record, const SignerIdentity& signer) {
  switch (record.subject) {
    case TrustRecord::Subject::certificate:
      return signer.certificate() != nullptr && record.sha256 == signer.sha256();
    case TrustRecord::Subject::public_key:
      // Trust in the certificates of a key is none in the bare key; a lost key is lost for both.
      return (signer.certificate() != nullptr || record.kind == TrustRecord::Kind::retire) &&
             record.sha256 == signer.public_key_sha256();
    case TrustRecord::Subject::bare_key:
      return signer.bare_key() != nullptr && record.sha256 == signer.sha256();
    case TrustRecord::Subject::content:
      return false;
  }
  return false;
}

// A retired certificate takes its key with it: whoever has the key can have another certificate for it, and
// an ECDSA signature of a CA has a second form, which makes another fingerprint of the same certificate.
bool retires(const TrustRecord& record, const SignerIdentity& signer) {
  if (record.kind != TrustRecord::Kind::retire) return false;
  return names(record, signer) ||
         (record.subject == TrustRecord::Subject::certificate && !record.certificate.empty() &&
          certificate_of(record).public_key_sha256() == signer.public_key_sha256());
}

Certificate certificate_of(const TrustRecord& record) {
  try {
    return Certificate::from_der(record.certificate, "trust record " + record.id);
  } catch (const Error& error) {
    // What is wrong with the store must not look like a verdict on the package.
    throw Error(ErrorKind::store, error.what());
  }
}

void set_subject(TrustRecord& record, const SignerIdentity& signer) {
  // Retiring is about the key: a re-issued certificate of it must not escape.
  const bool of_key = record.kind == TrustRecord::Kind::retire;
  record.label = signer.subject();
  record.sha256 = of_key ? signer.public_key_sha256() : signer.sha256();
  if (const Certificate* const certificate = signer.certificate()) {
    record.certificate = certificate->der();
    record.subject = of_key ? TrustRecord::Subject::public_key : TrustRecord::Subject::certificate;
  } else {
    record.bare_key = *signer.bare_key();
    record.subject = of_key ? TrustRecord::Subject::public_key : TrustRecord::Subject::bare_key;
  }
}

}  // namespace certstore
