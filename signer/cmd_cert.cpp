#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/minisign_text.h"
#include "certstore/statement_key.h"
#include "signer/audit_pen.h"
#include "signer/backup_reminder.h"
#include "signer/cert_text.h"
#include "signer/commands.h"
#include "signer/document_output.h"
#include "signer/overlap.h"
#include "signer/retirement.h"
#include "signer/store_access.h"

#include <array>
#include <iomanip>
#include <iostream>

namespace signer {
namespace {

using certstore::Certificate;
using certstore::ExitCode;
using certstore::cli::Arguments;

constexpr std::array<std::string_view, 2> kTextOrJson = {"text", "json"};

ExitCode show(const Arguments& arguments) {
  const bool as_json = arguments.word("format", kTextOrJson) == "json";
  const std::string alias = alias_of(arguments);
  const auto keys = open_keys(arguments, certstore::OpenMode::read);
  const auto identity = keys.get(alias);
  if (arguments.quiet()) return ExitCode::accepted;
  const certstore::Instant now = certstore::now();
  const Overlap overlap = overlap_of(keys, identity, now);
  if (as_json) {
    std::cout << identity_json(identity, overlap, now) << "\n";
  } else {
    print_identity(identity, now, std::cout);
    if (const std::string text = text_of(overlap); !text.empty()) {
      std::cout << "succession:   " << text << "\n";
    }
    if (const auto retired = retirement_of(arguments, identity.signer(), now)) {
      std::cout << "retired:      by record " << retired->id << "\n";
    }
  }
  remind_of_backup(arguments, keys);
  return ExitCode::accepted;
}

ExitCode list(const Arguments& arguments) {
  const auto keys = open_keys(arguments, certstore::OpenMode::read);
  const certstore::Instant now = certstore::now();
  const certstore::DefaultAlias chosen = keys.planned_default(now);
  for (const auto& identity : keys.list()) {
    if (arguments.quiet()) break;
    const bool is_own = identity.kind == certstore::kStatementKey;
    if (is_own && !arguments.verbose()) continue;
    const certstore::SignerIdentity signer = identity.signer();
    std::cout << std::left << std::setw(15) << certstore::escaped(identity.alias) << " " << key_text(signer)
              << "  ";
    if (is_own) {
      std::cout << "the store's own key, for statements and no package\n";
      continue;
    }
    if (const Certificate* const certificate = signer.certificate()) {
      std::cout << "until " << certstore::to_date(certificate->not_after()) << " ("
                << validity_text(*certificate, now) << ")  " << certstore::escaped(certificate->subject());
    } else {
      std::cout << "no certificate, no end";
    }
    const std::string overlap = text_of(overlap_of(keys, identity, now));
    if (!overlap.empty()) std::cout << "  " << overlap;
    if (retirement_of(arguments, signer, now)) std::cout << "  retired";
    if (identity.alias == chosen.alias) std::cout << "  (default)";
    if (identity.alias == chosen.next) {
      std::cout << "  (default from " << certstore::to_date(chosen.from) << ")";
    }
    std::cout << "\n";
  }
  return ExitCode::accepted;
}

std::string to_pem(const certstore::StoredIdentity& identity) {
  std::string text = certstore::to_pem(identity.own_certificate());
  for (const Certificate& issuer : identity.issuers()) text += certstore::to_pem(issuer);
  return text;
}

ExitCode export_certificate(const Arguments& arguments) {
  const DocumentTarget target = document_target(arguments);
  const std::string alias = alias_of(arguments);
  const auto identity = open_keys(arguments, certstore::OpenMode::read).get(alias);
  if (identity.bare_key && arguments.has("format")) {
    throw certstore::Error(certstore::ErrorKind::usage,
                           certstore::in_quotes(alias) +
                               " is a minisign key: its public key file has one form, without --format");
  }
  const std::string pem =
      identity.bare_key ? certstore::to_minisign_public_key(*identity.bare_key) : to_pem(identity);
  const auto bytes = target.as_der ? certstore::ByteView(identity.certificate) : certstore::as_bytes(pem);
  note(arguments,
       {.action = "cert export", .file = target.path, .sha256 = certstore::sha256(bytes), .alias = alias});
  const bool to_file = write_document(target, bytes);
  if (to_file && !arguments.quiet()) std::cout << "wrote " << certstore::shell_quoted(target.path) << "\n";
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command cert_show_command() {
  return {.name = "cert show",
          .operands = "",
          .summary = "show subject, key, validity and fingerprints of an identity",
          .options = {kAliasOption, certstore::cli::kStoreOption, {"format", '\0', "NAME", "text or json"}},
          .example = "pkgsign cert show --format json",
          .exit_codes = "0 shown, 1 no such identity or store, 2 usage",
          .run = show};
}

certstore::cli::Command cert_list_command() {
  return {.name = "cert list",
          .operands = "",
          .summary = "list the identities of the store",
          .options = {certstore::cli::kStoreOption},
          .example = "pkgsign cert list",
          .exit_codes = "0 listed, 1 no store, 2 usage",
          .run = list};
}

certstore::cli::Command cert_export_command() {
  return {.name = "cert export",
          .operands = "",
          .summary = "write the public certificate and its chain, or KEY.pub of a minisign key",
          .options = {kAliasOption,
                      certstore::cli::kStoreOption,
                      kOutputOption,
                      {"format", '\0', "NAME", "pem (with the chain) or der (the certificate alone)"},
                      certstore::cli::kForceOption},
          .example = "pkgsign cert export -o server.pem",
          .exit_codes = "0 written, 1 no such identity, the file exists, or cannot be written, 2 usage",
          .run = export_certificate};
}

}  // namespace signer
