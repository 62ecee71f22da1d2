// Who can mend what a finding says: whoever reads a report wants to know whom to ask.
#pragma once

#include "certstore/base/issue.h"

#include <string_view>

namespace certstore {

enum class Party { author, signer, authority, owner, carrier, importer, nobody };

// Of every finding there is.
[[nodiscard]] Party who_acts(IssueCode code);
// For people, as in "the signer: makes ...". Never empty.
[[nodiscard]] std::string_view words_for(Party party);
// One stable word for programs.
[[nodiscard]] std::string_view name_of(Party party);

}  // namespace certstore
