#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/certificate_request.h"
#include "signer/cert_text.h"
#include "signer/commands.h"
#include "signer/store_access.h"

#include <iostream>

namespace signer {
namespace {

using certstore::Certificate;
using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::cli::Arguments;

constexpr unsigned kDefaultDays = 3650;
constexpr unsigned kMostDays = 36500;

void require_self_signed(const Certificate& certificate) {
  if (certificate.is_self_signed()) return;
  throw Error(
      ErrorKind::key,
      "a CA issued the certificate of " + certstore::in_quotes(certificate.subject()) + ", so a CA renews it",
      "pkgsign csr export, and then pkgsign cert import");
}

ExitCode run(const Arguments& arguments) {
  const std::string alias = alias_of(arguments);
  const auto identity = get_identity(open_keys(arguments, certstore::OpenMode::read), alias);
  const Certificate before = identity.own_certificate();
  require_self_signed(before);
  const auto days = std::chrono::days(arguments.number("days", 1, kMostDays).value_or(kDefaultDays));
  const certstore::Instant now = certstore::now();
  auto keys = open_keys(arguments, certstore::OpenMode::write);
  const auto master = keys.unlock(store_passphrase(arguments));
  const auto key = open_key(keys, master, alias);
  const Certificate renewed = certstore::renew_self_signed(key, before, now, now + days);
  keys.replace_certificate(master, alias, before.sha256(), renewed.der(), {});
  if (arguments.quiet()) return ExitCode::accepted;
  print_identity(keys.get(alias), now, std::cout);
  std::cout
      << "\nThe key is the same, the certificate is another: who trusts the old certificate and not its key "
         "must be told.\ntell your importers: SHA256 "
      << certstore::to_hex(renewed.sha256()) << "\n";
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command cert_renew_command() {
  return {.name = "cert renew",
          .operands = "",
          .summary = "make a new self-signed certificate for the same key and subject",
          .options = {{"days", '\0', "N", "validity (default: 3650)"},
                      kAliasOption,
                      certstore::cli::kStoreOption,
                      certstore::cli::kPassphraseOption},
          .example = "pkgsign cert renew --alias server",
          .exit_codes = "0 renewed, 1 issued by a CA, no such identity, or wrong passphrase, 2 usage",
          .run = run};
}

}  // namespace signer
