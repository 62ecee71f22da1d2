// An identity of the store as people and programs read it; never its key.
#pragma once

#include "certstore/base/time.h"
#include "certstore/key_store.h"
#include "signer/overlap.h"

#include <ostream>
#include <string>

namespace signer {

// "RSA 3072 bits", "Ed25519"; of a bare key "minisign key E7620F1842B4E81F".
[[nodiscard]] std::string key_text(const certstore::SignerIdentity& signer);
// Why the vRO layout cannot take this certificate; empty if it can.
[[nodiscard]] std::string vro_unfitness(const certstore::Certificate& certificate);
// "3652 days left", "ended 3 days ago", "begins in 2 days".
[[nodiscard]] std::string validity_text(const certstore::Certificate& certificate, certstore::Instant now);
// A minisign key that was made or imported, with how others come to know it.
void print_bare_key(const certstore::StoredIdentity& identity, std::string_view how, std::ostream& out);
// One fact a line.
void print_identity(const certstore::StoredIdentity& identity, certstore::Instant now, std::ostream& out);
// One JSON object on several lines, "schema": 1.
[[nodiscard]] std::string identity_json(const certstore::StoredIdentity& identity, const Overlap& overlap,
                                        certstore::Instant now);

}  // namespace signer
