#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/cms_create.h"
#include "signer/commands.h"
#include "signer/sign.h"
#include "signer/stamping.h"

#include <algorithm>
#include <filesystem>
#include <iostream>

namespace signer {
namespace {

namespace cms = certstore::cms;
using certstore::Bytes;
using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::in_quotes;
using certstore::InputFile;
using certstore::cli::Arguments;

// A signature file that is stamped later.
struct Stamping {
  std::string path;  // of the signature file
  bool is_pem = false;
  Bytes der;
  std::vector<cms::SignerInfo> signers;
};

Stamping read_signature(const InputFile& file) {
  const Bytes bytes = file.read_all(certstore::limits::kCmsSize);
  return {file.name(), certstore::as_text(bytes).starts_with("-----BEGIN "), cms::der_of(bytes, file.name()),
          cms::parse(bytes, file.name()).signers};
}

// FILE is what was signed, with FILE.p7s beside it, or the signature file itself.
Stamping find_signature(const std::string& path) {
  const std::string beside = path + ".p7s";
  if (std::filesystem::exists(beside)) {
    const InputFile file = InputFile::open(path);
    const InputFile signature = InputFile::open(beside);
    require_matching(file, signature);
    return read_signature(signature);
  }
  if (!path.ends_with(".p7s")) {
    throw Error(ErrorKind::io, "there is no signature " + in_quotes(beside),
                "pkgsign sign --detached makes one; a JAR is stamped when it is signed: --tsa URL");
  }
  return read_signature(InputFile::open(path));
}

std::size_t count_unstamped(const Stamping& stamping) {
  return static_cast<std::size_t>(std::count_if(
      stamping.signers.begin(), stamping.signers.end(),
      [](const cms::SignerInfo& signer) { return certstore::timestamp_tokens(signer).empty(); }));
}

void write_signature(const Stamping& stamping, const Bytes& der) {
  certstore::AtomicFile out(stamping.path);
  if (stamping.is_pem) {
    out.write(certstore::as_bytes(cms::to_pem(der)));
  } else {
    out.write(der);
  }
  out.commit(certstore::Existing::replace);
}

void say(const Arguments& arguments, const std::string& line) {
  if (!arguments.quiet()) std::cout << line << "\n";
}

// The request for the first signature that has no stamp: a file that is carried to where the network is.
void write_request(const Arguments& arguments, const Stamping& stamping) {
  const auto signer = std::find_if(stamping.signers.begin(), stamping.signers.end(),
                                   [](const auto& one) { return certstore::timestamp_tokens(one).empty(); });
  if (signer == stamping.signers.end()) {
    return say(arguments, "stamped already: " + certstore::shell_quoted(stamping.path));
  }
  const certstore::TimestampRequest request =
      certstore::make_timestamp_request({.signature = signer->signature,
                                         .digest = tsa_digest(arguments),
                                         .policy = arguments.value("tsa-policy").value_or("")});
  const std::string path = *arguments.value("tsq-out");
  certstore::AtomicFile out(path);
  out.write(certstore::to_der(request));
  out.commit(arguments.has("force") ? certstore::Existing::replace : certstore::Existing::refuse);
  say(arguments, "wrote " + certstore::shell_quoted(path) +
                     ": the authority's answer goes to --tsr-in; curl -H 'Content-Type: "
                     "application/timestamp-query' --data-binary @" +
                     certstore::shell_quoted(path) + " -o answer.tsr URL");
}

// The answer fits the one signature whose digest is in it; what was asked is not known here, so its nonce is
// not compared.
void take_response(const Arguments& arguments, const Stamping& stamping) {
  const InputFile file = InputFile::open(*arguments.value("tsr-in"));
  const Bytes token =
      certstore::token_in_response(file.read_all(certstore::limits::kTimestampResponse), file.name());
  std::string why = "it has no signer";
  for (std::size_t i = 0; i < stamping.signers.size(); ++i) {
    const certstore::TimestampAnswer answer =
        certstore::check_timestamp(token, {.signature = stamping.signers[i].signature});
    if (const auto* const refusal = std::get_if<std::string>(&answer)) {
      why = *refusal;
      continue;
    }
    write_signature(stamping,
                    cms::add_unsigned_attribute(stamping.der, i, certstore::kTimestampAttribute, token));
    const auto& stamp = std::get<certstore::VerifiedTimestamp>(answer);
    return say(arguments, "stamped " + certstore::shell_quoted(stamping.path) + ": " +
                              certstore::to_rfc3339(stamp.time()) + ", by " +
                              certstore::escaped(stamp.authority().subject()));
  }
  throw Error(ErrorKind::status, "the time stamp in " + in_quotes(file.name()) + " is of no use for " +
                                     in_quotes(stamping.path) + ": " + why);
}

void ask(const Arguments& arguments, const Stamping& stamping) {
  const std::size_t before = count_unstamped(stamping);
  if (before == 0) return say(arguments, "stamped already: " + certstore::shell_quoted(stamping.path));
  const Bytes stamped = certstore::with_timestamps(stamping.der, stamper_of(arguments));
  if (stamped == stamping.der) return;  // best effort; the warning has been given
  write_signature(stamping, stamped);
  say(arguments, "stamped " + certstore::shell_quoted(stamping.path));
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
  static_cast<void>(
      timestamp_source(arguments));  // says what is wrong with the options before files are read
  for (const std::string& path : arguments.operands()) {
    const Stamping stamping = find_signature(path);
    if (arguments.has("tsq-out")) {
      write_request(arguments, stamping);
    } else if (arguments.has("tsr-in")) {
      take_response(arguments, stamping);
    } else {
      ask(arguments, stamping);
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
