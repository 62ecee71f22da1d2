// A path from a CA-issued certificate to a trusted one (RFC 5280 6), by OpenSSL.
#pragma once

#include "certstore/certificate.h"

#include <optional>

namespace certstore {

// Returns the path, the certificate first and the trusted one last, if there is one in which every issuer is
// a CA, signed what it issued, and allows it (pathLen, keyUsage, name constraints); empty otherwise. Dates
// are left to the caller, since an expired certificate is another finding than an unknown one.
[[nodiscard]] std::optional<std::vector<Certificate>> find_path(const Certificate& certificate,
                                                                const std::vector<Certificate>& offered,
                                                                const std::vector<Certificate>& trusted);

// Whether the extensions allow signing packages: keyUsage absent or with digitalSignature; extendedKeyUsage
// absent or with codeSigning or any.
[[nodiscard]] bool may_sign_packages(const Certificate& certificate);

// Whether it is of a TLS server and may sign: as the product's own certificates, it can be trusted by itself.
[[nodiscard]] bool is_for_servers(const Certificate& certificate);
// Whether it says of itself that it is a CA (RFC 5280 4.2.1.9: CA:TRUE; no older way counts).
[[nodiscard]] bool is_authority(const Certificate& certificate);

// The digest of the signature on the certificate where it is a weak one; empty for others.
[[nodiscard]] std::optional<DigestAlgorithm> weak_digest_on(const Certificate& certificate);

}  // namespace certstore
