#include "verifier/policy_source.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "certstore/base/limits.h"
#include "certstore/base/statements.h"
#include "certstore/signer_file.h"
#include "certstore/store_place.h"
#include "certstore/trust_store.h"
#include "verifier/bundle_source.h"
#include "verifier/crl_fetch.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>

namespace verifier {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::InputFile;
using certstore::cli::Arguments;

// The digits of a fingerprint as people get them: "sha256:", "SHA256 " or nothing before them, and a colon
// after every second one as OpenSSL writes them. Anything else comes back as it is, to be refused.
std::string fingerprint_digits(std::string_view text) {
  for (const std::string_view mark : {"sha256:", "SHA256:", "SHA256 ", "SHA-256 "}) {
    if (text.starts_with(mark)) {
      text.remove_prefix(mark.size());
      break;
    }
  }
  constexpr std::size_t kWithColons = 95;
  if (text.size() != kWithColons) return std::string(text);
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i % 3 != 2) {
      digits += text[i];
    } else if (text[i] != ':') {
      return std::string(text);
    }
  }
  return digits;
}

// Lines of one SHA-256 of a SubjectPublicKeyInfo each; '#' begins a comment.
std::set<certstore::Sha256> read_bad_keys(const std::string& path) {
  const InputFile file = InputFile::open(path);
  const certstore::Bytes bytes = file.read_all(certstore::limits::kConfigurationSize);
  std::set<certstore::Sha256> keys;
  certstore::for_each_statement(certstore::as_text(bytes), [&](std::size_t number, std::string_view line) {
    try {
      keys.insert(parse_fingerprint(line, "--bad-keys"));
    } catch (const Error&) {
      throw Error(ErrorKind::io,
                  "line " + std::to_string(number) + " of " + certstore::in_quotes(path) +
                      " is not the SHA-256 of a public key: " + certstore::in_quotes(line),
                  "one a line, 64 hex digits, as `pkgverify check` shows beside the key");
    }
  });
  return keys;
}

// An ended one is no rule any more, and to judge by none would be to loosen it without a word.
void take_imported_policy(const Arguments& arguments, const certstore::TrustStore& store,
                          PolicySource& source) {
  const auto imported = imported_policy(store);
  if (!imported) return;
  source.rules = imported->named.policy;
  const certstore::KeptBundle& kept = imported->bundle;
  if (source.policy.now >= kept.expires) {
    source.rules_ended = "the policy of this store came with the bundle " + certstore::in_quotes(kept.name) +
                         ", which ended on " + certstore::to_rfc3339(kept.expires);
  }
  if (!arguments.verbose()) return;
  std::cerr << arguments.tool() << ": policy = that of the bundle " << certstore::in_quotes(kept.name)
            << ", version " << kept.version << "\n";
}

void read_store(const Arguments& arguments, PolicySource& source) {
  certstore::TrustPolicy& policy = source.policy;
  if (!names_any_store(arguments)) return;
  const auto store = certstore::TrustStore::open_if_present(trust_folder(arguments));
  if (!store) return;
  policy.records = store->list();
  for (const certstore::CrlRecord& record : store->crls()) {
    policy.crls.lists.push_back(record.list);
    policy.crls.issuers.insert(policy.crls.issuers.end(), record.chain.begin(), record.chain.end());
  }
  for (const auto& [name, accepted] : store->accepted_serials()) {
    policy.highest_serials[{name.signer, name.package}] = accepted.serial;
  }
  take_imported_policy(arguments, *store, source);
}

void read_trust(const Arguments& arguments, PolicySource& source) {
  const auto path = arguments.value("trust-bundle");
  if (!path) {
    for (const certstore::cli::Option& option : bundle_root_options()) {
      if (!arguments.has(option.name)) continue;
      throw Error(ErrorKind::usage,
                  "--" + std::string(option.name) + " has no meaning without --trust-bundle");
    }
    return read_store(arguments, source);
  }
  const certstore::TrustBundle bundle = open_bundle(*path, arguments);
  take_bundle(bundle, source.policy);
  if (bundle.policy) source.rules = parse_package_policy(certstore::as_bytes(*bundle.policy), *path);
  if (!arguments.verbose()) return;
  std::cerr << arguments.tool() << ": trust = the bundle " << certstore::in_quotes(bundle.name)
            << ", version " << bundle.version << ", until " << certstore::to_rfc3339(bundle.expires) << "\n";
}

}  // namespace

