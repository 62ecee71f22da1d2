#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "certstore/statement_key.h"
#include "signer/backup_reminder.h"
#include "signer/cert_text.h"
#include "signer/commands.h"
#include "signer/store_access.h"

#include <unistd.h>

#include <array>
#include <iomanip>
#include <iostream>

namespace signer {
namespace {

using certstore::Bytes;
using certstore::Certificate;
using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::cli::Arguments;

constexpr std::array<std::string_view, 2> kTextOrJson = {"text", "json"};
constexpr std::array<std::string_view, 2> kPemOrDer = {"pem", "der"};

ExitCode show(const Arguments& arguments) {
  const bool as_json = arguments.word("format", kTextOrJson) == "json";
  const std::string alias = alias_of(arguments);
  const auto keys = open_keys(arguments, certstore::OpenMode::read);
  const auto identity = keys.get(alias);
  if (arguments.quiet()) return ExitCode::accepted;
  if (as_json) {
    std::cout << identity_json(identity, certstore::now()) << "\n";
  } else {
    print_identity(identity, certstore::now(), std::cout);
  }
  remind_of_backup(arguments, keys);
  return ExitCode::accepted;
}

ExitCode list(const Arguments& arguments) {
  const auto keys = open_keys(arguments, certstore::OpenMode::read);
  const std::string chosen = keys.default_alias();
  for (const auto& identity : keys.list()) {
    if (arguments.quiet()) break;
    const bool is_own = identity.kind == certstore::kStatementKey;
    if (is_own && !arguments.verbose()) continue;
    const auto certificate = Certificate::from_der(identity.certificate, identity.alias);
    std::cout << std::left << std::setw(15) << certstore::escaped(identity.alias) << " "
              << key_text(certificate) << "  ";
    if (is_own) {
      std::cout << "the store's own key, for statements and no package\n";
      continue;
    }
    std::cout << "until " << certstore::to_date(certificate.not_after()) << " ("
              << validity_text(certificate, certstore::now()) << ")  "
              << certstore::escaped(certificate.subject()) << (identity.alias == chosen ? "  (default)" : "")
              << "\n";
  }
  return ExitCode::accepted;
}

Bytes exported(const certstore::StoredIdentity& identity, bool as_der) {
  if (as_der) return identity.certificate;
  std::string text = certstore::to_pem(Certificate::from_der(identity.certificate, identity.alias));
  for (const Bytes& der : identity.chain) {
    text += certstore::to_pem(Certificate::from_der(der, identity.alias));
  }
  const auto bytes = certstore::as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

ExitCode export_certificate(const Arguments& arguments) {
  const bool as_der = arguments.word("format", kPemOrDer) == "der";
  const auto path = arguments.value("output").value_or("-");
  if (path == "-" && as_der && ::isatty(STDOUT_FILENO) == 1) {
    throw Error(ErrorKind::usage, "DER is not written to a terminal", "-o FILE, or --format pem");
  }
  const std::string alias = alias_of(arguments);
  const Bytes bytes = exported(open_keys(arguments, certstore::OpenMode::read).get(alias), as_der);
  if (path == "-") {
    std::cout << certstore::as_text(bytes);
    return ExitCode::accepted;
  }
  certstore::AtomicFile file(path);
  file.write(bytes);
  file.commit(arguments.has("force") ? certstore::Existing::replace : certstore::Existing::refuse);
  if (!arguments.quiet()) std::cout << "wrote " << certstore::shell_quoted(path) << "\n";
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
          .summary = "write the public certificate and its chain, for other machines",
          .options = {kAliasOption,
                      certstore::cli::kStoreOption,
                      {"output", 'o', "FILE", "where to (default: standard output)"},
                      {"format", '\0', "NAME", "pem (with the chain) or der (the certificate alone)"},
                      certstore::cli::kForceOption},
          .example = "pkgsign cert export -o server.pem",
          .exit_codes = "0 written, 1 no such identity, the file exists, or cannot be written, 2 usage",
          .run = export_certificate};
}

}  // namespace signer
