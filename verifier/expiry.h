// When a package that is accepted now will not be any more, by nothing but time: a certificate, a trust
// record or a weakness that it or the policy allows ends, or a retirement begins.
#pragma once

#include "verifier/verify.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace verifier {

struct Ending {
  certstore::Instant at;                                     // the first second at which it is not accepted
  certstore::ExitCode code = certstore::ExitCode::internal;  // that it has then
  certstore::Issues because;                                 // what is found then and was not before
};

// What a list says of one file.
struct ExpiryLine {
  std::string file;
  certstore::ExitCode code = certstore::ExitCode::internal;  // now
  std::string_view verdict;                                  // now
  std::optional<Ending> ending;
};

// `report` is what verify() said of the file with these options and `beside`. Returns the first ending up to
// and with `until`; empty where there is none, and where the package is not accepted now. Judges the file
// again.
[[nodiscard]] std::optional<Ending> first_ending(const certstore::InputFile& file, const Report& report,
                                                 const VerifyOptions& options, certstore::Instant until,
                                                 std::span<const certstore::InputFile> beside);

}  // namespace verifier
