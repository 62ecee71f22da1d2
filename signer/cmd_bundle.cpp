#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "certstore/base/limits.h"
#include "certstore/statement_key.h"
#include "certstore/trust_bundle.h"
#include "signer/audit_pen.h"
#include "signer/commands.h"
#include "signer/document_output.h"
#include "signer/store_access.h"

#include <unistd.h>

#include <iostream>

namespace signer {
namespace {

using certstore::Certificate;
using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::TrustBundle;
using certstore::TrustRecord;
using certstore::cli::Arguments;

Certificate statement_certificate(const certstore::KeyStore& keys) {
  const auto identity = keys.find(certstore::kStatementKey);
  if (identity) return identity->own_certificate();
  throw Error(ErrorKind::key, "the store has no statement key: it was made before there was one",
              "a store that pkgsign init makes has one");
}

ExitCode key(const Arguments& arguments) {
  const DocumentTarget target{
      .path = arguments.value("output").value_or("-"), .as_der = false, .replace = arguments.has("force")};
  const Certificate certificate = statement_certificate(open_keys(arguments, certstore::OpenMode::read));
  const bool to_file = write_document(target, certstore::as_bytes(certstore::to_pem(certificate)));
  if (arguments.quiet()) return ExitCode::accepted;
  (to_file ? std::cout : std::cerr) << "tell those who will trust your bundles: SHA256 "
                                    << certstore::to_hex(certificate.sha256()) << "\n";
  return ExitCode::accepted;
}

// Who signs must know what.
void show(const TrustBundle& bundle, std::ostream& out) {
  std::size_t retired = 0;
  for (const TrustRecord& record : bundle.records)
    retired += record.kind == TrustRecord::Kind::retire ? 1 : 0;
  out << "bundle " << certstore::in_quotes(bundle.name) << ", version " << bundle.version << ", until "
      << certstore::to_rfc3339(bundle.expires) << ": trusts " << bundle.records.size() - retired
      << ", retires " << retired << ", " << bundle.crls.size() << " revocation lists, "
      << (bundle.policy ? "with a policy" : "no policy") << "; " << bundle.threshold << " of "
      << bundle.keys.size() << " keys must have signed\n";
}

void say_signers(const certstore::SignedBundle& made, const DocumentTarget& target) {
  std::size_t own = 0;
  for (const Certificate& signer : made.signers) {
    for (const Certificate& named : made.bundle.keys) {
      own += named.public_key_sha256() == signer.public_key_sha256() ? 1 : 0;
    }
  }
  std::cout << "signed " << certstore::shell_quoted(target.path) << ": by " << own << " of its "
            << made.bundle.threshold << " required keys";
  if (own < made.signers.size())
    std::cout << ", and " << made.signers.size() - own << " that it does not name";
  std::cout << "\n";
}

// The bundle as it is, signed or not; shown, and still in force.
TrustBundle bundle_in(certstore::ByteView file, const std::string& path, const Arguments& arguments,
                      certstore::Instant now) {
  TrustBundle bundle = certstore::is_bundle_draft(file) ? certstore::read_bundle(file, path)
                                                        : certstore::read_signed_bundle(file, path).bundle;
  if (!arguments.quiet()) show(bundle, std::cerr);
  if (now < bundle.expires) return bundle;
  throw Error(ErrorKind::dates, "the bundle ended on " + certstore::to_rfc3339(bundle.expires),
              "pkgverify trust export makes the next one");
}

ExitCode sign(const Arguments& arguments) {
  const DocumentTarget target{
      .path = arguments.value("output").value_or("-"), .as_der = true, .replace = arguments.has("force")};
  if (target.path == "-" && ::isatty(STDOUT_FILENO) == 1) {
    throw Error(ErrorKind::usage, "a signed bundle is not written to a terminal", "-o FILE");
  }
  const std::string& path = arguments.operands().front();
  const certstore::Bytes file = certstore::InputFile::open(path).read_all(certstore::limits::kCmsSize);
  const certstore::Instant now = certstore::signing_time();
  const TrustBundle bundle = bundle_in(file, path, arguments, now);
  require_audit_place(arguments);
  const certstore::KeyStore keys = open_keys(arguments, certstore::OpenMode::read);
  const Certificate certificate = statement_certificate(keys);
  const certstore::MasterKey master = keys.unlock(store_passphrase(arguments));
  const certstore::Signer signer(open_key(keys, master, certstore::kStatementKey), certificate, {});
  const certstore::Bytes made = certstore::sign_bundle(file, path, signer, now);
  AuditPen pen(arguments, place_of(arguments));
  pen.take_key(keys, master);
  pen.write({.action = "bundle sign",
             .file = target.path,
             .sha256 = certstore::sha256(made),
             .alias = std::string(certstore::kStatementKey),
             .signer = certificate.sha256(),
             .detail = bundle.name + " version " + std::to_string(bundle.version)});
  if (write_document(target, made) && !arguments.quiet()) {
    say_signers(certstore::read_signed_bundle(made, target.path), target);
  }
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command bundle_key_command() {
  return {.name = "bundle key",
          .operands = "",
          .summary = "write the certificate of the key that signs trust bundles",
          .options = {kOutputOption, certstore::cli::kForceOption, certstore::cli::kStoreOption},
          .example = "pkgsign bundle key -o anna.pem",
          .exit_codes = "0 written, 1 no store or the file exists, 2 usage",
          .run = key};
}

certstore::cli::Command bundle_sign_command() {
  return {.name = "bundle sign",
          .operands = "FILE",
          .summary = "sign a trust bundle, or sign it too, with the store's statement key",
          .options = {kOutputOption, certstore::cli::kForceOption, certstore::cli::kStoreOption,
                      certstore::cli::kPassphraseOption, kAuditToOption},
          .example =
              "pkgsign bundle sign site.json -o site.bundle\n"
              "  pkgsign bundle sign site.bundle -o site.bundle --force",
          .exit_codes =
              "0 signed, 1 no store, wrong passphrase, or the file exists, 2 usage,\n"
              "  13 no sound bundle, 15 it has ended",
          .run = sign};
}

}  // namespace signer
