// Proving a private key: by a signature, made and checked, not by comparing numbers.
#pragma once

#include "certstore/key.h"
#include "certstore/signer_identity.h"

namespace certstore {

// Signs random bytes with the key and checks the signature with the certificate, or the bare key; keeps
// neither. Throws Error(key) naming `what` unless it matches.
void require_signs(const PrivateKey& key, const SignerIdentity& signer, std::string_view what);

}  // namespace certstore
