#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/cms.h"
#include "formats/detached_cms.h"
#include "formats/format.h"
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

// A file with signatures, and how it is written anew with those stamps that a stamper gives.
struct Signed {
  std::string path;
  bool is_package = false;
  std::function<std::size_t(const Stamper&, certstore::AtomicFile&)> write;
};

bool is_cms(const InputFile& file) {
  if (file.size() > certstore::limits::kCmsSize) return false;
  try {
    static_cast<void>(certstore::cms::parse(file.read_all(certstore::limits::kCmsSize), file.name()));
    return true;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::malformed) throw;
    return false;
  }
}

Signed signature_file(const std::string& path) {
  return {path, false, [path](const Stamper& stamper, certstore::AtomicFile& out) {
            return formats::stamp_signature_file(InputFile::open(path), stamper, out);
          }};
}

// Throws Error(malformed) for signatures that do not match what they sign: a stamp would vouch for them. FILE
// is what was signed, with FILE.p7s beside it, or the signature file itself (as is a succession), or a
// package that holds its own.
Signed find_signatures(const std::string& path) {
  const std::string beside = path + ".p7s";
  if (std::filesystem::exists(beside)) {
    require_matching(InputFile::open(path), InputFile::open(beside), "p7s");
    return signature_file(beside);
  }
  const auto file = std::make_shared<const InputFile>(InputFile::open(path));
  if (path.ends_with(".p7s") || is_cms(*file)) return signature_file(path);
  const std::shared_ptr<const formats::SignedPackage> package = formats::open_package(*file, std::nullopt);
  if (package->signature_blocks().empty()) {
    throw Error(ErrorKind::io, "there is no signature " + in_quotes(beside),
                "pkgsign sign --detached makes one");
  }
  require_not_invalid(*file);
  return {path, true, [file, package](const Stamper& stamper, certstore::AtomicFile& out) {
            return package->write_stamped(stamper, out);
          }};
}

// Whether anything was stamped. The new file has the mode of the old one.
bool stamp(const Signed& found, const Stamper& stamper) {
  certstore::AtomicFile out(found.path);
  struct stat status {};
  if (::stat(found.path.c_str(), &status) == 0 && ::fchmod(out.descriptor(), status.st_mode & 07777) != 0) {
    certstore::throw_errno("write", found.path, errno);
  }
  if (found.write(stamper, out) == 0) return false;
  if (found.is_package) require_not_invalid(out.reopen());
  out.commit(certstore::Existing::replace);
  return true;
}

// The request for the first signature that has no stamp: a file that is carried to where the network is.
void write_request(const Arguments& arguments, const Signed& found) {
  const std::string path = *arguments.value("tsq-out");
  certstore::AtomicFile out(path);
  std::optional<Bytes> request;
  const Stamper note_first = [&](ByteView signature) -> std::optional<Bytes> {
    if (!request) {
      request = certstore::to_der(
          certstore::make_timestamp_request({.signature = signature,
                                             .digest = tsa_digest(arguments),
                                             .policy = arguments.value("tsa-policy").value_or("")}));
    }
    return std::nullopt;
  };
  static_cast<void>(found.write(note_first, out));  // which writes nothing, as nothing is stamped
  if (!request) return say(arguments, "stamped already: " + certstore::shell_quoted(found.path));
  out.write(*request);
  out.commit(arguments.has("force") ? certstore::Existing::replace : certstore::Existing::refuse);
  const std::string quoted = certstore::shell_quoted(path);
  say(arguments,
      "wrote " + quoted +
          "; where the network is: curl -H 'Content-Type: application/timestamp-query' --data-binary @" +
          quoted + " -o answer.tsr URL; then --tsq-in " + quoted + " --tsr-in answer.tsr");
}

// What was asked, where it is given: then the answer must have its nonce and its policy.
std::optional<certstore::TimestampRequest> asked(const Arguments& arguments) {
  const auto path = arguments.value("tsq-in");
  if (!path) return std::nullopt;
  const InputFile file = InputFile::open(*path);
  return certstore::parse_timestamp_request(file.read_all(certstore::limits::kTimestampResponse),
                                            file.name());
}

// The answer fits the one signature whose digest is in it.
void take_response(const Arguments& arguments, const Signed& found) {
  const InputFile file = InputFile::open(*arguments.value("tsr-in"));
  const Bytes token =
      certstore::token_in_response(file.read_all(certstore::limits::kTimestampResponse), file.name());
  const auto request = asked(arguments);
  std::string why = "every signature has a stamp";
  std::string when;
  const auto fits = [&](ByteView signature) -> std::optional<Bytes> {
    const certstore::TimestampAnswer answer =
        certstore::check_timestamp(token, {.signature = signature, .request = request ? &*request : nullptr});
    if (const auto* const good = std::get_if<certstore::VerifiedTimestamp>(&answer)) {
      when = certstore::to_rfc3339(good->time()) + ", by " + certstore::escaped(good->authority().subject());
      return token;
    }
    why = std::get<std::string>(answer);
    return std::nullopt;
  };
  if (stamp(found, fits)) {
    return say(arguments, "stamped " + certstore::shell_quoted(found.path) + ": " + when);
  }
  throw Error(ErrorKind::status, "the time stamp in " + in_quotes(file.name()) + " is of no use for " +
                                     in_quotes(found.path) + ": " + why);
}

void ask(const Arguments& arguments, const Signed& found) {
  bool asked = false;
  const Stamper stamper = stamper_of(arguments);
  const bool changed = stamp(found, [&](ByteView signature) {
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
  if (arguments.has("tsq-in") && !arguments.has("tsr-in")) {
    throw Error(ErrorKind::usage, "--tsq-in goes with --tsr-in", "--tsq-out FILE writes the request");
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
  options.push_back({"tsq-in", '\0', "FILE", "the request, whose nonce and policy the answer must have"});
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
