// The options that ask time stamp authorities, and what they come to.
#pragma once

#include "certstore/base/cli.h"
#include "certstore/timestamp_attach.h"
#include "certstore/timestamp_source.h"

#include <optional>
#include <vector>

namespace signer {

// --tsa, --timestamp.
[[nodiscard]] std::vector<certstore::cli::Option> stamping_options();
// --tsa-policy, --tsa-digest, --tsa-timeout, which `sign` leaves at their defaults.
[[nodiscard]] std::vector<certstore::cli::Option> asking_options();

// What they say; nothing without --tsa. Throws Error(usage) for words that cannot be meant, among them a URL
// that is neither http nor https. Nobody is asked yet.
[[nodiscard]] std::optional<certstore::TimestampSource> timestamp_source(
    const certstore::cli::Arguments& arguments);

// --tsa-digest.
[[nodiscard]] certstore::DigestAlgorithm tsa_digest(const certstore::cli::Arguments& arguments);

// Asks for each signature; with `--timestamp best-effort` a signature for which there is no stamp goes
// without, with a warning. Empty without --tsa.
[[nodiscard]] certstore::Stamper stamper_of(const certstore::cli::Arguments& arguments);

}  // namespace signer
