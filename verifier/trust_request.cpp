#include "verifier/trust_request.h"

#include "certstore/actor.h"
#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "certstore/certificate_file.h"
#include "certstore/certificate_path.h"
#include "certstore/file_digest.h"
#include "certstore/known_public_keys.h"
#include "certstore/record_match.h"
#include "certstore/signer_file.h"
#include "certstore/trust_store.h"
#include "verifier/beside.h"
#include "verifier/policy_source.h"
#include "verifier/verify.h"

#include <algorithm>
#include <array>
#include <iostream>

namespace verifier {
namespace {

using certstore::Certificate;
using certstore::Error;
using certstore::ErrorKind;
using certstore::in_quotes;
using certstore::InputFile;
using certstore::SignerIdentity;
using certstore::to_hex;
using certstore::TrustRecord;
using certstore::cli::Arguments;

void refuse_beside(const Arguments& arguments, std::string_view option,
                   std::initializer_list<std::string_view> others) {
  if (!arguments.has(option)) return;
  for (const std::string_view other : others) {
    if (!arguments.has(other)) continue;
    throw Error(ErrorKind::usage,
                "--" + std::string(option) + " and --" + std::string(other) + " do not go together");
  }
}

void refuse_contradictions(const Arguments& arguments) {
  const bool certificates = !arguments.operands().empty();
  const bool signer = arguments.has("signer");
  const bool file = arguments.has("file");
  const bool authorities = arguments.has("ca-file");
  if (int{certificates} + int{signer} + int{file} + int{authorities} != 1) {
    throw Error(ErrorKind::usage,
                "whom or what to trust: one of CERT-FILE..., --signer, --ca-file and --file",
                "pkgverify trust add --help shows all");
  }
  const bool retire = arguments.has("retire");
  if (arguments.has("effective") && !retire) {
    throw Error(ErrorKind::usage, "--effective is the beginning of a retirement: with --retire");
  }
  // A key can be retired by what a person says on the phone; trust needs the certificate.
  if (signer != arguments.has("from") && !(signer && retire)) {
    throw Error(ErrorKind::usage, "--signer and --from go together",
                "pkgverify trust add --signer sha256:... --from PACKAGE");
  }
  if (file && (!arguments.has("until") || arguments.value("reason").value_or("").empty())) {
    throw Error(ErrorKind::usage, "--file needs --until and --reason",
                "it accepts these bytes whoever signed them, so it must say why and end");
  }
  refuse_beside(arguments, "file", {"name", "glob", "allow-weak", "bound", "retire", "use"});
  refuse_beside(arguments, "retire", {"name", "glob", "allow-weak", "bound", "until"});
  refuse_beside(arguments, "name", {"glob"});
  refuse_beside(arguments, "ca-file", {"compared", "bound", "retire"});
  if (arguments.value("use") == "timestamp") refuse_beside(arguments, "use", {"name", "glob", "bound"});
  if (arguments.has("compared") && arguments.operands().size() > 1) {
    throw Error(ErrorKind::usage, "--compared is about one certificate");
  }
}

certstore::AllowedWeakness parse_allowed(const std::string& text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  certstore::AllowedWeakness allowed{text.substr(0, colon), std::nullopt};
  require_weakness(allowed.name);
  if (colon == text.size()) return allowed;
  try {
    allowed.until = certstore::parse_instant(std::string_view(text).substr(colon + 1));
  } catch (const Error& error) {
    throw Error(ErrorKind::usage, "--allow-weak: " + std::string(error.what()), "write md5:2027-01-31");
  }
  return allowed;
}

// Everything but the subject.
TrustRecord read_limits(const Arguments& arguments) {
  constexpr std::array<std::string_view, 3> kUses = {"package", "timestamp", "statement"};
  TrustRecord record;
  const std::string use = arguments.word("use", kUses);
  record.use = use == "package"     ? TrustRecord::Use::package
               : use == "timestamp" ? TrustRecord::Use::timestamp
                                    : TrustRecord::Use::statement;
  record.kind = arguments.has("retire") ? TrustRecord::Kind::retire : TrustRecord::Kind::trust;
  if (arguments.has("name")) record.scope = TrustRecord::Scope::package_name;
  if (arguments.has("glob")) record.scope = TrustRecord::Scope::package_glob;
  record.scope_text = arguments.value("name").value_or(arguments.value("glob").value_or(""));
  record.until = time_option(arguments, "until");
  if (const auto from = time_option(arguments, "effective")) record.from = *from;
  record.reason = arguments.value("reason").value_or("");
  for (const std::string& text : arguments.values("allow-weak"))
    record.allowed.push_back(parse_allowed(text));
  record.bound_required = arguments.has("bound");
  record.made_at = certstore::now();
  record.made_by = certstore::acting_at(record.made_at).user;
  record.origin = TrustRecord::Origin::command;
  if (record.until && *record.until <= record.made_at) {
    throw Error(ErrorKind::usage, "--until " + certstore::to_rfc3339(*record.until) + " has passed");
  }
  if (record.scope != TrustRecord::Scope::everything && record.scope_text.empty()) {
    throw Error(ErrorKind::usage, "the name of the package is empty");
  }
  return record;
}

// The fingerprint that came by another way must be the one that is about to be trusted.
void compare(const Arguments& arguments, const certstore::Sha256& sha256, TrustRecord& record) {
  const auto text = arguments.value("compared");
  if (!text) return;
  const certstore::Sha256 other = parse_fingerprint(*text, "--compared");
  if (other != sha256) {
    throw Error(ErrorKind::key,
                "the fingerprints differ: given sha256:" + to_hex(other) + ", found sha256:" + to_hex(sha256),
                "do not trust it; ask the sender");
  }
  record.compared = true;
}

TrustRecord about(const SignerIdentity& signer, const Arguments& arguments, TrustRecord record) {
  compare(arguments, signer.sha256(), record);
  certstore::set_subject(record, signer);
  if (signer.bare_key() != nullptr && record.use != TrustRecord::Use::package) {
    throw Error(ErrorKind::usage, "a minisign key signs files only: it is not trusted for another use");
  }
  if (record.kind == TrustRecord::Kind::trust && certstore::is_known_public_key(signer.public_key_sha256())) {
    std::cerr << "pkgverify: warning: anyone can download the private key of this signer: packages by it "
                 "end with 16 all the same\n"
              << "pkgverify: hint: to take exactly one file: pkgverify trust add --file FILE --until DATE "
                 "--reason TEXT\n";
  }
  return record;
}

std::vector<TrustRecord> from_certificates(const Arguments& arguments, const TrustRecord& limits) {
  std::vector<TrustRecord> records;
  for (const std::string& path : arguments.operands()) {
    const std::vector<SignerIdentity> signers = certstore::read_signer_file(path);
    if (signers.size() != 1) {
      throw Error(ErrorKind::usage,
                  in_quotes(path) + " has " + std::to_string(signers.size()) +
                      " certificates; trust is given to one at a time",
                  "put the one that is meant into a file of its own");
    }
    records.push_back(about(signers.front(), arguments, limits));
  }
  return records;
}

TrustRecord from_package(const Arguments& arguments, TrustRecord record) {
  const certstore::Sha256 wanted = parse_fingerprint(*arguments.value("signer"), "--signer");
  const std::string path = *arguments.value("from");
  const InputFile file = InputFile::open(path);
  VerifyOptions options;
  options.policy.at = certstore::now();
  options.elements = VerifyOptions::Elements::none;
  options.show_progress = !arguments.quiet();
  const Report report = verify(file, options, open_beside(path, {}));
  if (report.exit_code() == certstore::ExitCode::invalid) {
    throw Error(ErrorKind::malformed, in_quotes(path) + " is invalid: it names no signer to trust",
                "pkgverify check says what is wrong with it");
  }
  for (const SignerReport& signer : report.signers) {
    if (signer.identity.sha256() != wanted) continue;
    // What was bound once must stay so: else the seal could be stripped.
    record.bound_required = record.bound_required || report.facts.bound;
    return about(signer.identity, arguments, std::move(record));
  }
  throw Error(ErrorKind::key, in_quotes(path) + " is not signed by sha256:" + to_hex(wanted),
              report.signers.empty()
                  ? "it has no signature"
                  : "it is signed by sha256:" + to_hex(report.signers[0].identity.sha256()));
}

// Of a fingerprint alone it is not known whether it is that of a certificate or of a key; what this machine
// knows already says it, else it is retired as both.
std::vector<TrustRecord> by_fingerprint(const Arguments& arguments, TrustRecord record) {
  const certstore::Sha256 wanted = parse_fingerprint(*arguments.value("signer"), "--signer");
  if (const auto store = certstore::TrustStore::open_if_present(trust_folder(arguments))) {
    for (const TrustRecord& known : store->list()) {
      if (known.bare_key && known.bare_key->sha256() == wanted) {
        return {about(*known.bare_key, arguments, std::move(record))};
      }
      if (known.certificate.empty()) continue;
      const Certificate certificate = certstore::certificate_of(known);
      if (certificate.sha256() != wanted && certificate.public_key_sha256() != wanted) continue;
      return {about(certificate, arguments, std::move(record))};
    }
  }
  record.sha256 = wanted;
  record.label = "sha256:" + to_hex(wanted);
  record.subject = TrustRecord::Subject::public_key;
  TrustRecord of_certificate = record;
  of_certificate.subject = TrustRecord::Subject::certificate;
  std::cerr
      << "pkgverify: note: this machine does not know whose fingerprint that is; if it is that of a "
         "certificate, another certificate of its key is not retired\n"
      << "pkgverify: hint: the certificate itself retires its key: pkgverify trust add --retire CERT-FILE\n";
  return {std::move(record), std::move(of_certificate)};
}

TrustRecord about_file(const Arguments& arguments, TrustRecord record) {
  const std::string path = *arguments.value("file");
  const InputFile file = InputFile::open(path);
  record.sha256 = certstore::sha256_of(file);
  file.require_unchanged();
  compare(arguments, record.sha256, record);
  record.subject = TrustRecord::Subject::content;
  record.label = certstore::is_utf8(path) ? path : certstore::escaped(path);
  return record;
}

// A bundle has many; what is no CA in it could vouch for nobody else.
std::vector<TrustRecord> from_authorities(const Arguments& arguments, const TrustRecord& limits) {
  const std::string path = *arguments.value("ca-file");
  std::vector<TrustRecord> records;
  std::size_t others = 0;
  for (const Certificate& certificate : certstore::read_certificate_file(path).certificates) {
    if (certstore::is_authority(certificate)) {
      records.push_back(about(certificate, arguments, limits));
    } else {
      ++others;
    }
  }
  if (records.empty()) throw Error(ErrorKind::key, in_quotes(path) + " has no certificate of a CA");
  if (others != 0) {
    std::cerr << "pkgverify: warning: " << others << " certificates in " << in_quotes(path)
              << " are not of a CA and left out\n";
  }
  return records;
}

}  // namespace

std::vector<certstore::cli::Option> trust_request_options() {
  return {{"signer", '\0', "SHA256", "the signer with this fingerprint, out of the package of --from"},
          {"from", '\0', "PACKAGE", "where that signer is found"},
          {"ca-file", '\0', "FILE", "every CA in this file, as /etc/ssl/certs/ca-certificates.crt"},
          {"file", '\0', "FILE", "accept exactly this file, whoever signed it (needs --until, --reason)"},
          {"name", '\0', "NAME", "for the package of this name only"},
          {"glob", '\0', "PATTERN", "for packages whose name matches"},
          {"until", '\0', "TIME", "when it ends (default: no end)"},
          {"reason", '\0', "TEXT", "why"},
          {"compared", '\0', "SHA256", "the fingerprint that the sender gave by another way; must be equal"},
          {"allow-weak", '\0', "NAME[:DATE]", "tolerate a weakness of this signer (may be repeated)", true},
          {"bound", '\0', "", "take only packages whose set of files is bound"},
          {"use", '\0', "USE", "package, timestamp or statement"},
          {"retire", '\0', "", "trust this key no longer, whatever else says so"},
          {"effective", '\0', "TIME", "when the retirement begins (default: at once, and for all time)"}};
}

std::vector<TrustRecord> read_trust_request(const Arguments& arguments) {
  refuse_contradictions(arguments);
  const TrustRecord limits = read_limits(arguments);
  if (arguments.has("signer") && !arguments.has("from")) return by_fingerprint(arguments, limits);
  if (arguments.has("ca-file")) return from_authorities(arguments, limits);
  if (arguments.has("signer")) return {from_package(arguments, limits)};
  if (arguments.has("file")) return {about_file(arguments, limits)};
  return from_certificates(arguments, limits);
}

}  // namespace verifier
