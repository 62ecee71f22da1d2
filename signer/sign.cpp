#include "signer/sign.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file_windows.h"
#include "certstore/base/in_place.h"
#include "certstore/base/interrupt.h"
#include "certstore/base/time.h"
#include "certstore/file_digest.h"
#include "certstore/key_strength.h"
#include "certstore/known_public_keys.h"
#include "verifier/verify.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace signer {
namespace {

using certstore::Error;
using certstore::ErrorKind;

// The first finding that kept the package from being accepted, for the message.
std::string reason_of(const verifier::Report& report) {
  const auto first = [](const certstore::Issues& issues) -> const certstore::Issue* {
    const auto found = std::find_if(issues.begin(), issues.end(), [](const certstore::Issue& issue) {
      return certstore::kind_of(issue.code).effect != certstore::Effect::none;
    });
    return found == issues.end() ? nullptr : &*found;
  };
  const certstore::Issue* issue = first(report.issues);
  for (const verifier::SignerReport& one : report.signers) {
    if (issue == nullptr) issue = first(one.decision.issues);
  }
  if (issue == nullptr) return "it counts as " + std::string(verifier::word_of(report.verdict()));
  return std::string(certstore::kind_of(issue->code).id) + ": " + issue->detail;
}

// What the refusal of our own work means: the clock may have passed the certificate's end meanwhile; anything
// else is our mistake, or the disk's.
Error self_check_failure(const verifier::Report& report) {
  const std::string message = "the signed package does not verify: " + reason_of(report);
  if (report.exit_code() == certstore::ExitCode::dates) {
    return {ErrorKind::dates, message, "nothing was written; the certificate ended while it was signed"};
  }
  return {ErrorKind::internal, message,
          "nothing was written; a disk that gives back other bytes than were written would do this too"};
}

// Beside what the signer does not answer for: all that he signed matches, and he is accepted.
bool holds_for(const verifier::Report& report, const certstore::SignerIdentity& identity,
               std::size_t entries) {
  if (report.verdict() == verifier::Verdict::invalid) return false;
  return std::any_of(report.signers.begin(), report.signers.end(), [&](const verifier::SignerReport& signer) {
    return signer.identity == identity && signer.entries == entries &&
           verifier::standing(signer.decision) == certstore::ExitCode::accepted;
  });
}

verifier::Report report_on(const PreparedPackage& prepared, const certstore::InputFile& written,
                           const verifier::VerifyOptions& options) {
  return prepared.beside.empty() ? verifier::verify(written, options)
                                 : verifier::verify(*prepared.input, options, std::span(&written, 1));
}

// What was written must convince the one verification algorithm with nothing but this signer pinned.
void require_verified(const PreparedPackage& prepared, const certstore::InputFile& written,
                      const formats::SigningRequest& request, const certstore::SignerIdentity& identity) {
  verifier::VerifyOptions options;
  options.policy.trusted = {identity};
  options.policy.at = certstore::now();
  // Several signers answer for different parts: each is judged for his own.
  const bool partial = prepared.plan->is_partial();
  options.rules.report_uncovered = partial;
  options.elements = verifier::VerifyOptions::Elements::none;  // who saved them is for those who import
  options.jobs = request.jobs;
  options.show_progress = request.show_progress;
  if (const auto weakness = certstore::weakness_of(request.digest); !weakness.empty()) {
    options.policy.allowed.emplace(weakness);  // the person asked for this digest
  }
  if (!prepared.beside.empty()) {
    options.expect = prepared.beside;
    // Made through the same open file; verify() asks at its end whether that has changed since.
    options.known_digest = [&](certstore::DigestAlgorithm algorithm) {
      return prepared.plan->input_digest(algorithm);
    };
  }
  const verifier::Report report = report_on(prepared, written, options);
  if (partial ? holds_for(report, identity, prepared.plan->signed_entries())
              : report.exit_code() == certstore::ExitCode::accepted) {
    return;
  }
  throw self_check_failure(report);
}

// The exit code that the importer would see, as the kind of our refusal.
ErrorKind kind_for(const verifier::Report& report) {
  switch (report.exit_code()) {
    case certstore::ExitCode::untrusted:
      return ErrorKind::untrusted;
    case certstore::ExitCode::policy:
      return ErrorKind::policy;
    case certstore::ExitCode::invalid:
      return ErrorKind::malformed;
    case certstore::ExitCode::exposed_key:
      return ErrorKind::exposed_key;
    case certstore::ExitCode::dates:
      return ErrorKind::dates;
    case certstore::ExitCode::status_unknown:
      return ErrorKind::status;
    case certstore::ExitCode::accepted:
    case certstore::ExitCode::trouble:
    case certstore::ExitCode::usage:
    case certstore::ExitCode::unsigned_package:
    case certstore::ExitCode::internal:
    case certstore::ExitCode::renew_soon:
    case certstore::ExitCode::interrupted:
      break;
  }
  return ErrorKind::internal;
}

// With his trust and his rules, whatever we think of our own work.
void require_accepted(const PreparedPackage& prepared, const certstore::InputFile& written,
                      const verifier::VerifyOptions& importer) {
  const verifier::Report report = report_on(prepared, written, importer);
  if (report.exit_code() == certstore::ExitCode::accepted) return;
  const bool is_stranger = report.exit_code() == certstore::ExitCode::untrusted;
  throw Error(kind_for(report), "an importer would refuse it (--verify-as): " + reason_of(report),
              is_stranger
                  ? "nothing was written; --trust CERT.pem, or pkgverify trust add, says whom he trusts"
                  : "nothing was written; pkgverify explain tells what the finding means");
}

void copy_to_standard_output(const certstore::InputFile& file) {
  certstore::read_windows(file, [](certstore::ByteView window) {
    for (std::size_t done = 0; done < window.size();) {
      certstore::throw_if_interrupted();
      const ssize_t put = ::write(STDOUT_FILENO, window.data() + done, window.size() - done);
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) certstore::throw_errno("write", "standard output", errno);
      done += static_cast<std::size_t>(put);
    }
  });
}

