#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/statement_key.h"
#include "signer/backup_reminder.h"
#include "signer/cert_text.h"
#include "signer/commands.h"
#include "signer/store_access.h"

#include <charconv>
#include <iostream>

namespace signer {
namespace {

using certstore::Certificate;
using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::Instant;
using certstore::cli::Arguments;

constexpr std::string_view kWithin = "90d";

std::chrono::days within(const Arguments& arguments) {
  const std::string text = arguments.value("within").value_or(std::string(kWithin));
  unsigned days = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, days);
  if (error != std::errc() || stop + 1 != end || *stop != 'd' || days > 36500) {
    throw Error(ErrorKind::usage, "--within takes a number of days, as in 90d");
  }
  return std::chrono::days(days);
}

// Of a certificate and its issuers the one that ends first: from then on no importer accepts the chain.
Certificate first_to_end(const certstore::StoredIdentity& identity) {
  auto first = Certificate::from_der(identity.certificate, identity.alias);
  for (const auto& der : identity.chain) {
    const auto issuer = Certificate::from_der(der, identity.alias);
    if (issuer.not_after() < first.not_after()) first = issuer;
  }
  return first;
}

ExitCode status_of(const Certificate& certificate, Instant now, std::chrono::days span) {
  if (now > certificate.not_after() || now < certificate.not_before()) return ExitCode::dates;
  return now + span > certificate.not_after() ? ExitCode::renew_soon : ExitCode::accepted;
}

ExitCode run(const Arguments& arguments) {
  const auto span = within(arguments);
  const Instant now = certstore::now();
  const auto keys = open_keys(arguments, certstore::OpenMode::read);
  const auto only = arguments.value("alias");
  if (only) static_cast<void>(get_identity(keys, *only));
  ExitCode code = ExitCode::accepted;
  for (const auto& identity : keys.list()) {
    if (identity.kind == certstore::kStatementKey || (only && identity.alias != *only)) continue;
    const auto own = Certificate::from_der(identity.certificate, identity.alias);
    const bool begins = now < own.not_before();
    const Certificate first = begins ? own : first_to_end(identity);
    code = leftmost(code, status_of(first, now, span));
    if (arguments.quiet()) continue;
    std::cout << certstore::escaped(identity.alias) << ": " << validity_text(first, now) << ", until "
              << certstore::to_date(first.not_after())
              << (first == own ? "" : " (its issuer " + certstore::in_quotes(first.subject()) + ")") << ", "
              << certstore::escaped(own.subject()) << "\n";
  }
  remind_of_backup(arguments, keys);
  return code;
}

}  // namespace

certstore::cli::Command cert_status_command() {
  return {.name = "cert status",
          .operands = "",
          .summary = "say when each identity ends, for cron",
          .options = {{"within", '\0', "DAYS", "exit 18 where one ends within (default: 90d)"},
                      {"alias", '\0', "NAME", "only this identity"},
                      certstore::cli::kStoreOption},
          .example = "pkgsign cert status --within 90d",
          .exit_codes = "0 fine, 15 one ended or has not begun, 18 one ends within, 1 no store, 2 usage",
          .run = run};
}

}  // namespace signer
