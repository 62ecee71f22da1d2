#include "signer/importer.h"

#include "certstore/base/error.h"
#include "verifier/policy_source.h"

namespace signer {

using certstore::Error;
using certstore::ErrorKind;
using certstore::cli::Arguments;

std::vector<certstore::cli::Option> importer_options() {
  return {{"verify-as", '\0', "NAME|FILE", "refuse what an importer with this policy would refuse"},
          {"trust", '\0', "CERT.pem", "whom he trusts, beside those of the store (may be repeated)", true}};
}

std::optional<verifier::VerifyOptions> read_importer(const Arguments& arguments) {
  const auto policy = arguments.value("verify-as");
  if (!policy) {
    if (!arguments.has("trust")) return std::nullopt;
    throw Error(ErrorKind::usage, "--trust has no meaning without --verify-as",
                "it says whom an importer trusts: --verify-as default --trust CERT.pem");
  }
  verifier::VerifyOptions options;
  options.rules = verifier::read_package_policy(policy).policy;
  options.policy = verifier::read_policy(arguments).policy;
  options.policy.allowed_until = options.rules.allowed;
  options.jobs = arguments.jobs();
  options.show_progress = !arguments.quiet();
  return options;
}

}  // namespace signer
