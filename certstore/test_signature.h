// Proving a private key: by a signature, made and checked, not by comparing numbers.
#pragma once

#include "certstore/certificate.h"
#include "certstore/key.h"

namespace certstore {

// Signs random bytes with the key and checks the signature with the certificate; keeps neither. Throws
// Error(key) naming `what` unless it matches.
void require_signs(const PrivateKey& key, const Certificate& certificate, std::string_view what);

}  // namespace certstore
