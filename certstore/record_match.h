// What one trust record says about one certificate: the questions that every decision asks.
#pragma once

#include "certstore/certificate.h"
#include "certstore/trust_record.h"

namespace certstore {

// Trust for one use never serves another.
[[nodiscard]] bool is_in_force(const TrustRecord& record, TrustRecord::Use use, Instant at);
// Whether the record is about this certificate or its key, whatever it says of it.
[[nodiscard]] bool names(const TrustRecord& record, const Certificate& certificate);
// Whether it retires the certificate, by itself or by its key, whatever the dates.
[[nodiscard]] bool retires(const TrustRecord& record, const Certificate& certificate);
// The certificate in the record; throws Error(store) for one that cannot be read.
[[nodiscard]] Certificate certificate_of(const TrustRecord& record);

}  // namespace certstore