std::vector<certstore::cli::Option> policy_options() {
  std::vector<certstore::cli::Option> options = {
      certstore::cli::kStoreOption,
      {"trust", '\0', "CERT.pem", "trust this certificate or minisign key too (may be repeated)", true},
      {"allow-weak", '\0', "NAME", "tolerate md5, sha1, dsa, short-key or expired (may be repeated)", true},
      {"bad-keys", '\0', "FILE", "more keys known to be public: SHA-256 of the key, one a line"},
      {"require-revocation", '\0', "",
       "17 unless a current revocation list speaks for every CA-issued certificate"},
      {"fetch-crl", '\0', "", "ask the addresses in those certificates for lists that are missing"},
      {"at-time", '\0', "TIME", "judge dates as of 2027-01-31 or 2027-01-31T12:00:00Z"},
      {"trust-bundle", '\0', "FILE", "whom to trust, from this signed file and not from the store"}};
  const auto root = bundle_root_options();
  options.insert(options.end(), root.begin(), root.end());
  return options;
}

PolicySource read_policy(const Arguments& arguments) {
  PolicySource source;
  certstore::TrustPolicy& policy = source.policy;
  for (const std::string& name : arguments.values("allow-weak")) {
    require_weakness(name);
    policy.allowed.insert(name);
  }
  const auto at = time_option(arguments, "at-time");
  source.time_was_given = at.has_value();
  policy.now = certstore::now();
  policy.at = at.value_or(policy.now);
  policy.crls.required = arguments.has("require-revocation");
  if (arguments.has("fetch-crl")) policy.crls.fetch = crl_fetcher(std::string(arguments.tool()));
  for (const std::string& path : arguments.values("trust")) {
    const auto signers = certstore::read_signer_file(path);
    policy.trusted.insert(policy.trusted.end(), signers.begin(), signers.end());
  }
  if (const auto path = arguments.value("bad-keys")) policy.public_keys_known = read_bad_keys(*path);
  read_trust(arguments, source);
  return source;
}

NamedPolicy read_package_policy(const std::optional<std::string>& word) {
  const std::string name = word.value_or("default");
  const auto presets = policy_presets();
  if (std::find(presets.begin(), presets.end(), name) != presets.end()) {
    return {name, parse_package_policy(certstore::as_bytes(text_of_preset(name)), name)};
  }
  std::error_code absent;
  if (!std::filesystem::exists(name, absent)) {
    throw Error(ErrorKind::io, "there is no policy " + certstore::in_quotes(name),
                "the name of a file, or one of default, strict and legacy-vro");
  }
  const certstore::Bytes text = InputFile::open(name).read_all(certstore::limits::kConfigurationSize);
  return {name, parse_package_policy(text, name)};
}

std::optional<ImportedPolicy> imported_policy(const certstore::TrustStore& store) {
  for (certstore::KeptBundle& kept : store.bundles()) {
    if (!kept.policy) continue;
    std::string name =
        "of the bundle " + certstore::in_quotes(kept.name) + ", version " + std::to_string(kept.version);
    PackagePolicy policy = parse_package_policy(certstore::as_bytes(*kept.policy), "the policy " + name);
    return ImportedPolicy{std::move(kept), {std::move(name), std::move(policy)}};
  }
  return std::nullopt;
}

bool names_any_store(const Arguments& arguments) {
  return arguments.has("store") || std::getenv("PKGTRUST_STORE") != nullptr ||
         std::getenv("XDG_DATA_HOME") != nullptr || std::getenv("HOME") != nullptr;
}

std::filesystem::path trust_folder(const Arguments& arguments) {
  const certstore::StorePlace place = certstore::store_place(arguments.value("store").value_or(""));
  if (arguments.verbose()) {
    std::cerr << arguments.tool() << ": store = " << certstore::escaped(place.folder.string()) << " (from "
              << place.origin << ")\n";
  }
  return place.trust();
}

std::optional<certstore::Instant> time_option(const Arguments& arguments, std::string_view option) {
  const auto text = arguments.value(option);
  if (!text) return std::nullopt;
  try {
    return certstore::parse_instant(*text);
  } catch (const Error& error) {
    throw Error(ErrorKind::usage, "--" + std::string(option) + ": " + error.what(), error.hint());
  }
}

void require_weakness(std::string_view name) {
  const auto& names = certstore::kWeaknesses;
  if (std::find(names.begin(), names.end(), name) != names.end()) return;
  std::string list;
  for (const std::string_view known : names) list += (list.empty() ? "" : ", ") + std::string(known);
  throw Error(ErrorKind::usage, certstore::in_quotes(name) + " is not a weakness that can be allowed",
              "one of " + list);
}

certstore::Sha256 parse_fingerprint(std::string_view text, std::string_view option) {
  const std::string digits = fingerprint_digits(text);
  certstore::Sha256 fingerprint{};
  if (digits.size() == 2 * fingerprint.size() &&
      digits.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos) {
    const certstore::Bytes bytes = certstore::from_hex(digits);
    std::copy(bytes.begin(), bytes.end(), fingerprint.begin());
    return fingerprint;
  }
  throw Error(ErrorKind::usage,
              std::string(option) + " takes a whole SHA-256 fingerprint, not " + certstore::in_quotes(text),
              "write sha256: and its 64 hex digits");
}

}  // namespace verifier
