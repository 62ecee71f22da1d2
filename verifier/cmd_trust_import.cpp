#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "certstore/base/limits.h"
#include "certstore/base/terminal.h"
#include "certstore/store_place.h"
#include "certstore/trust_store.h"
#include "verifier/bundle_source.h"
#include "verifier/commands.h"
#include "verifier/judging_options.h"
#include "verifier/package_policy.h"
#include "verifier/trust_import_text.h"

#include <algorithm>
#include <iostream>

namespace verifier {
namespace {

using certstore::BundleDifference;
using certstore::BundleRoot;
using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::KeptBundle;
using certstore::SignedBundle;
using certstore::TrustState;
using certstore::TrustStore;
using certstore::cli::Arguments;

const KeptBundle* remembered(const TrustState& state, const std::string& name) {
  for (const KeptBundle& kept : state.bundles) {
    if (kept.name == name) return &kept;
  }
  return nullptr;
}

// Whom the person names, or else whom the version before named.
BundleRoot root_for(const Arguments& arguments, const KeptBundle* kept) {
  if (arguments.has("bundle-key") || kept == nullptr) return read_bundle_root(arguments);
  if (arguments.has("bundle-threshold")) {
    throw Error(ErrorKind::usage, "--bundle-threshold has no meaning without --bundle-key");
  }
  BundleRoot root = certstore::root_of(*kept, certstore::now());
  root.least_version = least_version_option(arguments);
  return root;
}

// Throws unless it may speak on this machine, after what the machine remembers.
void require_may_speak(const Arguments& arguments, const SignedBundle& bundle, const TrustState& state) {
  const KeptBundle* const kept = remembered(state, bundle.bundle.name);
  BundleRoot root = root_for(arguments, kept);
  for (const auto* records : {&bundle.bundle.records, &state.records}) {
    const auto retired = certstore::retired_keys(*records, root.now);
    root.retired.insert(root.retired.end(), retired.begin(), retired.end());
  }
  require_acceptable(bundle, root);
  if (kept != nullptr) require_follows(*kept, bundle, root.least_version);
  if (!bundle.bundle.policy) return;
  try {
    static_cast<void>(
        parse_package_policy(certstore::as_bytes(*bundle.bundle.policy), "the policy of the bundle"));
  } catch (const Error& error) {
    throw Error(ErrorKind::malformed, error.what(), error.hint());
  }
}

std::string command_to_paste(const Arguments& arguments) {
  std::string line = "pkgverify trust import " + certstore::shell_quoted(arguments.operands().front());
  for (const std::string_view option : {"bundle-key", "bundle-threshold", "bundle-min-version", "store"}) {
    for (const std::string& value : arguments.values(option)) {
      line += " --" + std::string(option) + " " + certstore::shell_quoted(value);
    }
  }
  return line + " --yes";
}

bool is_agreed(const Arguments& arguments, const BundleDifference& found, const ImportFacts& facts,
               bool shown) {
  if (arguments.has("yes")) return true;
  if (!arguments.may_ask()) {
    std::cerr << arguments.tool()
              << ": note: nothing was imported: nobody could be asked. Whoever approves it pastes:\n"
              << command_to_paste(arguments) << "\n";
    return false;
  }
  if (!shown) write_difference(found, facts, std::cerr);
  return certstore::is_confirmed("import it?");
}

void apply(const Arguments& arguments, const BundleDifference& found, const certstore::AuditEvent& event) {
  const auto place = certstore::store_place(arguments.value("store").value_or(""));
  certstore::make_store_folder(place);
  auto store = TrustStore::open_or_create(place.trust());
  BundleDifference agreed = found;
  if (agreed.store == certstore::Sha256{}) agreed.store = TrustStore::digest_of_empty();
  store.import_bundle(agreed, event, certstore::acting_at(certstore::now()));
}

void warn_of_stale_lists(const Arguments& arguments, const BundleDifference& found) {
  for (const certstore::CrlRecord& record : found.lists) {
    if (record.list.is_current(certstore::now())) continue;
    std::cerr << arguments.tool() << ": warning: the revocation list of "
              << certstore::in_quotes(record.list.issuer())
              << " is not current: packages by this CA end with 17 until a newer one is added\n";
  }
}

ExitCode run(const Arguments& arguments) {
  const bool json = wants_json(arguments);
  const std::string& path = arguments.operands().front();
  const auto file = certstore::InputFile::open(path);
  const certstore::Bytes bytes = file.read_all(certstore::limits::kCmsSize);
  const SignedBundle bundle = certstore::read_signed_bundle(bytes, file.name());
  TrustState state;
  {
    const auto place = certstore::store_place(arguments.value("store").value_or(""));
    if (const auto store = TrustStore::open_if_present(place.trust())) state = store->state();
  }
  require_may_speak(arguments, bundle, state);
  const BundleDifference found = difference(bundle, state);
  ImportFacts facts{.file = path, .signers = bundle.signers, .applied = false};
  const bool show = !arguments.quiet() && !json;
  if (show) write_difference(found, facts, std::cout);
  std::cout.flush();
  const bool needed = !found.is_nothing() && !arguments.has("dry-run");
  if (needed) facts.applied = is_agreed(arguments, found, facts, show);
  if (facts.applied) apply(arguments, found, {.file = path, .sha256 = certstore::sha256(bytes)});
  if (facts.applied && !arguments.quiet()) warn_of_stale_lists(arguments, found);
  if (json && !arguments.quiet()) write_difference_json(found, facts, std::cout);
  if (show && found.is_nothing()) std::cout << "nothing to import: the store says all of that already\n";
  if (show && facts.applied) std::cout << "imported\n";
  return needed && !facts.applied ? ExitCode::policy : ExitCode::accepted;
}

}  // namespace

certstore::cli::Command trust_import_command() {
  std::vector<certstore::cli::Option> options = bundle_root_options();
  options.push_back({"dry-run", 'n', "", "show the difference only"});
  options.push_back({"yes", 'y', "", "import it without asking"});
  options.push_back(certstore::cli::kStoreOption);
  options.push_back(kTextOrJsonOption);
  return {.name = "trust import",
          .operands = "FILE",
          .summary = "show what a trust bundle changes here, and take it over, whole or not at all",
          .options = std::move(options),
          .example =
              "pkgverify trust import site.bundle --bundle-key sha256:7f3a...\n"
              "  pkgverify trust import site.bundle --yes",
          .exit_codes =
              "0 imported, shown, or nothing new, 1 trouble, 2 usage, 11 by other keys or too few,\n"
              "  12 rollback, or nobody agreed, 13 no sound bundle, 15 it has ended, 16 by a retired key",
          .run = run};
}

}  // namespace verifier
