#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "certstore/succession.h"
#include "signer/audit_pen.h"
#include "signer/commands.h"
#include "signer/document_output.h"
#include "signer/identity.h"
#include "signer/retirement.h"
#include "signer/stamping.h"
#include "signer/store_access.h"

#include <unistd.h>

#include <iostream>

namespace signer {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::cli::Arguments;

certstore::SuccessionTerms read_terms(const Arguments& arguments) {
  certstore::SuccessionTerms terms{
      .made = certstore::signing_time(), .until = {}, .package = arguments.value("name")};
  const auto until = arguments.value("until");
  if (!until) return terms;
  try {
    terms.until = certstore::parse_instant(*until);
  } catch (const Error& error) {
    throw Error(ErrorKind::usage, std::string("--until: ") + error.what(), error.hint());
  }
  return terms;
}

ExitCode run(const Arguments& arguments) {
  const auto to = arguments.value("to");
  if (!to)
    throw Error(ErrorKind::usage, "nobody is named to come after",
                "--to NAME of an identity; see pkgsign cert list");
  const std::string from = alias_of(arguments);
  if (from == *to)
    throw Error(ErrorKind::usage, certstore::in_quotes(from) + " would come after itself",
                "--alias OLD --to NEW");
  const DocumentTarget target{
      .path = arguments.value("output").value_or("-"), .as_der = true, .replace = arguments.has("force")};
  if (target.path == "-" && ::isatty(STDOUT_FILENO) == 1) {
    throw Error(ErrorKind::usage, "a succession is not written to a terminal", "-o FILE");
  }
  const certstore::SuccessionTerms terms = read_terms(arguments);
  const certstore::Stamper stamper = stamper_of(arguments);
  const std::vector<Identity> both = identities_of_store(arguments, {from, *to});
  const certstore::Certificate& before = certificate_of(both[0].signer);
  static_cast<void>(certificate_of(both[1].signer));
  for (const Identity& identity : both) require_not_retired(arguments, identity.signer, terms.made);
  require_audit_place(arguments);
  AuditPen pen = audit_pen(arguments);
  const certstore::Bytes bytes = create_succession(both[0].unlock(pen), both[1].unlock(pen), terms, stamper);
  for (const Identity& identity : both) {
    pen.write({.action = "succession create",
               .file = target.path,
               .sha256 = certstore::sha256(bytes),
               .alias = identity.alias,
               .signer = identity.signer.sha256(),
               .detail = from + " to " + *to});
  }
  if (write_document(target, bytes) && !arguments.quiet()) {
    std::cout << "wrote " << certstore::shell_quoted(target.path) << "; who trusts "
              << certstore::in_quotes(before.subject()) << " can follow it"
              << (arguments.has("tsa") ? "" : " before " + certstore::to_date(before.not_after()))
              << ": pkgverify trust follow --follow-succession FILE\n";
  }
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command succession_create_command() {
  certstore::cli::Command command = {
      .name = "succession create",
      .operands = "",
      .summary = "let one identity vouch for the next, signed by both keys",
      .options = {kAliasOption,
                  {"to", '\0', "NAME", "the identity that comes after it"},
                  kOutputOption,
                  {"name", '\0', "NAME", "for this package only"},
                  {"until", '\0', "TIME", "no longer than 2027-12-31 or 2027-12-31T12:00:00Z"},
                  certstore::cli::kStoreOption,
                  certstore::cli::kPassphraseOption,
                  kAuditToOption,
                  certstore::cli::kForceOption},
      .example = "pkgsign succession create --alias server --to server-2027 -o server.succession",
      .exit_codes =
          "0 written, 1 no such identity, wrong passphrase, or the file exists, 2 usage,\n"
          "  15 not in date, 16 a key that is retired, 17 no time stamp",
      .run = run};
  for (const certstore::cli::Option& option : stamping_options()) command.options.push_back(option);
  return command;
}

}  // namespace signer
