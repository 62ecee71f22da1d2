#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "signer/audit_pen.h"
#include "signer/commands.h"
#include "signer/store_access.h"

#include <iostream>

namespace signer {
namespace {

using certstore::ExitCode;
using certstore::cli::Arguments;

ExitCode change(const Arguments& arguments) {
  const auto cost = arguments.value("kdf-cost");
  const auto wanted = cost ? std::optional(parse_kdf_cost(*cost)) : std::nullopt;
  auto keys = open_keys(arguments, certstore::OpenMode::write);
  const auto current = store_passphrase(arguments);
  // Said at once, and not after the new one was typed twice.
  const auto master = keys.unlock(current);
  const auto next = passphrase_from(arguments, "new-passphrase", "new passphrase for the store", true);
  note_use(arguments, keys, master,
           {.action = "passphrase change", .detail = arguments.has("rekey") ? "with a new master key" : ""});
  static_cast<void>(
      keys.change_passphrase(current, next, {wanted.value_or(keys.cost()), arguments.has("rekey")}));
  if (!arguments.quiet()) {
    std::cout << "the passphrase is changed; nothing in the store's file opens with the old one"
              << (arguments.has("rekey") ? ", and all secrets are sealed anew" : "") << "\n";
  }
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command passphrase_change_command() {
  return {.name = "passphrase change",
          .operands = "",
          .summary = "change the passphrase of the store",
          .options = {certstore::cli::kStoreOption,
                      certstore::cli::kPassphraseOption,
                      {"new-passphrase", '\0', "SOURCE", "the new one, likewise"},
                      {"rekey", '\0', "", "a new master key too, and every secret sealed anew"},
                      kKdfCostOption},
          .example = "pkgsign passphrase change --rekey",
          .exit_codes = "0 changed, 1 wrong passphrase or store in use, 2 usage",
          .run = change};
}

}  // namespace signer
