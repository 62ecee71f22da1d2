// A detached CMS signature (.p7s) beside any file: the file is one entry, covered by the digest that the
// signed attributes state (docs/formats/cms.md).
#pragma once

#include "certstore/base/file.h"
#include "formats/beside.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace formats {

// The context (certstore/cms.h) of a signature over a file that is a manifest of another layout: it cannot be
// shown as that layout's, nor that one as this.
inline constexpr std::string_view kDetachedContext = "detached file";

// `file` with the signatures in `signature`, DER or PEM. Whatever is wrong with that one is a finding. Both
// must outlive the package.
[[nodiscard]] std::unique_ptr<SignedPackage> open_detached(const certstore::InputFile& file,
                                                           const certstore::InputFile& signature,
                                                           const KnownSigners& known);

// As SignedPackage::write_stamped(), of a signature file without the file that it signs; DER stays DER, PEM
// stays PEM. Throws Error(malformed) for one that is no CMS.
[[nodiscard]] std::size_t stamp_signature_file(const certstore::InputFile& signature,
                                               const certstore::Stamper& stamper, certstore::AtomicFile& out);

// Digests the file now; write() then makes the signature file. Throws Error(malformed) for a manifest of
// another layout unless it is wanted, and for `add_to` that is no signature of this file.
[[nodiscard]] std::unique_ptr<SigningPlan> plan_detached(const certstore::InputFile& file,
                                                         const SigningRequest& request,
                                                         const BesideWish& wish);

// For the table of formats: this one is never told by the file's own content.
[[nodiscard]] bool recognises_none(const Container& container);
[[nodiscard]] std::unique_ptr<SignedPackage> open_none(Container container);

}  // namespace formats
