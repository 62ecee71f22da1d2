// Which sealed bytes of the key store belong where: the roster to the generation, each key to its identity.
#pragma once

#include "certstore/key_store_record.h"

namespace certstore {

[[nodiscard]] SealedPlace roster_place(const KeyStoreHeader& header);
[[nodiscard]] SealedPlace place_of(const KeyStoreHeader& header, const IdentityRecord& record);

// Throws Error(store) unless it was sealed for the header's generation.
[[nodiscard]] Roster open_roster(const KeyStoreHeader& header, const MasterKey& key, ByteView sealed);
// Returns the PKCS#8 DER. Throws Error(store) unless the record is the one that the roster knows.
[[nodiscard]] SecretBytes open_sealed_key(const MasterKey& key, const KeyStoreHeader& header,
                                          const Roster& roster, const IdentityRecord& record);

}  // namespace certstore
