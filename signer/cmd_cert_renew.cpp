#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/certificate_request.h"
#include "signer/audit_pen.h"
#include "signer/backup_reminder.h"
#include "signer/cert_text.h"
#include "signer/commands.h"
#include "signer/overlap.h"
#include "signer/retirement.h"
#include "signer/store_access.h"
#include "verifier/policy_source.h"

#include <algorithm>
#include <iostream>
#include <optional>

namespace signer {
namespace {

using certstore::Certificate;
using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::Instant;
using certstore::KeyKind;
using certstore::PrivateKey;
using certstore::shell_quoted;
using certstore::cli::Arguments;

constexpr unsigned kDefaultDays = 3650;
constexpr unsigned kMostDays = 36500;
constexpr std::string_view kSame = "same";

std::chrono::days validity_of(const Arguments& arguments) {
  return std::chrono::days(arguments.number("days", 1, kMostDays).value_or(kDefaultDays));
}

void require_self_signed(const Certificate& certificate) {
  if (certificate.is_self_signed()) return;
  throw Error(
      ErrorKind::key,
      "a CA issued the certificate of " + certstore::in_quotes(certificate.subject()) + ", so a CA renews it",
      "pkgsign csr export, and then pkgsign cert import; with --new-key, a new key is made beside it");
}

ExitCode keep_the_key(const Arguments& arguments, const std::string& alias) {
  const auto identity = get_identity(open_keys(arguments, certstore::OpenMode::read), alias);
  const Certificate before = identity.own_certificate();
  require_self_signed(before);
  const Instant now = certstore::now();
  require_not_retired(arguments, before, now);
  auto keys = open_keys(arguments, certstore::OpenMode::write);
  const auto master = keys.unlock(store_passphrase(arguments));
  const auto key = open_key(keys, master, alias);
  const Certificate renewed = certstore::renew_self_signed(key, before, now, now + validity_of(arguments));
  note_use(arguments, keys, master, {.action = "cert renew", .alias = alias, .signer = renewed.sha256()});
  keys.replace_certificate(master, alias, before.sha256(), renewed.der(), {});
  if (arguments.quiet()) return ExitCode::accepted;
  print_identity(keys.get(alias), now, std::cout);
  std::cout
      << "\nThe key is the same, the certificate is another: who trusts the old certificate and not its key "
         "must be told.\ntell your importers: SHA256 "
      << certstore::to_hex(renewed.sha256()) << "\n";
  return ExitCode::accepted;
}

std::string kind_of(const Certificate& certificate) {
  const std::string bits = std::to_string(certificate.key_bits());
  switch (certificate.key_kind()) {
    case KeyKind::rsa:
      return "rsa-" + bits;
    case KeyKind::rsa_pss:
      return "rsa-pss-" + bits;
    case KeyKind::ec:
      return "p-" + bits;
    case KeyKind::ed25519:
      return "ed25519";
    case KeyKind::dsa:
    case KeyKind::other:
      break;
  }
  return std::string(certstore::name_of(certificate.key_kind()));
}

std::string new_kind_of(const Arguments& arguments, const Certificate& before) {
  std::vector<std::string_view> kinds = {kSame};
  kinds.insert(kinds.end(), certstore::kNewKeys.begin(), certstore::kNewKeys.end());
  const std::string word = arguments.word("new-key", kinds);
  if (word != kSame) return word;
  const std::string kind = kind_of(before);
  if (std::find(certstore::kNewKeys.begin(), certstore::kNewKeys.end(), kind) != certstore::kNewKeys.end()) {
    return kind;
  }
  throw Error(ErrorKind::usage, "no other key of the kind " + key_text(before) + " is made here",
              "--new-key rsa-3072, or another kind by name");
}

// "server" is followed by "server-2031", and that by "server-2036".
std::string following_alias(const std::string& alias, Instant now) {
  std::string stem = alias;
  constexpr std::string_view kDigits = "0123456789";
  if (stem.size() > 5 && stem[stem.size() - 5] == '-' &&
      stem.find_first_not_of(kDigits, stem.size() - 4) == std::string::npos) {
    stem.resize(stem.size() - 5);
  }
  return stem + "-" + certstore::to_date(now).substr(0, 4);
}

// What is to be made, with all contradictions refused.
struct Plan {
  std::string alias;
  Certificate before;
  std::string next;
  std::string kind;
  std::optional<Instant> default_from;
};

Plan plan_of(const Arguments& arguments, const std::string& alias, Instant now) {
  const auto keys = open_keys(arguments, certstore::OpenMode::read);
  const Certificate before = get_identity(keys, alias).own_certificate();
  Plan plan{alias, before, arguments.value("new-alias").value_or(following_alias(alias, now)),
            new_kind_of(arguments, before), verifier::time_option(arguments, "default-from")};
  if (keys.find(plan.next)) {
    throw Error(ErrorKind::store, "the store has an identity " + certstore::in_quotes(plan.next) + " already",
                "--new-alias NAME");
  }
  if (!plan.default_from) return plan;
  if (keys.default_alias(now) != alias) {
    throw Error(ErrorKind::usage, certstore::in_quotes(alias) + " is not the default, so nothing would move");
  }
  if (!before.is_self_signed()) {
    throw Error(
        ErrorKind::usage, "the CA must issue the new certificate before it becomes the default",
        "after pkgsign cert import: pkgsign cert default " + shell_quoted(plan.next) + " --from DATE");
  }
  if (*plan.default_from <= now || *plan.default_from > before.not_after()) {
    throw Error(ErrorKind::usage, "--default-from lies between now and " +
                                      certstore::to_rfc3339(before.not_after()) +
                                      ", the end of the certificate of " + certstore::in_quotes(alias));
  }
  return plan;
}

void tell(const Arguments& arguments, const certstore::KeyStore& keys, const Plan& plan, Instant now) {
  const auto identity = keys.get(plan.next);
  const std::string next = shell_quoted(plan.next);
  print_identity(identity, now, std::cout);
  std::cout << "succession:   " << text_of(overlap_of(keys, identity, now)) << "\n\n"
            << certstore::in_quotes(plan.alias) << " stays as it is and signs where it did.\n";
  if (!plan.before.is_self_signed()) {
    std::cout << "for the CA:            pkgsign csr export --alias " << next << " -o FILE\n"
              << "when it has answered:  pkgsign cert import FILE --alias " << next << "\n";
  } else {
    std::cout << "tell your importers: SHA256 " << certstore::to_hex(identity.own_certificate().sha256())
              << "\n"
              << "give them the file:    pkgsign cert export --alias " << next << " -o FILE\n"
              << "both keys can say so:  pkgsign succession create --alias " << shell_quoted(plan.alias)
              << " --to " << next << " -o FILE\n";
  }
  if (plan.default_from) {
    std::cout << "it becomes the default on " << certstore::to_rfc3339(*plan.default_from) << "\n";
  } else if (keys.default_alias(now) == plan.alias) {
    std::cout << "when they have it:     pkgsign cert default " << next << "\n";
  }
  remind_of_backup(arguments, keys);
}

ExitCode make_a_key(const Arguments& arguments, const std::string& alias) {
  const Instant now = certstore::now();
  const Plan plan = plan_of(arguments, alias, now);
  auto keys = open_keys(arguments, certstore::OpenMode::write);
  const auto master = keys.unlock(store_passphrase(arguments));
  const auto key = PrivateKey::make(plan.kind);
  const Certificate made = certstore::make_successor(key, plan.before, now, now + validity_of(arguments));
  certstore::StoredIdentity identity;
  identity.alias = plan.next;
  identity.certificate = made.der();
  identity.created = now;
  identity.succeeds = plan.before.public_key_sha256();
  note_use(arguments, keys, master,
           {.action = "cert renew",
            .alias = plan.next,
            .signer = made.sha256(),
            .detail = "a new key beside " + plan.alias});
  keys.add_identity(master, identity, key.to_pkcs8());
  if (plan.default_from) plan_default(keys, plan.next, *plan.default_from, now);
  if (const std::string why = vro_unfitness(made); !why.empty()) {
    std::cerr << arguments.tool() << ": warning: no vRO package can be signed with it: " << why << "\n";
  }
  if (!arguments.quiet()) tell(arguments, keys, plan, now);
  return ExitCode::accepted;
}

ExitCode run(const Arguments& arguments) {
  const std::string alias = alias_of(arguments);
  if (arguments.has("new-key")) return make_a_key(arguments, alias);
  for (const char* option : {"new-alias", "default-from"}) {
    if (!arguments.has(option)) continue;
    throw Error(ErrorKind::usage, "--" + std::string(option) + " needs --new-key");
  }
  return keep_the_key(arguments, alias);
}

}  // namespace

certstore::cli::Command cert_renew_command() {
  return {.name = "cert renew",
          .operands = "",
          .summary = "make the next certificate: for the same key, or for a new one beside it",
          .options = {{"new-key", '\0', "KIND", "same, or a kind as init --key has: the old one stays"},
                      {"new-alias", '\0', "NAME", "name of the new identity (default: with the year)"},
                      {"default-from", '\0', "DATE", "when the new one becomes the default"},
                      {"days", '\0', "N", "validity (default: 3650)"},
                      kAliasOption,
                      certstore::cli::kStoreOption,
                      certstore::cli::kPassphraseOption},
          .example = "pkgsign cert renew --new-key same --default-from 2027-06-01",
          .exit_codes = "0 renewed, 1 issued by a CA, no such identity, or wrong passphrase, 2 usage",
          .run = run};
}

}  // namespace signer
