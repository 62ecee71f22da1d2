#include "certstore/statement_key.h"

#include "certstore/certificate_request.h"

namespace certstore {

void ensure_statement_key(KeyStore& store, const MasterKey& key, Instant now) {
  if (store.find(kStatementKey)) return;
  const PrivateKey made = PrivateKey::make("ed25519");
  CertificateTerms terms;
  terms.subject.common_name = "pkgtrust statement key";
  terms.profile = Profile::statement;
  terms.not_before = now;
  // RFC 5280 4.1.2.5: no date at which it ends is known.
  terms.not_after = parse_instant("9999-12-31T23:59:59Z");
  StoredIdentity identity;
  identity.alias = kStatementKey;
  identity.kind = kStatementKey;
  identity.certificate = make_self_signed(made, terms).der();
  identity.created = now;
  store.add_identity(key, identity, made.to_pkcs8());
}

}  // namespace certstore
