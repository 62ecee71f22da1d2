#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/ca_answer.h"
#include "certstore/certificate_file.h"
#include "certstore/certificate_path.h"
#include "signer/audit_pen.h"
#include "signer/cert_text.h"
#include "signer/commands.h"
#include "signer/store_access.h"

#include <iostream>

namespace signer {
namespace {

using certstore::CaAnswer;
using certstore::Certificate;
using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::cli::Arguments;

void warn(const Arguments& arguments, const std::string& text) {
  std::cerr << arguments.tool() << ": warning: " << text << "\n";
}

// What the files of the CA hold together, and for the audit log which they were.
struct Received {
  std::vector<Certificate> certificates;
  certstore::Sha256 first{};
  std::string others;
};

Received receive(const Arguments& arguments) {
  std::vector<std::string> paths = arguments.operands();
  for (const std::string& path : arguments.values("chain")) paths.push_back(path);
  Received received;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const auto found = certstore::read_certificate_file(paths[i]);
    if (i == 0) {
      received.first = found.sha256;
    } else {
      received.others +=
          "with " + certstore::in_quotes(paths[i]) + " sha256:" + certstore::to_hex(found.sha256) + ", ";
    }
    received.certificates.insert(received.certificates.end(), found.certificates.begin(),
                                 found.certificates.end());
    for (const std::string& note : found.notes) {
      std::cerr << arguments.tool() << ": note: " << note << "\n";
    }
  }
  return received;
}

// The issuers that the store knows: of this identity, and of the one that it follows.
std::vector<Certificate> known_issuers(const certstore::KeyStore& keys,
                                       const certstore::StoredIdentity& identity) {
  std::vector<Certificate> known = identity.issuers();
  if (!identity.succeeds) return known;
  for (const certstore::StoredIdentity& other : keys.list()) {
    if (other.signer().public_key_sha256() != *identity.succeeds) continue;
    for (const Certificate& issuer : other.issuers()) known.push_back(issuer);
  }
  return known;
}

// What is allowed, and will surprise somebody later.
void warn_of(const Arguments& arguments, const CaAnswer& answer, const Certificate& before) {
  const Certificate& certificate = answer.certificate;
  if (certificate.subject() != before.subject()) {
    warn(arguments, "the CA changed the subject from " + certstore::in_quotes(before.subject()) + " to " +
                        certstore::in_quotes(certificate.subject()));
  }
  if (const std::string why = vro_unfitness(certificate); !why.empty()) {
    warn(arguments, "no vRO package can be signed with it: " + why);
  }
  if (!certstore::may_sign_packages(certificate)) {
    warn(arguments,
         "the CA issued it for TLS servers only (serverAuth, no codeSigning): pkgverify accepts packages by "
         "it "
         "where the certificate itself is trusted, and ends with 12 (certificate-purpose) where only its CA "
         "is");
  }
  if (before.promises_bound_packages() && !certificate.promises_bound_packages()) {
    warn(arguments,
         "the CA left out the extension that says 'always bound': a seal that is taken off a "
         "package will not be noticed");
  }
  for (const Certificate& issuer : answer.chain) {
    if (issuer.not_after() >= certificate.not_after()) continue;
    warn(arguments, "its issuer " + certstore::in_quotes(issuer.subject()) + " ends before it, on " +
                        certstore::to_date(issuer.not_after()));
  }
}

void tell(const Arguments& arguments, const certstore::StoredIdentity& identity) {
  if (arguments.quiet()) return;
  print_identity(identity, certstore::now(), std::cout);
  if (certstore::may_sign_packages(identity.own_certificate())) {
    std::cout << "\nYour importers trust the root: pkgverify trust add ROOT.pem\n";
  } else {
    std::cout << "\nYour importers trust the certificate itself: pkgsign cert export --format der -o FILE, "
                 "and there "
                 "pkgverify trust add FILE\n";
  }
}

ExitCode run(const Arguments& arguments) {
  const std::string alias = alias_of(arguments);
  certstore::StoredIdentity identity;
  std::vector<Certificate> known;
  {
    const auto keys = open_keys(arguments, certstore::OpenMode::read);
    identity = get_identity(keys, alias);
    known = known_issuers(keys, identity);
  }
  const Certificate before = identity.own_certificate();
  const Received received = receive(arguments);
  const CaAnswer answer =
      certstore::arrange_ca_answer(received.certificates, known, before, certstore::now());
  warn_of(arguments, answer, before);
  identity.certificate = answer.certificate.der();
  identity.chain.clear();
  for (const Certificate& issuer : answer.chain) identity.chain.push_back(issuer.der());
  if (!arguments.has("dry-run")) {
    auto keys = certstore::KeyStore::open(place_of(arguments).keys(), certstore::OpenMode::write);
    const auto master = keys.unlock(store_passphrase(arguments));
    // The store may hold a key that is not that of its certificate; then the answer fits the wrong one.
    if (!open_key(keys, master, alias).matches(answer.certificate)) {
      throw Error(ErrorKind::key,
                  "the certificate is not for the private key of " + certstore::in_quotes(alias));
    }
    note_use(arguments, keys, master,
             {.action = "cert import",
              .file = arguments.operands().front(),
              .sha256 = received.first,
              .alias = alias,
              .signer = answer.certificate.sha256(),
              .detail = received.others + "in the place of sha256:" + certstore::to_hex(before.sha256())});
    keys.replace_certificate(master, alias, before.sha256(), identity.certificate, identity.chain);
  }
  tell(arguments, identity);
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command cert_import_command() {
  return {.name = "cert import",
          .operands = "FILE...",
          .summary = "take the CA's answer to a request: PEM, DER or PKCS#7, in any order",
          .options = {{"chain", '\0', "FILE", "certificates of its issuers, if they come apart", true},
                      kAliasOption,
                      certstore::cli::kStoreOption,
                      certstore::cli::kPassphraseOption,
                      {"dry-run", 'n', "", "check and show it, keep the old certificate"}},
          .example = "pkgsign cert import server.crt --chain ca-chain.pem",
          .exit_codes = "0 stored, 1 it does not fit or trouble, 15 dates, 16 public key, 2 usage",
          .run = run};
}

}  // namespace signer
