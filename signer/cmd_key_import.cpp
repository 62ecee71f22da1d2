#include "certstore/base/escape.h"
#include "certstore/key_file_doctor.h"
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

struct Brought {
  certstore::Sha256 file;
  ImportedIdentity identity;
};

Brought read_identity(const Arguments& arguments) {
  certstore::ImportTerms terms;
  std::vector<std::string> notes;
  // What needs no passphrase is found wrong before one is asked for.
  terms.more = other_certificates(arguments, notes);
  terms.partial_chain = arguments.has("partial-chain");
  terms.now = certstore::now();
  const std::string& path = arguments.operands().front();
  const auto bytes = certstore::read_person_file(certstore::InputFile::open(path));
  certstore::KeyFile file = read_operand(arguments, path, bytes);
  file.notes.insert(file.notes.end(), notes.begin(), notes.end());
  return {certstore::sha256(bytes.view()), examine(std::move(file), terms)};
}

void keep(const Arguments& arguments, const std::string& alias, const Brought& brought) {
  const ImportedIdentity& imported = brought.identity;
  auto keys = open_keys(arguments, certstore::OpenMode::write);
  const auto master = keys.unlock(store_passphrase(arguments));
  certstore::StoredIdentity identity;
  identity.alias = alias;
  identity.certificate = imported.certificate.der();
  for (const Certificate& link : imported.chain) identity.chain.push_back(link.der());
  identity.created = certstore::now();
  note_use(arguments, keys, master,
           {.action = "key import",
            .file = arguments.operands().front(),
            .sha256 = brought.file,
            .alias = alias,
            .signer = imported.certificate.sha256()});
  keys.add_identity(master, identity, imported.key.to_pkcs8());
}

void tell(const std::string& alias, const ImportedIdentity& imported) {
  const Certificate& certificate = imported.certificate;
  std::cout << "identity:     " << certstore::escaped(alias) << " (imported)\n"
            << "subject:      " << certstore::escaped(certificate.subject()) << "\n"
            << "issuer:       "
            << (certificate.is_self_signed() ? "itself" : certstore::escaped(certificate.issuer())) << "\n"
            << "public key:   " << key_text(certificate) << "\n"
            << "valid:        from " << certstore::to_date(certificate.not_before()) << " to "
            << certstore::to_date(certificate.not_after()) << "\n"
            << "chain:        " << imported.chain.size() << " above it\n"
            << "SHA256:       " << certstore::to_hex(certificate.sha256()) << "\n";
}

ExitCode run(const Arguments& arguments) {
  const std::string alias = alias_of(arguments);
  // Opened first, so that a missing store is told as such.
  static_cast<void>(open_keys(arguments, certstore::OpenMode::read));
  require_free(place_of(arguments), alias, "--alias NAME keeps the imported one beside it");
  const Brought brought = read_identity(arguments);
  const ImportedIdentity& imported = brought.identity;
  for (const std::string& note : imported.notes) std::cerr << arguments.tool() << ": note: " << note << "\n";
  keep(arguments, alias, brought);
  if (!arguments.quiet()) tell(alias, imported);
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command key_import_command() {
  return {
      .name = "key import",
      .operands = "FILE",
      .summary = "bring a private key with its certificate: PEM, DER, PKCS#12, JKS, JCEKS",
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
