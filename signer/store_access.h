// What the commands share to get at the key store: its place, its passphrase, the cost of guessing it.
#pragma once

#include "certstore/base/cli.h"
#include "certstore/base/secret.h"
#include "certstore/key.h"
#include "certstore/key_store.h"
#include "certstore/store_place.h"

#include <string_view>

namespace signer {

inline constexpr certstore::cli::Option kAliasOption{"alias", '\0', "NAME",
                                                     "identity in the store (default: see cert default)"};
inline constexpr certstore::cli::Option kKdfCostOption{
    "kdf-cost", '\0', "COST", "interactive, moderate (default), sensitive, or PASSES:MiB"};

// --store, or the place that the environment says.
[[nodiscard]] certstore::StorePlace place_of(const certstore::cli::Arguments& arguments);
// --alias, or the default of the store; opens the keys for a moment where there are any.
[[nodiscard]] std::string alias_of(const certstore::cli::Arguments& arguments);
// Opens the keys; throws Error(store) with the hint how to make a store where there is none.
[[nodiscard]] certstore::KeyStore open_keys(const certstore::cli::Arguments& arguments,
                                            certstore::OpenMode mode);
// The identity with that alias; throws Error(key) for the store's own key, which signs no package.
[[nodiscard]] certstore::StoredIdentity get_identity(const certstore::KeyStore& keys, std::string_view alias);
// Throws Error(store) where the alias is taken; `hint` says what is to be done then.
void require_free(const certstore::StorePlace& place, const std::string& alias, const std::string& hint);
// The private key of an identity, out of the store.
[[nodiscard]] certstore::PrivateKey open_key(const certstore::KeyStore& keys,
                                             const certstore::MasterKey& master, std::string_view alias);
// From the source of --passphrase, else asked.
[[nodiscard]] certstore::SecretBytes store_passphrase(const certstore::cli::Arguments& arguments,
                                                      bool is_new = false);
// From the source that `option` names, else asked for as `prompt`.
[[nodiscard]] certstore::SecretBytes passphrase_from(const certstore::cli::Arguments& arguments,
                                                     std::string_view option, std::string_view prompt,
                                                     bool is_new);
// The value of --kdf-cost; throws Error(usage) unless it is a cost within the bounds.
[[nodiscard]] certstore::KdfCost parse_kdf_cost(std::string_view text);

}  // namespace signer
