// What we ask of every certificate on a path to a trusted CA beside what OpenSSL asks: rules of RFC 5280 4
// whose breach shows that the issuer is careless or that two programs read the certificate differently.
#pragma once

#include "certstore/certificate.h"

#include <optional>
#include <string>
#include <vector>

namespace certstore {

// Says which certificate breaks which rule, the certificate first, the trusted one last; empty if none does.
// The trusted one was chosen by its fingerprint, so only what makes it no CA counts. `most_issuers` stand
// between the two at most, self-issued ones not counted.
[[nodiscard]] std::string path_fault(const std::vector<Certificate>& path, std::optional<int> most_issuers);

}  // namespace certstore
