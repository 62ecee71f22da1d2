// The identity that a command signs with: found with its certificate or public key first, opened only when
// the package is parsed and hashed.
#pragma once

#include "certstore/base/cli.h"
#include "certstore/signer.h"

#include <functional>
#include <string>
#include <vector>

namespace signer {

class AuditPen;

struct Identity {
  std::string alias;  // empty for files
  certstore::SignerIdentity signer;
  std::vector<certstore::Certificate> chain;  // of its certificate, where it has one
  // Opens the key; the passphrase is taken once, however often this is called. Throws Error(passphrase),
  // Error(key) where the key is not that of the certificate, Error(store). The pen gets the store's own key.
  std::function<certstore::Signer(AuditPen& pen)> unlock;
};

// --alias of the store, or --key and --cert; then one for each --also. Opens no secret. Throws Error(usage)
// for a mix of store and files, and for one that is named twice.
[[nodiscard]] std::vector<Identity> choose_identities(const certstore::cli::Arguments& arguments);
// Those of the store with these aliases, in that order; their passphrase is taken once.
[[nodiscard]] std::vector<Identity> identities_of_store(const certstore::cli::Arguments& arguments,
                                                        const std::vector<std::string>& aliases);
// The log for what these identities sign: of the store, or only --audit-to for files.
[[nodiscard]] AuditPen audit_pen(const certstore::cli::Arguments& arguments);
// The options that choose_identities() reads.
[[nodiscard]] std::vector<certstore::cli::Option> identity_options();

}  // namespace signer
