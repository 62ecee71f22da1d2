#include "certstore/base/escape.h"
#include "certstore/statement_key.h"
#include "signer/backup_reminder.h"
#include "signer/cert_text.h"
#include "signer/commands.h"
#include "signer/overlap.h"
#include "signer/remaining.h"
#include "signer/retirement.h"
#include "signer/store_access.h"
#include "verifier/policy_source.h"

#include <iostream>

namespace signer {
namespace {

using certstore::Certificate;
using certstore::ExitCode;
using certstore::Instant;
using certstore::cli::Arguments;

constexpr std::chrono::days kWithin(90);

ExitCode status_of(const Certificate& certificate, Instant now, std::chrono::days span) {
  if (now > certificate.not_after() || now < certificate.not_before()) return ExitCode::dates;
  return now + span > certificate.not_after() ? ExitCode::renew_soon : ExitCode::accepted;
}

void say_bare_key(const Arguments& arguments, const certstore::StoredIdentity& identity, Instant now) {
  if (arguments.quiet()) return;
  std::cout << certstore::escaped(identity.alias) << ": no end, " << key_text(identity.signer())
            << (retirement_of(arguments, identity.signer(), now) ? "; retired" : "") << "\n";
}

ExitCode run(const Arguments& arguments) {
  const auto span = arguments.days("within").value_or(kWithin);
  const Instant now = verifier::time_option(arguments, "at-time").value_or(certstore::now());
  const auto keys = open_keys(arguments, certstore::OpenMode::read);
  const auto only = arguments.value("alias");
  if (only) static_cast<void>(get_identity(keys, *only));
  ExitCode code = ExitCode::accepted;
  for (const auto& identity : keys.list()) {
    if (identity.kind == certstore::kStatementKey || (only && identity.alias != *only)) continue;
    if (identity.bare_key) {
      say_bare_key(arguments, identity, now);
      continue;
    }
    const Certificate own = identity.own_certificate();
    const bool begins = now < own.not_before();
    const Certificate first = begins ? own : first_to_end(own, identity.issuers());
    code = leftmost(code, status_of(first, now, span));
    if (arguments.quiet()) continue;
    std::cout << certstore::escaped(identity.alias) << ": " << validity_text(first, now) << ", until "
              << certstore::to_date(first.not_after())
              << (first == own ? "" : " (its issuer " + certstore::in_quotes(first.subject()) + ")") << ", "
              << certstore::escaped(own.subject());
    const std::string overlap = text_of(overlap_of(keys, identity, now));
    const bool retired = retirement_of(arguments, own, now).has_value();
    std::cout << (overlap.empty() ? "" : "; ") << overlap << (retired ? "; retired" : "") << "\n";
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
                      {"at-time", '\0', "TIME", "as of 2027-01-31 or 2027-01-31T12:00:00Z"},
                      certstore::cli::kStoreOption},
          .example = "pkgsign cert status --within 90d",
          .exit_codes = "0 fine, 15 one ended or has not begun, 18 one ends within, 1 no store, 2 usage",
          .run = run};
}

}  // namespace signer