bool is_standard_output(const Target& target) {
  return target.path == "-";
}

certstore::AtomicFile new_file(const Target& target) {
  const bool spooled = is_standard_output(target);
  certstore::AtomicFile out(spooled ? std::filesystem::temp_directory_path() / "pkgsign" : target.path,
                            spooled ? 0600 : 0666);
  if (target.mode && ::fchmod(out.descriptor(), *target.mode & 07777) != 0) {
    certstore::throw_errno("write", target.path.string(), errno);
  }
  return out;
}

// Who has a word before a package gets its name.
struct Judges {
  const BeforeNaming& before_naming;
  const verifier::VerifyOptions* importer;
};

// What was judged gets its name, once all who sign it are known to be believed.
void judge(const PreparedPackage& prepared, const certstore::InputFile& written,
           const formats::SigningRequest& request, std::span<const certstore::Signer> signers,
           const Judges& judges) {
  for (const certstore::Signer& signer : signers) {
    require_verified(prepared, written, request, signer.identity());
  }
  if (judges.importer != nullptr) require_accepted(prepared, written, *judges.importer);
  prepared.input->require_unchanged();
  judges.before_naming(certstore::sha256_of(written));
}

void put_in_place(certstore::AtomicFile& out, const Target& target) {
  if (is_standard_output(target)) return copy_to_standard_output(out.reopen());
  out.commit(target.existing);
  if (target.existing == certstore::Existing::replace) certstore::forget_in_place(target.path);
}

// A bare key has neither dates nor a promise.
void require_fit(const certstore::Certificate& certificate, bool bound, certstore::Instant at) {
  const std::string subject = certstore::in_quotes(certificate.subject());
  if (at < certificate.not_before()) {
    throw Error(ErrorKind::dates,
                "the certificate of " + subject + " is not valid before " +
                    certstore::to_rfc3339(certificate.not_before()),
                "is the clock right? it says " + certstore::to_rfc3339(at));
  }
  if (at > certificate.not_after()) {
    throw Error(ErrorKind::dates,
                "the certificate of " + subject + " ended on " + certstore::to_date(certificate.not_after()),
                "make another identity: pkgsign init --alias NAME");
  }
  if (!bound && certificate.promises_bound_packages()) {
    throw Error(ErrorKind::usage,
                "the certificate of " + subject + " promises that its packages are always bound",
                "an unbound package by it is refused everywhere; pkgsign init --compat product makes an "
                "identity without that promise");
  }
}

void require_fit(const certstore::SignerIdentity& signer, bool bound, certstore::Instant at) {
  const std::string subject = certstore::in_quotes(signer.subject());
  certstore::require_not_public(signer.public_key_sha256(), subject);
  if (!signer.key_unsoundness().empty()) {
    throw Error(ErrorKind::key, "the key of " + subject + ": " + signer.key_unsoundness());
  }
  const auto weak = certstore::weaknesses_of_key(signer.key_kind(), signer.key_bits());
  if (!weak.empty()) {
    throw Error(ErrorKind::key, "a signature by " + subject + " would prove nothing: " + weak.front().what,
                "make another identity: pkgsign init --alias NAME");
  }
  if (signer.certificate() != nullptr) require_fit(*signer.certificate(), bound, at);
}

