// The store's own key: it signs the documents of this store (bundle, receipt, head of the audit log; a
// succession is signed by both package keys, docs/decisions/0009) and nothing else, so that none of them can
// be shown as a package, nor a package as one of them.
#pragma once

#include "certstore/key_store.h"

#include <string_view>

namespace certstore {

// Its alias and its kind in the store; no identity can have either.
inline constexpr std::string_view kStatementKey = "statement";

// Makes it, an Ed25519 key whose certificate has no other use and no end, where the store has none yet.
void ensure_statement_key(KeyStore& store, const MasterKey& key, Instant now);

}  // namespace certstore
