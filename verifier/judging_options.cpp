#include "verifier/judging_options.h"

#include "certstore/base/error.h"
#include "formats/format.h"
#include "verifier/policy_source.h"

#include <algorithm>
#include <array>

namespace verifier {

using certstore::Error;
using certstore::ErrorKind;
using certstore::cli::Arguments;

std::vector<certstore::cli::Option> judging_options() {
  std::vector<certstore::cli::Option> options = policy_options();
  options.push_back(kPolicyOption);
  options.push_back({"expect", '\0', "FORMAT", "accept this format only"});
  options.push_back({"signature", '\0', "FILE|none",
                     "the signature beside the file (default: FILE.p7s, FILE.minisig)", true});
  options.push_back(certstore::cli::kJobsOption);
  return options;
}

VerifyOptions read_verify_options(const Arguments& arguments) {
  VerifyOptions options;
  options.jobs = arguments.jobs();
  options.expect = arguments.value("expect");
  if (options.expect) {
    std::vector<std::string_view> names;
    for (const formats::Format& format : formats::all_formats()) names.push_back(format.name);
    options.expect = arguments.word("expect", names);
  }
  options.signatures = arguments.values("signature");
  if (options.signatures.size() > 1 && std::ranges::count(options.signatures, "none") != 0) {
    throw Error(ErrorKind::usage, "--signature none and --signature FILE do not go together");
  }
  if (names_signature_files(options) && arguments.operands().size() > 1) {
    throw Error(ErrorKind::usage,
                "--signature FILE is of one file, not of " + std::to_string(arguments.operands().size()));
  }
  PolicySource source = read_policy(arguments);
  options.policy = std::move(source.policy);
  options.time_was_given = source.time_was_given;
  if (source.rules && !source.rules_ended.empty() && !arguments.has("policy")) {
    throw Error(ErrorKind::io, "nothing was judged: " + source.rules_ended,
                "import a newer version: pkgverify trust import; or name a policy: --policy");
  }
  // What is named here goes before what came with a bundle.
  options.rules = source.rules && !arguments.has("policy")
                      ? *source.rules
                      : read_package_policy(arguments.value("policy")).policy;
  apply(options.rules, options.policy);
  options.show_progress = !arguments.quiet();
  return options;
}

bool names_signature_files(const VerifyOptions& options) {
  return !options.signatures.empty() && options.signatures.front() != "none";
}

bool wants_json(const Arguments& arguments) {
  constexpr std::array<std::string_view, 2> kFormats = {"text", "json"};
  return arguments.word("format", kFormats) == "json";
}

}  // namespace verifier
