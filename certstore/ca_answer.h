// What a CA sends back for a signing request: put into order, and checked before anything is stored.
#pragma once

#include "certstore/certificate.h"

#include <vector>

namespace certstore {

struct CaAnswer {
  Certificate certificate;
  std::vector<Certificate> chain;  // the issuer first, the self-signed root last
};

// Finds the certificate for the key of `current` among `found`, and its issuers among `found` and `known`
// (the chain so far). Throws Error(key) when none or several are for the key, it is not issued by a CA or is
// one itself, an issuer is missing (which is named), is no CA or did not sign, a rule of the chain is broken
// (RFC 5280 6), the purpose allows neither packages nor servers, or the key is not sound; Error(dates) when
// one of them is not valid at `at`.
[[nodiscard]] CaAnswer arrange_ca_answer(const std::vector<Certificate>& found,
                                         const std::vector<Certificate>& known, const Certificate& current,
                                         Instant at);

}  // namespace certstore
