#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "certstore/key_export.h"
#include "certstore/key_file.h"
#include "certstore/minisign_secret.h"
#include "certstore/minisign_text.h"
#include "signer/audit_pen.h"
#include "signer/commands.h"
#include "signer/store_access.h"

#include <array>
#include <filesystem>
#include <functional>
#include <iostream>

namespace signer {
namespace {

using certstore::Bytes;
using certstore::Certificate;
using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::PrivateKey;
using certstore::SecretBytes;
using certstore::cli::Arguments;

constexpr std::array<std::string_view, 3> kForms = {"pkcs8", "pkcs12", certstore::kMinisignKey};

// The form that --to names, else that of the key. A key has one use, elsewhere too.
std::string form_of(const Arguments& arguments, const std::string& alias,
                    const certstore::StoredIdentity& identity) {
  const std::string form = arguments.word("to", kForms);
  if (identity.bare_key) {
    if (!arguments.has("to") || form == certstore::kMinisignKey) return std::string(certstore::kMinisignKey);
    throw Error(ErrorKind::key,
                certstore::in_quotes(alias) + " is a minisign key, which goes into no other kind of file",
                "--to minisign");
  }
  if (form != certstore::kMinisignKey) return form;
  throw Error(ErrorKind::key,
              certstore::in_quotes(alias) + " has a certificate: it does not become a minisign key",
              "make a key of its own: pkgsign init --key minisign --alias NAME");
}

// What is wrong with the request is said before a passphrase is asked for.
std::string target_of(const Arguments& arguments) {
  const bool as_pkcs12 = arguments.word("to", kForms) == "pkcs12";
  const std::string path = arguments.value("output").value_or("");
  if (path.empty() || path == "-") {
    throw Error(ErrorKind::usage, "a private key goes to a file that only its owner can read", "-o FILE");
  }
  if (arguments.has("legacy") && !as_pkcs12) {
    throw Error(ErrorKind::usage, "--legacy is for PKCS#12", "--to pkcs12 --legacy");
  }
  if (!arguments.has("force") && std::filesystem::exists(std::filesystem::symlink_status(path))) {
    throw Error(ErrorKind::io, certstore::in_quotes(path) + " exists already", "another name, or --force");
  }
  return path;
}

struct Opened {
  certstore::StoredIdentity identity;
  std::string form;
  PrivateKey key;
};

Opened open_identity(const Arguments& arguments, const std::string& alias, AuditPen& pen) {
  const auto keys = open_keys(arguments, certstore::OpenMode::read);
  const auto stored = get_identity(keys, alias);
  const std::string form = form_of(arguments, alias, stored);
  const auto master = keys.unlock(store_passphrase(arguments));
  pen.take_key(keys, master);
  return {stored, form, open_key(keys, master, alias)};
}

Bytes file_of(const Opened& opened, const SecretBytes& passphrase, bool legacy) {
  if (opened.identity.bare_key) {
    return certstore::to_minisign_secret(opened.key, *opened.identity.bare_key, passphrase);
  }
  if (opened.form != "pkcs12") return certstore::to_encrypted_pem(opened.key, passphrase);
  std::vector<Certificate> certificates = {opened.identity.own_certificate()};
  for (Certificate& issuer : opened.identity.issuers()) certificates.push_back(std::move(issuer));
  return certstore::to_pkcs12(opened.key, certificates, passphrase,
                              {.alias = opened.identity.alias, .legacy = legacy});
}

certstore::Sha256 key_read_from(const Bytes& written, const std::function<SecretBytes()>& passphrase) {
  const std::string_view name = "the exported file";
  if (certstore::looks_like_minisign(written)) {
    return certstore::read_minisign_secret(written, name, passphrase).public_key.sha256();
  }
  return certstore::read_key_file(
             written,
             {.name = std::string(name), .alias = {}, .passphrase = passphrase, .key_passphrase = passphrase})
      .key.public_key_sha256();
}

// A file that does not open again must not be the only copy.
void require_opens(const Bytes& written, const PrivateKey& key, const SecretBytes& passphrase) {
  if (key_read_from(written, [&] { return passphrase.copy(); }) != key.public_key_sha256()) {
    throw Error(ErrorKind::internal, "the exported file does not hold the key that was to be exported");
  }
}

std::string encryption_of(const Opened& opened, bool legacy) {
  if (opened.identity.bare_key) return "minisign's own form, scrypt";
  if (opened.form == "pkcs12") return legacy ? "PKCS#12, 3DES" : "PKCS#12, AES-256";
  return "PKCS#8 in PEM, AES-256";
}

ExitCode run(const Arguments& arguments) {
  const std::string path = target_of(arguments);
  const std::string alias = alias_of(arguments);
  AuditPen pen(arguments, place_of(arguments));
  const Opened opened = open_identity(arguments, alias, pen);
  const SecretBytes passphrase =
      passphrase_from(arguments, "file-passphrase", "new passphrase for the exported file", true);
  const bool legacy = arguments.has("legacy");
  const Bytes written = file_of(opened, passphrase, legacy);
  require_opens(written, opened.key, passphrase);
  certstore::AtomicFile file(path, 0600);
  file.write(written);
  pen.write({.action = "key export",
             .file = path,
             .sha256 = certstore::sha256(written),
             .alias = alias,
             .signer = opened.identity.signer().sha256()});
  file.commit(arguments.has("force") ? certstore::Existing::replace : certstore::Existing::refuse);
  if (legacy) {
    std::cerr << arguments.tool()
              << ": warning: 3DES and SHA-1 are weak: delete the file when the old program has read it\n";
  }
  if (!arguments.quiet()) {
    std::cout << "wrote the private key of " << certstore::in_quotes(alias) << " to "
              << certstore::shell_quoted(path) << ", encrypted (" << encryption_of(opened, legacy) << ")\n";
  }
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command key_export_command() {
  return {.name = "key export",
          .operands = "",
          .summary = "write the private key of an identity, encrypted, for another program",
          .options = {{"output", 'o', "FILE", "where to; only its owner can read it"},
                      {"to", '\0', "FORM",
                       "pkcs8 (PEM, the key alone), pkcs12 (with its certificates), or minisign"},
                      {"legacy", '\0', "", "PKCS#12 with 3DES and SHA-1, for old importers"},
                      {"file-passphrase", '\0', "SOURCE", "new passphrase for the file"},
                      kAuditToOption,
                      kAliasOption,
                      certstore::cli::kStoreOption,
                      certstore::cli::kPassphraseOption,
                      certstore::cli::kForceOption},
          .example = "pkgsign key export --to pkcs12 -o server.p12",
          .exit_codes = "0 written, 1 the file exists, wrong passphrase or trouble, 2 usage",
          .run = run};
}

}  // namespace signer
