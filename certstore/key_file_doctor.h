// The import doctor: makes of a private key and the certificates around it one identity that can be signed
// with, or says what is wrong with them and what to do. What can be mended without a decision is, and told.
#pragma once

#include "certstore/key_file.h"

namespace certstore {

struct ImportedIdentity {
  PrivateKey key;
  Certificate certificate;
  std::vector<Certificate> chain;  // the issuer first, up to a self-signed one or where it ends
  std::vector<std::string> notes;  // what is unusual or was mended, one sentence each
};

struct ImportTerms {
  std::vector<Certificate> more;  // from other files than that of the key
  bool partial_chain = false;     // a missing issuer is noted, not refused
  Instant now;
};

// Returns the identity if and only if the key is sound, of a kind that the store takes and not known to be
// public, a certificate is for it, a test signature with the one verifies by the other, and the chain is
// complete. Throws Error(exposed_key), Error(unsupported) or Error(key) otherwise.
[[nodiscard]] ImportedIdentity examine(KeyFile file, const ImportTerms& terms);

// Throws Error(unsupported) for a kind of key that cannot be kept and signed with; the one place that knows.
void require_storable(const PrivateKey& key);

}  // namespace certstore
