#include "formats/signable.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

#include <fnmatch.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace formats {

void require_signable(const certstore::Issues& issues) {
  for (const certstore::Issue& issue : issues) {
    const certstore::IssueKind& kind = certstore::kind_of(issue.code);
    if (kind.effect != certstore::Effect::invalid) continue;
    std::string message = "cannot sign a package that would be refused: " + std::string(kind.id);
    if (!issue.subject.empty()) message += " " + certstore::in_quotes(issue.subject);
    if (!issue.detail.empty()) message += ": " + issue.detail;
    throw certstore::Error(certstore::ErrorKind::malformed, message, std::string(kind.remedy));
  }
}

std::vector<certstore::Certificate> signers_of(const SigningRequest& request) {
  std::vector<certstore::Certificate> signers{request.certificate()};
  for (const FurtherSigner& further : request.also) signers.push_back(further.certificate());
  return signers;
}

bool is_wanted(const SigningRequest& request, const std::string& name) {
  if (request.only.empty()) return true;
  return std::any_of(request.only.begin(), request.only.end(),
                     [&](const std::string& glob) { return ::fnmatch(glob.c_str(), name.c_str(), 0) == 0; });
}

std::vector<VerifiedSignature> require_addable(const std::string& file,
                                               std::span<const SignatureBlock> existing,
                                               const SigningRequest& request) {
  using certstore::Error;
  using certstore::ErrorKind;
  if (!request.add) {
    throw Error(ErrorKind::usage, certstore::in_quotes(file) + " is signed already",
                "--add signs beside the signatures that are there, --replace drops them");
  }
  std::vector<VerifiedSignature> verified;
  for (const SignatureBlock& block : existing) {
    auto checked = check_signature(block);
    if (auto* const issue = std::get_if<certstore::Issue>(&checked)) require_signable({*issue});
    verified.push_back(std::move(std::get<VerifiedSignature>(checked)));
  }
  const std::vector<certstore::Certificate> signers = signers_of(request);
  for (const VerifiedSignature& signature : verified) {
    for (const certstore::Certificate& signer : signers) {
      if (!(signature.signer() == signer)) continue;
      throw Error(ErrorKind::usage,
                  certstore::in_quotes(signer.subject()) +
                      " has signed it already: " + certstore::in_quotes(signature.name()),
                  "--replace drops the signatures that are there");
    }
  }
  return verified;
}

}  // namespace formats
