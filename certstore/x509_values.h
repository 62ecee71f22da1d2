// Names, numbers and dates of certificates and revocation lists as our own values.
#pragma once

#include "certstore/base/time.h"
#include "certstore/openssl.h"

#include <string>
#include <string_view>

namespace certstore {

// The RFC 4514 string in reversed DER order, UTF-8, not escaped for a terminal. Throws Error(malformed)
// naming `what` for a name that cannot be read.
[[nodiscard]] std::string text_of(const X509_NAME* name, std::string_view what);
// The magnitude in hex, as it is written.
[[nodiscard]] std::string hex_of(const ASN1_INTEGER* serial);
// Throws Error(malformed) naming `what` for what is no date.
[[nodiscard]] Instant instant_of(const ASN1_TIME* time, std::string_view what);

}  // namespace certstore
