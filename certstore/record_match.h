// What one trust record says about one signer: the questions that every decision asks.
#pragma once

#include "certstore/signer_identity.h"
#include "certstore/trust_record.h"

namespace certstore {

// Trust for one use never serves another.
[[nodiscard]] bool is_in_force(const TrustRecord& record, TrustRecord::Use use, Instant at);
// Whether the record is about this signer or his key, whatever it says of him.
[[nodiscard]] bool names(const TrustRecord& record, const SignerIdentity& signer);
// Whether it retires the signer, by itself or by the key, whatever the dates.
[[nodiscard]] bool retires(const TrustRecord& record, const SignerIdentity& signer);
// The certificate in the record; throws Error(store) for one that cannot be read.
[[nodiscard]] Certificate certificate_of(const TrustRecord& record);

// Makes the record one about exactly this signer, or, if it retires, about his key; its label is his name.
void set_subject(TrustRecord& record, const SignerIdentity& signer);

}  // namespace certstore
