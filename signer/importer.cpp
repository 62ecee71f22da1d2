#include "signer/importer.h"

#include "certstore/base/error.h"
#include "certstore/signer_file.h"
#include "verifier/bundle_source.h"
#include "verifier/policy_source.h"

namespace signer {

using certstore::Error;
using certstore::ErrorKind;
using certstore::cli::Arguments;

namespace {

// An importer who has nothing but the bundle: the store of this machine is not his.
void take_bundle(const Arguments& arguments, const std::string& path, verifier::VerifyOptions& options) {
  const auto bundle = verifier::open_bundle(path, arguments);
  verifier::take_bundle(bundle, options.policy);
  if (bundle.policy) {
    options.rules = verifier::parse_package_policy(certstore::as_bytes(*bundle.policy), path);
  }
  options.policy.at = options.policy.now = certstore::now();
  for (const std::string& file : arguments.values("trust")) {
    const auto signers = certstore::read_signer_file(file);
    options.policy.trusted.insert(options.policy.trusted.end(), signers.begin(), signers.end());
  }
}

}  // namespace

std::vector<certstore::cli::Option> importer_options() {
  return {{"verify-as", '\0', "NAME|FILE", "refuse what an importer with this policy or bundle would refuse"},
          {"trust", '\0', "CERT.pem", "whom he trusts, beside those of the store (may be repeated)", true},
          {"bundle-key", '\0', "SHA256", "a key that must have signed that bundle (may be repeated)", true}};
}

std::optional<verifier::VerifyOptions> read_importer(const Arguments& arguments) {
  const auto policy = arguments.value("verify-as");
  if (!policy) {
    if (!arguments.has("trust")) return std::nullopt;
    throw Error(ErrorKind::usage, "--trust has no meaning without --verify-as",
                "it says whom an importer trusts: --verify-as default --trust CERT.pem");
  }
  verifier::VerifyOptions options;
  if (verifier::looks_like_bundle(*policy)) {
    take_bundle(arguments, *policy, options);
  } else {
    options.rules = verifier::read_package_policy(policy).policy;
    options.policy = verifier::read_policy(arguments).policy;
  }
  verifier::apply(options.rules, options.policy);
  options.jobs = arguments.jobs();
  options.show_progress = !arguments.quiet();
  return options;
}

}  // namespace signer
