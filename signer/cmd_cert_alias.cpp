#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "signer/audit_pen.h"
#include "signer/commands.h"
#include "signer/overlap.h"
#include "signer/store_access.h"
#include "verifier/policy_source.h"

#include <iostream>

namespace signer {
namespace {

using certstore::ExitCode;
using certstore::in_quotes;
using certstore::cli::Arguments;

ExitCode rename(const Arguments& arguments) {
  const std::string& alias = arguments.operands()[0];
  const std::string& next = arguments.operands()[1];
  auto keys = open_keys(arguments, certstore::OpenMode::write);
  static_cast<void>(get_identity(keys, alias));
  // The key is bound to its alias, so it is sealed anew, which needs the passphrase.
  const auto master = keys.unlock(store_passphrase(arguments));
  note_use(arguments, keys, master, {.action = "cert rename", .alias = alias, .detail = "to " + next});
  keys.rename_identity(master, alias, next);
  if (!arguments.quiet()) std::cout << in_quotes(alias) << " is now " << in_quotes(next) << "\n";
  return ExitCode::accepted;
}

ExitCode choose(const Arguments& arguments) {
  const std::string& alias = arguments.operands().front();
  const auto from = verifier::time_option(arguments, "from");
  auto keys = open_keys(arguments, certstore::OpenMode::write);
  if (overlap_of(keys, get_identity(keys, alias), certstore::now()).awaits_ca) {
    throw certstore::Error(certstore::ErrorKind::key,
                           "no CA has issued the certificate of " + in_quotes(alias) + " yet",
                           "pkgsign cert import FILE --alias " + certstore::shell_quoted(alias));
  }
  note(arguments, {.action = "cert default",
                   .alias = alias,
                   .detail = from ? "from " + certstore::to_rfc3339(*from) + " on" : ""});
  if (from) {
    plan_default(keys, alias, *from, certstore::now());
  } else {
    keys.set_default_alias(alias);
  }
  if (arguments.quiet()) return ExitCode::accepted;
  std::cout << in_quotes(alias) << " is used where no --alias is given";
  if (from) {
    std::cout << ", from " << certstore::to_rfc3339(*from) << " on; until then "
              << in_quotes(keys.default_alias());
  }
  std::cout << "\n";
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command cert_rename_command() {
  return {.name = "cert rename",
          .operands = "OLD NEW",
          .summary = "give an identity another alias",
          .options = {certstore::cli::kStoreOption, certstore::cli::kPassphraseOption},
          .example = "pkgsign cert rename server server-2026",
          .exit_codes = "0 renamed, 1 no such identity, NEW exists, or wrong passphrase, 2 usage",
          .run = rename};
}

certstore::cli::Command cert_default_command() {
  return {.name = "cert default",
          .operands = "NAME",
          .summary = "choose the identity that is used where no --alias is given",
          .options = {{"from", '\0', "DATE", "from then on; until then it stays as it is"},
                      certstore::cli::kStoreOption},
          .example = "pkgsign cert default server-2026",
          .exit_codes = "0 chosen, 1 no such identity, 2 usage",
          .run = choose};
}

}  // namespace signer
