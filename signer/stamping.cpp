#include "signer/stamping.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/http.h"

#include <array>
#include <iostream>

namespace signer {
namespace {

using certstore::DigestAlgorithm;
using certstore::Error;
using certstore::ErrorKind;
using certstore::cli::Arguments;

constexpr unsigned kMostSeconds = 3600;

bool is_required(const Arguments& arguments) {
  constexpr std::array<std::string_view, 2> kWords = {"required", "best-effort"};
  return arguments.word("timestamp", kWords) == "required";
}

}  // namespace

DigestAlgorithm tsa_digest(const Arguments& arguments) {
  constexpr std::array<std::string_view, 3> kWords = {"sha256", "sha384", "sha512"};
  const std::string word = arguments.word("tsa-digest", kWords);
  return word == "sha384"   ? DigestAlgorithm::sha384
         : word == "sha512" ? DigestAlgorithm::sha512
                            : DigestAlgorithm::sha256;
}

std::vector<certstore::cli::Option> stamping_options() {
  return {
      {"tsa", '\0', "URL", "time stamp authority (may be repeated: the next is asked if one fails)", true},
      {"timestamp", '\0', "HOW", "required (default with --tsa) or best-effort"}};
}

std::vector<certstore::cli::Option> asking_options() {
  return {{"tsa-policy", '\0', "OID", "the policy that the stamp must be made under"},
          {"tsa-digest", '\0', "NAME", "what the authority is told: sha256, sha384 or sha512"},
          {"tsa-timeout", '\0', "SECONDS", "for one answer (default: 30)"}};
}

std::optional<certstore::TimestampSource> timestamp_source(const Arguments& arguments) {
  certstore::TimestampSource source;
  source.urls = arguments.values("tsa");
  source.digest = tsa_digest(arguments);
  source.policy = arguments.value("tsa-policy").value_or("");
  source.timeout = std::chrono::seconds(arguments.number("tsa-timeout", 1, kMostSeconds).value_or(30));
  if (source.urls.empty()) {
    for (const std::string_view option : {"timestamp", "tsa-timeout"}) {
      if (!arguments.has(option)) continue;
      throw Error(ErrorKind::usage, "--" + std::string(option) + " has no meaning without --tsa URL");
    }
    return std::nullopt;
  }
  for (const std::string& url : source.urls) {
    if (certstore::is_http_url(url)) continue;
    throw Error(ErrorKind::usage, certstore::in_quotes(url) + " is not the URL of an authority",
                "http://HOST/PATH or https://HOST/PATH, without a user");
  }
  // What cannot be asked for is said before anything is signed.
  static_cast<void>(certstore::make_timestamp_request({{}, source.digest, source.policy}));
  const std::string& tool = arguments.tool();
  source.failed = [tool](const std::string& reason) { std::cerr << tool << ": warning: " << reason << "\n"; };
  return source;
}

certstore::Stamper stamper_of(const Arguments& arguments) {
  const auto source = timestamp_source(arguments);
  if (!source) return {};
  const bool required = is_required(arguments);
  const std::string& tool = arguments.tool();
  return
      [source = *source, required, tool](certstore::ByteView signature) -> std::optional<certstore::Bytes> {
        try {
          return certstore::obtain_timestamp(source, signature);
        } catch (const Error& error) {
          if (required || error.kind() != ErrorKind::status) throw;
          std::cerr << tool << ": warning: signed without a time stamp: pkgsign timestamp adds one later\n";
          return std::nullopt;
        }
      };
}

}  // namespace signer
