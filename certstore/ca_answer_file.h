// Certificates as a CA sends them, in whatever form: for signing requests that come back.
#pragma once

#include "certstore/certificate.h"

#include <string_view>
#include <vector>

namespace certstore {

// Returns the certificates of one file, in its order: PEM with any text around, one DER certificate, PKCS#7
// in PEM or DER. Throws Error(key) for anything else, and says what it is if it is a request or a key.
[[nodiscard]] std::vector<Certificate> read_ca_answer(ByteView file, std::string_view what);

}  // namespace certstore
