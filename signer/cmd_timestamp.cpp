#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/cms_create.h"
#include "formats/jar/stamping.h"
#include "signer/commands.h"
#include "signer/sign.h"
#include "signer/stamping.h"

#include <sys/stat.h>

#include <filesystem>
#include <functional>
#include <iostream>

namespace signer {
namespace {

using certstore::Bytes;
using certstore::ByteView;
using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::in_quotes;
using certstore::InputFile;
using certstore::Stamper;
using certstore::cli::Arguments;

void say(const Arguments& arguments, const std::string& line) {
  if (!arguments.quiet()) std::cout << line << "\n";
}

// A file with signatures, and how it is written anew with those stamps that `stamper` gives; whether any was.
struct Signed {
  std::string path;
  std::function<bool(const Stamper& stamper)> stamp;
};

// The new file has the mode of the old one.
certstore::AtomicFile new_file(const std::string& path) {
  certstore::AtomicFile out(path);
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && ::fchmod(out.descriptor(), status.st_mode & 07777) != 0) {
    certstore::throw_errno("write", path, errno);
  }
  return out;
}

bool stamp_signature_file(const std::string& path, const Stamper& stamper) {
  const Bytes file = InputFile::open(path).read_all(certstore::limits::kCmsSize);
  const Bytes der = certstore::cms::der_of(file, path);
  const Bytes stamped = certstore::with_timestamps(der, stamper);
  if (stamped == der) return false;
  certstore::AtomicFile out = new_file(path);
  const std::string pem = der == file ? "" : certstore::cms::to_pem(stamped);  // the form stays
  out.write(pem.empty() ? ByteView(stamped) : certstore::as_bytes(pem));
  out.commit(certstore::Existing::replace);
  return true;
}

bool stamp_jar_file(const std::string& path, const Stamper& stamper) {
  const InputFile file = InputFile::open(path);
  require_not_invalid(file);
  certstore::AtomicFile out = new_file(path);
  if (formats::jar::stamp_jar(file, stamper, out) == 0) return false;
  require_not_invalid(out.reopen());
  out.commit(certstore::Existing::replace);
  return true;
}

// FILE is what was signed, with FILE.p7s beside it, or the signature file itself, or a JAR.
Signed find_signatures(const std::string& path) {
  const std::string beside = path + ".p7s";
  if (std::filesystem::exists(beside)) {
    require_matching(InputFile::open(path), InputFile::open(beside));
    return {beside, [beside](const Stamper& stamper) { return stamp_signature_file(beside, stamper); }};
  }
  if (path.ends_with(".p7s")) {
    return {path, [path](const Stamper& stamper) { return stamp_signature_file(path, stamper); }};
  }
  if (formats::jar::is_signed_jar(InputFile::open(path))) {
    return {path, [path](const Stamper& stamper) { return stamp_jar_file(path, stamper); }};
  }
  throw Error(ErrorKind::io, "there is no signature " + in_quotes(beside),
              "pkgsign sign --detached makes one");
}

// The request for the first signature that has no stamp: a file that is carried to where the network is.
void write_request(const Arguments& arguments, const Signed& found) {
  std::optional<Bytes> request;
  found.stamp([&](ByteView signature) -> std::optional<Bytes> {
    if (!request) {
      request = certstore::to_der(
          certstore::make_timestamp_request({.signature = signature,
                                             .digest = tsa_digest(arguments),
                                             .policy = arguments.value("tsa-policy").value_or("")}));
    }
    return std::nullopt;
  });
  if (!request) return say(arguments, "stamped already: " + certstore::shell_quoted(found.path));
  const std::string path = *arguments.value("tsq-out");
  certstore::AtomicFile out(path);
  out.write(*request);
  out.commit(arguments.has("force") ? certstore::Existing::replace : certstore::Existing::refuse);
  say(arguments, "wrote " + certstore::shell_quoted(path) +
                     "; where the network is: curl -H 'Content-Type: application/timestamp-query' "
                     "--data-binary @" +
                     certstore::shell_quoted(path) + " -o answer.tsr URL; then --tsr-in answer.tsr");
}

// The answer fits the one signature whose digest is in it; what was asked is not known here, so its nonce is
// not compared.
void take_response(const Arguments& arguments, const Signed& found) {
  const InputFile file = InputFile::open(*arguments.value("tsr-in"));
  const Bytes token =
      certstore::token_in_response(file.read_all(certstore::limits::kTimestampResponse), file.name());
  std::string why = "every signature has a stamp";
  std::string when;
  const auto fits = [&](ByteView signature) -> std::optional<Bytes> {
    const certstore::TimestampAnswer answer = certstore::check_timestamp(token, {.signature = signature});
    if (const auto* const stamp = std::get_if<certstore::VerifiedTimestamp>(&answer)) {
      when =
          certstore::to_rfc3339(stamp->time()) + ", by " + certstore::escaped(stamp->authority().subject());
      return token;
    }
    why = std::get<std::string>(answer);
    return std::nullopt;
  };
  if (found.stamp(fits)) {
    return say(arguments, "stamped " + certstore::shell_quoted(found.path) + ": " + when);
  }
  throw Error(ErrorKind::status, "the time stamp in " + in_quotes(file.name()) + " is of no use for " +
                                     in_quotes(found.path) + ": " + why);
}

void ask(const Arguments& arguments, const Signed& found) {
  bool asked = false;
  const Stamper stamper = stamper_of(arguments);
  const bool changed = found.stamp([&](ByteView signature) {
    asked = true;
    return stamper(signature);
  });
  if (changed) return say(arguments, "stamped " + certstore::shell_quoted(found.path));
  // Best effort that failed has given its warning.
  if (!asked) say(arguments, "stamped already: " + certstore::shell_quoted(found.path));
}

ExitCode run(const Arguments& arguments) {
  const int ways = int{arguments.has("tsa")} + int{arguments.has("tsq-out")} + int{arguments.has("tsr-in")};
  if (ways != 1) {
    throw Error(ErrorKind::usage, "one of --tsa URL, --tsq-out FILE and --tsr-in FILE",
                "without a network here: write the request, carry it to the authority, take the answer");
  }
  if (!arguments.has("tsa") && arguments.operands().size() != 1) {
    throw Error(ErrorKind::usage, "a request and an answer are for one FILE");
  }
  static_cast<void>(timestamp_source(arguments));  // what is wrong with the options is said first
  for (const std::string& path : arguments.operands()) {
    const Signed found = find_signatures(path);
    if (arguments.has("tsq-out")) {
      write_request(arguments, found);
    } else if (arguments.has("tsr-in")) {
      take_response(arguments, found);
    } else {
      ask(arguments, found);
    }
  }
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command timestamp_command() {
  std::vector<certstore::cli::Option> options = stamping_options();
  const auto asking = asking_options();
  options.insert(options.end(), asking.begin(), asking.end());
  options.push_back({"tsq-out", '\0', "FILE", "write the request only, for a machine with a network"});
  options.push_back({"tsr-in", '\0', "FILE", "take the authority's answer to it"});
  options.push_back(certstore::cli::kForceOption);
  return {.name = "timestamp",
          .operands = "FILE...",
          .summary = "have signatures stamped (RFC 3161), so that they outlive their certificates",
          .options = std::move(options),
          .example = "pkgsign timestamp --tsa http://timestamp.example.net disk.img",
          .exit_codes = "0 stamped, 13 the signature does not match, 17 no time stamp, 1 trouble, 2 usage",
          .run = run};
}

}  // namespace signer
