#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/terminal.h"
#include "signer/audit_pen.h"
#include "signer/backup_reminder.h"
#include "signer/cert_text.h"
#include "signer/commands.h"
#include "signer/store_access.h"

#include <iostream>

namespace signer {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::cli::Arguments;

// The alias must be typed: Enter is the safe answer.
void require_consent(const Arguments& arguments, const certstore::StoredIdentity& identity) {
  if (arguments.has("yes")) return;
  if (!arguments.may_ask()) {
    throw Error(ErrorKind::usage, "removing an identity needs --yes where nobody can be asked");
  }
  print_identity(identity, certstore::now(), std::cerr);
  std::cerr << "\nThe private key will be gone; without a copy of it nothing can be signed by this identity "
               "again.\n";
  const auto answer = certstore::ask_line("type its name to remove it, Enter keeps it: ");
  if (!answer || *answer != identity.alias) {
    throw Error(ErrorKind::interrupted, "nothing was removed");
  }
}

// What is removed is wiped: without a backup the last key would be gone for ever.
certstore::StoredIdentity removable(const Arguments& arguments, const std::string& alias) {
  const auto keys = open_keys(arguments, certstore::OpenMode::read);
  certstore::StoredIdentity identity = get_identity(keys, alias);
  if (arguments.has("force") || own_identities(keys).size() > 1 || without_backup(keys).empty())
    return identity;
  throw Error(ErrorKind::store,
              "it is the last key of the store, and no backup that the store remembers has it",
              "pkgsign backup create -o FILE, or say --force");
}

ExitCode run(const Arguments& arguments) {
  const std::string alias = arguments.operands().front();
  require_consent(arguments, removable(arguments, alias));
  auto keys = certstore::KeyStore::open(place_of(arguments).keys(), certstore::OpenMode::write);
  const auto master = keys.unlock(store_passphrase(arguments));
  note_use(arguments, keys, master, {.action = "cert remove", .alias = alias});
  keys.remove_identity(master, alias);
  if (!arguments.quiet()) {
    std::cout << "removed " << certstore::in_quotes(alias)
              << "; no byte of its key is left in the store's file\n";
  }
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command cert_remove_command() {
  return {.name = "cert remove",
          .operands = "NAME",
          .summary = "remove an identity with its private key, and wipe it from the store's file",
          .options = {certstore::cli::kStoreOption,
                      certstore::cli::kPassphraseOption,
                      {"yes", 'y', "", "do not ask"},
                      {"force", 'f', "", "also the last key when no backup has it"}},
          .example = "pkgsign cert remove old-server",
          .exit_codes = "0 removed, 1 no such identity or wrong passphrase, 2 usage, 130 not removed",
          .run = run};
}

}  // namespace signer
