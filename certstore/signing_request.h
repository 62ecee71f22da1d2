// Certificate signing requests (PKCS#10, RFC 2986): what a CA is asked to put into the certificate.
#pragma once

#include "certstore/certificate.h"
#include "certstore/key.h"

#include <string>
#include <vector>

namespace certstore {

// Returns the DER of a request signed by `key`: subject and extensions of `certificate`, and its alternative
// names with the DNS names `more_names` after them. Key identifiers are left to the CA. Throws Error(key)
// unless the certificate is of that key, Error(usage) for a name that is no DNS name (RFC 1123 2.1; "*." may
// stand in front).
[[nodiscard]] Bytes make_signing_request(const PrivateKey& key, const Certificate& certificate,
                                         const std::vector<std::string>& more_names);
// "-----BEGIN CERTIFICATE REQUEST-----"; throws Error(internal) for what is no request.
[[nodiscard]] std::string signing_request_to_pem(ByteView der);

}  // namespace certstore
