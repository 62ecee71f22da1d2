// Lists of our values as OpenSSL takes them: borrowed, so the values outlive the stack.
#pragma once

#include "certstore/certificate.h"
#include "certstore/crl.h"

#include <vector>

namespace certstore {

[[nodiscard]] openssl::CertificateStack stack_of(const std::vector<Certificate>& certificates);
[[nodiscard]] openssl::RevocationListStack stack_of(const std::vector<Crl>& lists);

}  // namespace certstore
