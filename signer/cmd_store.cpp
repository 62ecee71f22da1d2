#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/statement_key.h"
#include "certstore/test_signature.h"
#include "certstore/trust_store.h"
#include "signer/commands.h"
#include "signer/store_access.h"

#include <algorithm>
#include <iostream>

namespace signer {
namespace {

using certstore::ExitCode;
using certstore::cli::Arguments;

// With the passphrase each key is opened, and signs for its certificate.
void check_keys(const Arguments& arguments) {
  const auto keys = open_keys(arguments, certstore::OpenMode::read);
  const auto identities = keys.list();
  const bool may_open = arguments.has("passphrase") || arguments.may_ask();
  const auto master = may_open ? std::optional(keys.unlock(store_passphrase(arguments))) : std::nullopt;
  keys.require_whole(master ? &*master : nullptr);
  for (const auto& identity : identities) {
    const certstore::SignerIdentity signer = identity.signer();
    static_cast<void>(identity.issuers());
    if (master) certstore::require_signs(open_key(keys, *master, identity.alias), signer, identity.alias);
  }
  if (arguments.quiet()) return;
  const auto own = std::count_if(identities.begin(), identities.end(), [](const auto& identity) {
    return identity.kind == certstore::kStatementKey;
  });
  const std::size_t others = identities.size() - static_cast<std::size_t>(own);
  std::cout << "keys:   " << others << (others == 1 ? " identity" : " identities")
            << (own == 0 ? ", " : " and the key of the store, ")
            << (master ? "each opens and matches its certificate"
                       : "readable (their keys were not opened: no --passphrase)")
            << "\n";
}

// Returns 13 for a broken audit log, each break on a line.
ExitCode check_trust(const certstore::TrustStore& trust, bool quiet) {
  trust.require_whole();
  const std::size_t records = trust.list().size();
  if (!trust.has_audit_chain()) {
    const std::size_t lines = trust.audit_log().size();
    if (quiet) return ExitCode::accepted;
    std::cout << "trust:  " << records << " records, " << lines
              << " in the audit log of an older version, which has no chain yet\n";
    return ExitCode::accepted;
  }
  const certstore::AuditState audit = trust.check_audit({});
  if (!quiet) {
    std::cout << "trust:  " << records << " records, " << audit.records << " in the audit log, "
              << (audit.broken.empty() ? "each follows the one before" : "which is broken") << "\n";
    for (const std::string& sentence : audit.broken) std::cout << "broken: " << sentence << "\n";
  }
  return audit.broken.empty() ? ExitCode::accepted : ExitCode::invalid;
}

ExitCode check(const Arguments& arguments) {
  const auto place = place_of(arguments);
  const auto trust = certstore::TrustStore::open_if_present(place.trust());
  // A store that only trusts has no keys; one with neither is none, and check_keys() says so.
  if (certstore::KeyStore::exists(place.keys()) || !trust) check_keys(arguments);
  return trust ? check_trust(*trust, arguments.quiet()) : ExitCode::accepted;
}

ExitCode compact(const Arguments& arguments) {
  const auto place = place_of(arguments);
  auto trust = certstore::TrustStore::open_if_present(place.trust(), certstore::OpenMode::write);
  if (certstore::KeyStore::exists(place.keys()) || !trust) {
    open_keys(arguments, certstore::OpenMode::write).compact();
  }
  if (trust) trust->compact();
  if (!arguments.quiet()) std::cout << "the store's files hold nothing but their records\n";
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command store_check_command() {
  return {.name = "store check",
          .operands = "",
          .summary = "read every record of the store, and open every key",
          .options = {certstore::cli::kStoreOption, certstore::cli::kPassphraseOption},
          .example = "pkgsign store check --passphrase file:/run/secrets/store",
          .exit_codes = "0 sound, 13 the audit log is broken, 1 damaged, absent or wrong passphrase, 2 usage",
          .run = check};
}

certstore::cli::Command store_compact_command() {
  return {.name = "store compact",
          .operands = "",
          .summary = "rewrite the store's files without free space",
          .options = {certstore::cli::kStoreOption},
          .example = "pkgsign store compact",
          .exit_codes = "0 done, 1 absent, damaged or in use, 2 usage",
          .run = compact};
}

}  // namespace signer