// Where only the end of the input changes: a copy that shares the rest, else the file itself, judged before a
// byte of it is written. False where neither can be.
bool write_end(const PreparedPackage& prepared, const formats::SigningRequest& request,
               std::span<const certstore::Signer> signers, const Target& target, const formats::NewTail& tail,
               const Judges& judges) {
  {
    certstore::AtomicFile out = new_file(target);
    if (out.share(*prepared.input, tail.keep)) {
      out.write(tail.bytes);
      judge(prepared, out.reopen(), request, signers, judges);
      put_in_place(out, target);
      return true;
    }
  }
  const certstore::InputFile file = certstore::InputFile::open(target.path);
  if (!certstore::is_one_file(file, *prepared.input)) return false;
  if (!certstore::can_write_in_place(file, tail.keep, tail.bytes)) return false;
  judge(prepared, prepared.input->with_tail(tail.keep, tail.bytes), request, signers, judges);
  certstore::write_in_place(file, tail.keep, tail.bytes);
  return true;
}

bool are_those_of(const formats::SigningRequest& request, std::span<const certstore::Signer> signers) {
  return signers.size() == request.also.size() + 1 && signers[0].identity() == request.signer &&
         std::equal(request.also.begin(), request.also.end(), signers.begin() + 1,
                    [](const formats::FurtherSigner& planned, const certstore::Signer& signer) {
                      return planned.signer == signer.identity();
                    });
}

}  // namespace

void require_fit(const formats::SigningRequest& request, certstore::Instant at) {
  require_fit(request.signer, request.bound, at);
  for (const formats::FurtherSigner& further : request.also) {
    require_fit(further.signer, request.bound, at);
  }
}

PreparedPackage prepare(const std::filesystem::path& path, const formats::SigningRequest& request) {
  PreparedPackage prepared;
  prepared.input = std::make_unique<certstore::InputFile>(certstore::InputFile::open(path));
  prepared.package = formats::open_package(*prepared.input, std::nullopt);
  prepared.plan = prepared.package->plan_signing(request);
  return prepared;
}

void require_not_invalid(const certstore::InputFile& package) {
  verifier::VerifyOptions options;
  options.policy.at = certstore::now();
  const verifier::Report report = verifier::verify(package, options);
  if (report.exit_code() != certstore::ExitCode::invalid) return;
  throw Error(ErrorKind::malformed,
              certstore::in_quotes(package.name()) + " is invalid: " + reason_of(report));
}

void require_matching(const certstore::InputFile& file, const certstore::InputFile& beside,
                      std::string_view format) {
  verifier::VerifyOptions options;
  options.policy.at = certstore::now();
  options.expect = format;
  const verifier::Report report = verifier::verify(file, options, std::span(&beside, 1));
  if (report.exit_code() != certstore::ExitCode::invalid) return;
  throw Error(ErrorKind::malformed, certstore::in_quotes(beside.name()) + " is no signature over " +
                                        certstore::in_quotes(file.name()) + ": " + reason_of(report));
}

void write_signed(const PreparedPackage& prepared, const formats::SigningRequest& request,
                  std::span<const certstore::Signer> signers, const Target& target,
                  const BeforeNaming& before_naming, const verifier::VerifyOptions* importer) {
  const Judges judges{before_naming, importer};
  if (!are_those_of(request, signers)) {
    throw Error(ErrorKind::key, "the identity changed while the package was read", "try again");
  }
  const auto tail = target.is_input ? prepared.plan->new_tail(signers) : std::nullopt;
  if (tail && write_end(prepared, request, signers, target, *tail, judges)) return;
  certstore::AtomicFile out = new_file(target);
  prepared.plan->write(signers, out);
  judge(prepared, out.reopen(), request, signers, judges);
  put_in_place(out, target);
}

std::size_t strip(const std::filesystem::path& path, const Target& target) {
  const certstore::InputFile input = certstore::InputFile::open(path);
  const auto package = formats::open_package(input, std::nullopt);
  const auto plan = package->plan_stripping(certstore::signing_time());
  certstore::AtomicFile out = new_file(target);
  plan->write({}, out);
  const verifier::Report report = verifier::verify(out.reopen(), {});
  if (report.verdict() != verifier::Verdict::unsigned_package) {
    throw Error(ErrorKind::internal, "the package without signatures does not hold: " + reason_of(report),
                "nothing was written");
  }
  input.require_unchanged();
  put_in_place(out, target);
  return plan->signed_entries();
}

}  // namespace signer
