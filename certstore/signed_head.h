// The head of the audit log, signed with the store's statement key: who can write the log and not open the
// keys cannot make it anew up to there. Beside the log, with the certificate, so that no passphrase is needed
// to check it.
#pragma once

#include "certstore/audit_record.h"
#include "certstore/certificate.h"
#include "certstore/key.h"
#include "certstore/key_store.h"

#include <optional>

namespace certstore {

struct SignedHead {
  AuditHead head;
  Instant time{};
  Certificate certificate;
  Bytes signature;
};

// The statement key, opened.
class HeadSigner {
 public:
  // Nothing for a store that has no statement key (one that was made before there was one).
  static std::optional<HeadSigner> open(const KeyStore& keys, const MasterKey& key);
  // The certificate must be that of the key, and one of a statement key.
  HeadSigner(PrivateKey key, Certificate certificate);
  [[nodiscard]] SignedHead sign(const AuditHead& head, Instant time) const;
  [[nodiscard]] const Certificate& certificate() const { return certificate_; }

 private:
  PrivateKey key_;
  Certificate certificate_;
};

// Whether the certificate is one of a statement key, which signs no package (kStatementPurposeOid).
[[nodiscard]] bool is_statement_certificate(const Certificate& certificate);
// If and only if the signature is that of the certificate over exactly this head and time, and the
// certificate is one of a statement key.
[[nodiscard]] bool is_genuine(const SignedHead& head);

// One JSON object on one line, without its end.
[[nodiscard]] Bytes to_json(const SignedHead& head);
// Throws Error(store) for anything but exactly what to_json() writes. Does not check the signature.
[[nodiscard]] SignedHead parse_signed_head(ByteView json);

}  // namespace certstore
