#include "formats/signable.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

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

}  // namespace formats
