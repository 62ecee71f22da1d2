#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/statement_key.h"
#include "certstore/trust_store.h"
#include "signer/commands.h"
#include "signer/store_access.h"

#include <algorithm>
#include <iostream>

namespace signer {
namespace {

using certstore::Certificate;
using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::cli::Arguments;

// With the passphrase each key is opened and compared with its certificate.
void check_keys(const Arguments& arguments) {
  const auto keys = open_keys(arguments, certstore::OpenMode::read);
  const auto identities = keys.list();
  const bool may_open = arguments.has("passphrase") || arguments.may_ask();
  const auto master = may_open ? std::optional(keys.unlock(store_passphrase(arguments))) : std::nullopt;
  for (const auto& identity : identities) {
    const Certificate certificate = identity.own_certificate();
    if (!master || open_key(keys, *master, identity.alias).matches(certificate)) continue;
    throw Error(ErrorKind::store,
                "the key of " + certstore::in_quotes(identity.alias) + " is not that of its certificate");
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

void check_trust(const certstore::TrustStore& trust, bool quiet) {
  const std::size_t records = trust.list().size();
  const std::size_t lines = trust.audit_log().size();
  if (quiet) return;
  std::cout << "trust:  " << records << " records, " << lines << " lines in the audit log, readable\n";
}

ExitCode check(const Arguments& arguments) {
  const auto place = place_of(arguments);
  const auto trust = certstore::TrustStore::open_if_present(place.trust());
  // A store that only trusts has no keys; one with neither is none, and check_keys() says so.
  if (certstore::KeyStore::exists(place.keys()) || !trust) check_keys(arguments);
  if (trust) check_trust(*trust, arguments.quiet());
  return ExitCode::accepted;
}

ExitCode compact(const Arguments& arguments) {
  open_keys(arguments, certstore::OpenMode::write).compact();
  if (!arguments.quiet()) std::cout << "the store's file holds nothing but its records\n";
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command store_check_command() {
  return {.name = "store check",
          .operands = "",
          .summary = "read every record of the store, and open every key",
          .options = {certstore::cli::kStoreOption, certstore::cli::kPassphraseOption},
          .example = "pkgsign store check --passphrase file:/run/secrets/store",
          .exit_codes = "0 sound, 1 damaged, absent or wrong passphrase, 2 usage",
          .run = check};
}

certstore::cli::Command store_compact_command() {
  return {.name = "store compact",
          .operands = "",
          .summary = "rewrite the store's file without free space",
          .options = {certstore::cli::kStoreOption},
          .example = "pkgsign store compact",
          .exit_codes = "0 done, 1 absent, damaged or in use, 2 usage",
          .run = compact};
}

}  // namespace signer
