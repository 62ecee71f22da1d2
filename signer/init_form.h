// The short form of `pkgsign init` on a terminal.
#pragma once

#include "certstore/certificate_request.h"

#include <set>
#include <string>

namespace signer {

// The parts of a subject, in the order in which the form asks, with the options that give them in scripts.
struct SubjectField {
  std::string certstore::SubjectName::*part;
  std::string_view option;    // "common-name"
  std::string_view question;  // "name of this server"
};
[[nodiscard]] std::span<const SubjectField> subject_fields();

// Returns the code of the one country that `text` names by code or name. Throws Error(usage) with the
// candidates as the hint when there is none or more than one.
[[nodiscard]] std::string country_code(std::string_view text);

// Asks for each part whose option is not among `given`, again until it is sound. Throws Error(interrupted) at
// the end of input: nothing is made then.
[[nodiscard]] certstore::SubjectName ask_subject(certstore::SubjectName subject,
                                                 const std::set<std::string_view>& given);

}  // namespace signer
