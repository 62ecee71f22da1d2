#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/certificate_request.h"
#include "certstore/minisign_secret.h"
#include "certstore/statement_key.h"
#include "signer/audit_pen.h"
#include "signer/cert_text.h"
#include "signer/commands.h"
#include "signer/init_form.h"
#include "signer/store_access.h"

#include <array>
#include <iostream>

namespace signer {
namespace {

using certstore::Certificate;
using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::Instant;
using certstore::PrivateKey;
using certstore::Profile;
using certstore::SubjectName;
using certstore::cli::Arguments;

constexpr unsigned kDefaultDays = 3650;  // ten years, as the product
constexpr unsigned kMostDays = 36500;

Profile profile_of(const Arguments& arguments) {
  constexpr std::array<std::string_view, 2> kProfiles = {"server", "code-signing"};
  constexpr std::array<std::string_view, 1> kProducts = {"product"};
  const std::string profile = arguments.word("profile", kProfiles);
  if (!arguments.has("compat")) return profile == "server" ? Profile::server : Profile::code_signing;
  static_cast<void>(arguments.word("compat", kProducts));
  if (profile != "server") {
    throw Error(ErrorKind::usage, "--compat product makes a server certificate, as the product does");
  }
  return Profile::product;
}

// A bare key has nobody's name and no end.
void require_no_certificate_terms(const Arguments& arguments) {
  constexpr std::array<std::string_view, 4> kOfCertificates = {"profile", "days", "until", "compat"};
  std::vector<std::string_view> options(kOfCertificates.begin(), kOfCertificates.end());
  for (const SubjectField& field : subject_fields()) options.push_back(field.option);
  for (const std::string_view option : options) {
    if (!arguments.has(option)) continue;
    throw Error(ErrorKind::usage,
                "a minisign key never gets a certificate, so --" + std::string(option) + " has no meaning");
  }
}

std::string key_kind_of(const Arguments& arguments, Profile profile) {
  std::vector<std::string_view> kinds(certstore::kNewKeys.begin(), certstore::kNewKeys.end());
  kinds.push_back(certstore::kMinisignKey);
  const std::string kind = arguments.word("key", kinds);
  if (kind == certstore::kMinisignKey) require_no_certificate_terms(arguments);
  if (profile != Profile::product) return kind;
  if (arguments.has("key") && kind != "rsa-2048") {
    throw Error(ErrorKind::usage, "--compat product makes an RSA-2048 key, as the product does");
  }
  return "rsa-2048";
}

Instant date_of(const std::string& text) {
  try {
    return certstore::parse_instant(text);
  } catch (const Error& error) {
    throw Error(ErrorKind::usage, "--until: " + std::string(error.what()), error.hint());
  }
}

Instant end_of(const Arguments& arguments, Instant begin) {
  const auto until = arguments.value("until");
  const auto days = arguments.number("days", 1, kMostDays);
  if (until && days) throw Error(ErrorKind::usage, "only one of --days and --until can be given");
  if (!until) return begin + std::chrono::days(days.value_or(kDefaultDays));
  const Instant end = date_of(*until);
  if (end <= begin) throw Error(ErrorKind::usage, "--until " + *until + " is not in the future");
  return end;
}

// What the options say; the form asks for the rest where a person can be asked.
SubjectName subject_of(const Arguments& arguments) {
  SubjectName subject;
  std::set<std::string_view> given;
  for (const SubjectField& field : subject_fields()) {
    const auto text = arguments.value(field.option);
    if (!text) continue;
    given.insert(field.option);
    const bool is_country = field.part == &SubjectName::country;
    subject.*field.part = is_country && !text->empty() ? country_code(*text) : *text;
  }
  if (!given.contains("common-name")) {
    if (!arguments.may_ask()) {
      throw Error(ErrorKind::usage, "the name of this server is missing, and nobody can be asked here",
                  "--common-name NAME");
    }
    subject = ask_subject(std::move(subject), given);
  }
  certstore::require_sound_subject(subject);
  return subject;
}

// What init is to make, with all contradictions refused.
struct Plan {
  certstore::StorePlace place;
  std::string alias;
  std::string key_kind;
  bool makes_store;
  certstore::KdfCost cost;
  certstore::CertificateTerms terms;
};

Plan plan_of(const Arguments& arguments) {
  Plan plan;
  plan.place = place_of(arguments);
  plan.alias = arguments.value("alias").value_or(std::string(certstore::kDefaultAlias));
  plan.makes_store = !certstore::KeyStore::exists(plan.place.keys());
  plan.terms.profile = profile_of(arguments);
  plan.key_kind = key_kind_of(arguments, plan.terms.profile);
  plan.terms.not_before = certstore::now();
  plan.terms.not_after = end_of(arguments, plan.terms.not_before);
  if (const auto cost = arguments.value("kdf-cost")) {
    plan.cost = parse_kdf_cost(*cost);
    if (!plan.makes_store) {
      throw Error(ErrorKind::usage, "the store exists, and so does its cost",
                  "pkgsign passphrase change --kdf-cost " + certstore::shell_quoted(*cost));
    }
  }
  // Refused only where the alias exists: a store may hold several identities.
  if (!plan.makes_store) {
    require_free(plan.place, plan.alias,
                 "--alias NAME makes another beside it; pkgsign cert show tells about this one");
  }
  if (plan.key_kind != certstore::kMinisignKey) plan.terms.subject = subject_of(arguments);
  return plan;
}

void keep(const Arguments& arguments, const Plan& plan, const certstore::SecretBytes& passphrase,
          const PrivateKey& key, const certstore::SignerIdentity& signer) {
  if (plan.makes_store) certstore::make_store_folder(plan.place);
  auto keys = plan.makes_store ? certstore::KeyStore::create(plan.place.keys(), passphrase, plan.cost)
                               : certstore::KeyStore::open(plan.place.keys(), certstore::OpenMode::write);
  auto identity = certstore::stored_identity(plan.alias, signer);
  identity.created = plan.terms.not_before;
  const auto master = keys.unlock(passphrase);
  certstore::ensure_statement_key(keys, master, plan.terms.not_before);
  note_use(arguments, keys, master, {.action = "init", .alias = plan.alias, .signer = signer.sha256()});
  keys.add_identity(master, identity, key.to_pkcs8());
  // The only identity is the one that is meant where none is named.
  if (plan.makes_store && plan.alias != certstore::kDefaultAlias) keys.set_default_alias(plan.alias);
}

void tell_store(const Plan& plan) {
  if (!plan.makes_store) return;
  std::cout << "store:        " << certstore::escaped(plan.place.folder.string()) << " (made)\n";
}

void tell(const Plan& plan, const Certificate& certificate) {
  tell_store(plan);
  std::cout << "identity:     " << certstore::escaped(plan.alias) << " (made)\n"
            << "subject:      " << certstore::escaped(certificate.subject()) << "\n"
            << "public key:   " << key_text(certificate) << "\n"
            << "valid:        from " << certstore::to_date(certificate.not_before()) << " to "
            << certstore::to_date(certificate.not_after()) << "\n\n"
            << "A self-signed certificate does not prove origin: anyone can make one with this name.\n"
            << "tell your importers: SHA256 " << certstore::to_hex(certificate.sha256()) << "\n";
}

ExitCode make_minisign(const Arguments& arguments, const Plan& plan,
                       const certstore::SecretBytes& passphrase) {
  const certstore::MinisignSecret made = certstore::make_minisign_key();
  keep(arguments, plan, passphrase, made.key, made.public_key);
  if (arguments.quiet()) return ExitCode::accepted;
  tell_store(plan);
  print_bare_key(certstore::stored_identity(plan.alias, made.public_key), "made", std::cout);
  return ExitCode::accepted;
}

ExitCode run(const Arguments& arguments) {
  const Plan plan = plan_of(arguments);
  const auto passphrase = store_passphrase(arguments, plan.makes_store);
  if (!plan.makes_store) {
    // A wrong passphrase is told before a key is made.
    const auto keys = certstore::KeyStore::open(plan.place.keys(), certstore::OpenMode::read);
    static_cast<void>(keys.unlock(passphrase));
  }
  if (plan.key_kind == certstore::kMinisignKey) return make_minisign(arguments, plan, passphrase);
  const PrivateKey key = PrivateKey::make(plan.key_kind);
  const Certificate certificate = certstore::make_self_signed(key, plan.terms);
  keep(arguments, plan, passphrase, key, certificate);
  if (const std::string why = vro_unfitness(certificate); !why.empty()) {
    std::cerr << arguments.tool() << ": warning: no vRO package can be signed with it: " << why << "\n";
  }
  if (!arguments.quiet()) tell(plan, certificate);
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command init_command() {
  return {
      .name = "init",
      .operands = "",
      .summary = "make the certificate store and a self-signed certificate, or a minisign key",
      .options = {{"common-name", '\0', "NAME", "name of this server; without it a form asks"},
                  {"organization", '\0', "TEXT", "organisation"},
                  {"unit", '\0', "TEXT", "its unit"},
                  {"city", '\0', "TEXT", "city"},
                  {"state", '\0', "TEXT", "state or province"},
                  {"country", '\0', "TEXT", "code or name, as in ISO 3166"},
                  {"key", '\0', "KIND",
                   "rsa-3072 (default), rsa-2048, rsa-4096, rsa-pss-..., p-256, p-384, ed25519, minisign"},
                  {"profile", '\0', "NAME", "server (default) or code-signing"},
                  {"days", '\0', "N", "validity (default: 3650)"},
                  {"until", '\0', "DATE", "or its end"},
                  {"compat", '\0', "product", "a certificate as the product makes"},
                  kAliasOption,
                  certstore::cli::kStoreOption,
                  certstore::cli::kPassphraseOption,
                  kKdfCostOption},
      .example = "pkgsign init --common-name build.example.org --organization Example --country CH",
      .exit_codes = "0 made, 1 the identity exists or trouble, 2 usage, 130 left",
      .run = run};
}

}  // namespace signer
