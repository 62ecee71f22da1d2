#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "certstore/signing_request.h"
#include "signer/commands.h"
#include "signer/store_access.h"

#include <unistd.h>

#include <array>
#include <iostream>

namespace signer {
namespace {

using certstore::Bytes;
using certstore::Certificate;
using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::PrivateKey;
using certstore::cli::Arguments;

constexpr std::array<std::string_view, 2> kPemOrDer = {"pem", "der"};

Bytes request_of(const Arguments& arguments, const std::string& alias) {
  const auto keys = open_keys(arguments, certstore::OpenMode::read);
  const auto certificate = Certificate::from_der(get_identity(keys, alias).certificate, alias);
  const auto master = keys.unlock(store_passphrase(arguments));
  const auto key = PrivateKey::from_pkcs8(keys.open_private_key(master, alias).view(), alias);
  return certstore::make_signing_request(key, certificate, arguments.values("dns"));
}

ExitCode run(const Arguments& arguments) {
  const bool as_der = arguments.word("format", kPemOrDer) == "der";
  const auto path = arguments.value("output").value_or("-");
  if (path == "-" && as_der && ::isatty(STDOUT_FILENO) == 1) {
    throw Error(ErrorKind::usage, "DER is not written to a terminal", "-o FILE, or --format pem");
  }
  const std::string alias = alias_of(arguments);
  Bytes bytes = request_of(arguments, alias);
  if (!as_der) {
    const std::string pem = certstore::signing_request_to_pem(bytes);
    bytes.assign(pem.begin(), pem.end());
  }
  if (path == "-") {
    std::cout << certstore::as_text(bytes);
    return ExitCode::accepted;
  }
  certstore::AtomicFile file(path);
  file.write(bytes);
  file.commit(arguments.has("force") ? certstore::Existing::replace : certstore::Existing::refuse);
  if (!arguments.quiet()) {
    std::cout << "wrote " << certstore::shell_quoted(path)
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
                      {"output", 'o', "FILE", "where to (default: standard output)"},
                      {"format", '\0', "NAME", "pem or der"},
                      {"dns", '\0', "NAME", "ask for this DNS name too", true},
                      certstore::cli::kForceOption},
          .example = "pkgsign csr export -o VSOcertificate.csr",
          .exit_codes = "0 written, 1 no such identity, wrong passphrase, or the file exists, 2 usage",
          .run = run};
}

}  // namespace signer
