#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/key_file_doctor.h"
#include "certstore/known_public_keys.h"
#include "certstore/minisign_secret.h"
#include "certstore/minisign_text.h"
#include "signer/audit_pen.h"
#include "signer/cert_text.h"
#include "signer/commands.h"
#include "signer/store_access.h"

#include <iostream>

namespace signer {
namespace {

using certstore::Certificate;
using certstore::ExitCode;
using certstore::ImportedIdentity;
using certstore::cli::Arguments;

certstore::KeyFile read_operand(const Arguments& arguments, const std::string& path,
                                const certstore::SecretBytes& bytes) {
  const certstore::KeyFileRequest request{
      .name = path,
      .alias = arguments.value("source-alias").value_or(""),
      .passphrase =
          [&] {
            return passphrase_from(arguments, "file-passphrase",
                                   "passphrase of the file " + certstore::in_quotes(path), false);
          },
      .key_passphrase =
          [&] {
            return passphrase_from(arguments, "key-passphrase",
                                   "own passphrase of the key (that of the file does not open it)", false);
          }};
  return read_key_file(bytes.view(), request);
}

// The files of --cert and --chain; what is unusual about them goes to `notes`.
std::vector<Certificate> other_certificates(const Arguments& arguments, std::vector<std::string>& notes) {
  std::vector<Certificate> certificates;
  for (const char* option : {"cert", "chain"}) {
    for (const std::string& path : arguments.values(option)) {
      const auto found = certstore::read_certificate_file(path);
      certificates.insert(certificates.end(), found.certificates.begin(), found.certificates.end());
      notes.insert(notes.end(), found.notes.begin(), found.notes.end());
    }
  }
  return certificates;
}

// What the store gets, wherever it came from.
struct Brought {
  certstore::Sha256 file;
  certstore::PrivateKey key;
  certstore::SignerIdentity signer;
  std::vector<Certificate> chain;
  std::vector<std::string> notes;
};

// A minisign key stays what it is: no certificate is taken for it.
Brought read_minisign(const Arguments& arguments, const certstore::SecretBytes& bytes) {
  const std::string& path = arguments.operands().front();
  for (const char* option : {"cert", "chain", "partial-chain", "source-alias", "key-passphrase"}) {
    if (!arguments.has(option)) continue;
    throw certstore::Error(
        certstore::ErrorKind::usage,
        certstore::in_quotes(path) + " is a key file of minisign, for which --" + option + " has no meaning",
        "a minisign key never gets a certificate");
  }
  auto secret = certstore::read_minisign_secret(bytes.view(), path, [&] {
    return passphrase_from(arguments, "file-passphrase",
                           "passphrase of the file " + certstore::in_quotes(path), false);
  });
  certstore::require_not_public(secret.public_key.sha256(), certstore::in_quotes(path));
  std::vector<std::string> notes;
  if (!secret.is_encrypted) {
    notes.push_back("the key in " + certstore::in_quotes(path) +
                    " is not encrypted: delete the file when it is in a backup of the store");
  }
  return {certstore::sha256(bytes.view()), std::move(secret.key), secret.public_key, {}, std::move(notes)};
}

Brought read_identity(const Arguments& arguments, const certstore::SecretBytes& bytes) {
  certstore::ImportTerms terms;
  std::vector<std::string> notes;
  // What needs no passphrase is found wrong before one is asked for.
  terms.more = other_certificates(arguments, notes);
  terms.partial_chain = arguments.has("partial-chain");
  terms.now = certstore::now();
  certstore::KeyFile file = read_operand(arguments, arguments.operands().front(), bytes);
  file.notes.insert(file.notes.end(), notes.begin(), notes.end());
  ImportedIdentity found = examine(std::move(file), terms);
  return {certstore::sha256(bytes.view()), std::move(found.key), found.certificate, std::move(found.chain),
          std::move(found.notes)};
}

Brought read_brought(const Arguments& arguments) {
  const auto bytes = certstore::read_person_file(certstore::InputFile::open(arguments.operands().front()));
  return certstore::looks_like_minisign(bytes.view()) ? read_minisign(arguments, bytes)
                                                      : read_identity(arguments, bytes);
}

void keep(const Arguments& arguments, const std::string& alias, const Brought& brought) {
  auto keys = open_keys(arguments, certstore::OpenMode::write);
  const auto master = keys.unlock(store_passphrase(arguments));
  auto identity = certstore::stored_identity(alias, brought.signer);
  for (const Certificate& link : brought.chain) identity.chain.push_back(link.der());
  identity.created = certstore::now();
  note_use(arguments, keys, master,
           {.action = "key import",
            .file = arguments.operands().front(),
            .sha256 = brought.file,
            .alias = alias,
            .signer = brought.signer.sha256()});
  keys.add_identity(master, identity, brought.key.to_pkcs8());
}

void tell(const std::string& alias, const Brought& brought) {
  if (brought.signer.bare_key() != nullptr) {
    return print_bare_key(certstore::stored_identity(alias, brought.signer), "imported", std::cout);
  }
  const Certificate& certificate = *brought.signer.certificate();
  std::cout << "identity:     " << certstore::escaped(alias) << " (imported)\n"
            << "subject:      " << certstore::escaped(certificate.subject()) << "\n"
            << "issuer:       "
            << (certificate.is_self_signed() ? "itself" : certstore::escaped(certificate.issuer())) << "\n"
            << "public key:   " << key_text(certificate) << "\n"
            << "valid:        from " << certstore::to_date(certificate.not_before()) << " to "
            << certstore::to_date(certificate.not_after()) << "\n"
            << "chain:        " << brought.chain.size() << " above it\n"
            << "SHA256:       " << certstore::to_hex(certificate.sha256()) << "\n";
}

ExitCode run(const Arguments& arguments) {
  const std::string alias = alias_of(arguments);
  // Opened first, so that a missing store is told as such.
  static_cast<void>(open_keys(arguments, certstore::OpenMode::read));
  require_free(place_of(arguments), alias, "--alias NAME keeps the imported one beside it");
  const Brought brought = read_brought(arguments);
  for (const std::string& note : brought.notes) std::cerr << arguments.tool() << ": note: " << note << "\n";
  keep(arguments, alias, brought);
  if (!arguments.quiet()) tell(alias, brought);
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command key_import_command() {
  return {
      .name = "key import",
      .operands = "FILE",
      .summary =
          "bring a private key with its certificate (PEM, DER, PKCS#12, JKS, JCEKS), or that of minisign",
      .options = {{"cert", '\0', "FILE", "its certificate, where FILE does not hold it"},
                  {"chain", '\0', "FILE", "certificates of its issuers, likewise", true},
                  {"partial-chain", '\0', "", "keep it although an issuer is missing"},
                  {"source-alias", '\0', "NAME", "which key, where FILE is a keystore with several"},
                  {"file-passphrase", '\0', "SOURCE", "passphrase of FILE"},
                  {"key-passphrase", '\0', "SOURCE", "that of the key in it, where it is another"},
                  kAliasOption,
                  certstore::cli::kStoreOption,
                  certstore::cli::kPassphraseOption},
      .example = "pkgsign key import vmo-server.vmokeystore --alias product",
      .exit_codes = "0 kept, 1 wrong passphrase, no match, missing issuer or trouble, 16 public key, 2 usage",
      .run = run};
}

}  // namespace signer
