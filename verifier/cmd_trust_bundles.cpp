// `trust bundles` and `trust forget`: what the store remembers of the bundles that were imported.
#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/terminal.h"
#include "certstore/trust_store.h"
#include "verifier/commands.h"
#include "verifier/judging_options.h"
#include "verifier/policy_source.h"
#include "verifier/trust_import_text.h"

#include <iostream>

namespace verifier {
namespace {

using certstore::BundleDifference;
using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::KeptBundle;
using certstore::TrustStore;
using certstore::cli::Arguments;

ExitCode list(const Arguments& arguments) {
  const bool json = wants_json(arguments);
  const auto store = TrustStore::open_if_present(trust_folder(arguments));
  // No store is an empty list.
  if (!store || arguments.quiet()) return ExitCode::accepted;
  for (const KeptBundle& kept : store->bundles()) {
    json ? write_kept_json(kept, std::cout) : write_kept(kept, certstore::now(), std::cout);
  }
  return ExitCode::accepted;
}

BundleDifference forgetting_of(const Arguments& arguments, const std::string& name) {
  const auto store = TrustStore::open_if_present(trust_folder(arguments));
  const auto state = store ? store->state() : certstore::TrustState{};
  for (const KeptBundle& kept : state.bundles) {
    if (kept.name == name) return certstore::forgetting(kept, state);
  }
  throw Error(ErrorKind::store, "no bundle " + certstore::in_quotes(name) + " was imported here",
              "pkgverify trust bundles lists them");
}

bool is_agreed(const Arguments& arguments, const BundleDifference& found) {
  if (arguments.has("yes")) return true;
  if (!arguments.may_ask()) {
    std::cerr << arguments.tool() << ": note: nothing was forgotten: nobody could be asked. "
              << "Whoever means it says --yes\n";
    return false;
  }
  if (arguments.quiet()) write_forgetting(found, std::cerr);
  return certstore::is_confirmed("forget it?");
}

ExitCode forget(const Arguments& arguments) {
  const BundleDifference found = forgetting_of(arguments, arguments.operands().front());
  if (!arguments.quiet()) write_forgetting(found, std::cout);
  std::cout.flush();
  if (arguments.has("dry-run")) return ExitCode::accepted;
  if (!is_agreed(arguments, found)) return ExitCode::policy;
  auto store = TrustStore::open_if_present(trust_folder(arguments), certstore::OpenMode::write);
  if (!store) throw Error(ErrorKind::store, "the store went away meanwhile");
  store->forget_bundle(found, certstore::acting_at(certstore::now()));
  if (!arguments.quiet()) std::cout << "forgotten\n";
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command trust_bundles_command() {
  return {.name = "trust bundles",
          .operands = "",
          .summary = "list the trust bundles that were imported",
          .options = {certstore::cli::kStoreOption, kTextOrJsonOption},
          .example = "pkgverify trust bundles",
          .exit_codes = "0 done, 1 trouble, 2 usage",
          .run = list};
}

certstore::cli::Command trust_forget_command() {
  return {.name = "trust forget",
          .operands = "NAME",
          .summary = "withdraw what an imported bundle gave, and forget its version",
          .options = {{"dry-run", 'n', "", "show what would be withdrawn only"},
                      {"yes", 'y', "", "forget it without asking"},
                      certstore::cli::kStoreOption},
          .example = "pkgverify trust forget site",
          .exit_codes = "0 forgotten or shown, 1 trouble (no such bundle), 2 usage, 12 nobody agreed",
          .run = forget};
}

}  // namespace verifier
