#include "certstore/base/escape.h"
#include "certstore/signing_request.h"
#include "signer/audit_pen.h"
#include "signer/commands.h"
#include "signer/document_output.h"
#include "signer/store_access.h"

#include <iostream>

namespace signer {
namespace {

using certstore::Bytes;
using certstore::Certificate;
using certstore::ExitCode;
using certstore::PrivateKey;
using certstore::cli::Arguments;

Bytes request_of(const Arguments& arguments, const std::string& alias, const DocumentTarget& target) {
  const auto keys = open_keys(arguments, certstore::OpenMode::read);
  const Certificate certificate = get_identity(keys, alias).own_certificate();
  const auto master = keys.unlock(store_passphrase(arguments));
  const PrivateKey key = open_key(keys, master, alias);
  Bytes request = certstore::make_signing_request(key, certificate, arguments.values("dns"));
  if (!target.as_der) {
    const std::string pem = certstore::signing_request_to_pem(request);
    request.assign(pem.begin(), pem.end());
  }
  note_use(arguments, keys, master,
           {.action = "csr export",
            .file = target.path,
            .sha256 = certstore::sha256(request),
            .alias = alias,
            .signer = certificate.sha256()});
  return request;
}

ExitCode run(const Arguments& arguments) {
  const DocumentTarget target = document_target(arguments);
  const std::string alias = alias_of(arguments);
  require_audit_place(arguments);
  const bool to_file = write_document(target, request_of(arguments, alias, target));
  if (to_file && !arguments.quiet()) {
    std::cout << "wrote " << certstore::shell_quoted(target.path)
              << "; send it to your CA, then: pkgsign cert import FILE --alias "
              << certstore::shell_quoted(alias) << "\n";
  }
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command csr_export_command() {
  return {.name = "csr export",
          .operands = "",
          .summary = "write a certificate signing request for a CA",
          .options = {kAliasOption,
                      certstore::cli::kStoreOption,
                      certstore::cli::kPassphraseOption,
                      kOutputOption,
                      {"format", '\0', "NAME", "pem or der"},
                      {"dns", '\0', "NAME", "ask for this DNS name too", true},
                      kAuditToOption,
                      certstore::cli::kForceOption},
          .example = "pkgsign csr export -o VSOcertificate.csr",
          .exit_codes = "0 written, 1 no such identity, wrong passphrase, or the file exists, 2 usage",
          .run = run};
}

}  // namespace signer
