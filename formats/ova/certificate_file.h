// The certificate file (.cert) of an OVF package: the signature over the manifest as a line of hex digits,
// the signer's certificate in PEM, and optionally a detached CMS signature over the manifest, as VirtualBox
// writes.
#pragma once

#include "certstore/base/issue.h"
#include "certstore/certificate.h"
#include "formats/ova/digest_line.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace formats::ova {

struct CertificateText {
  std::optional<DigestLine> signature;               // its value is the raw signature
  std::vector<certstore::Certificate> certificates;  // the signer's first, as programs take it
  std::optional<certstore::Bytes> cms;               // DER
  certstore::Issues issues;                          // about it; subjects are its name
};

// Reads the certificate file called `name`. Whatever is wrong with it is a finding; then nothing else is in
// the result.
[[nodiscard]] CertificateText read_certificate_text(certstore::ByteView text, std::string_view name);

// Writes one: `line` is a digest_line(), `cms` DER or empty.
[[nodiscard]] std::string certificate_text(const std::string& line, const certstore::Certificate& signer,
                                           certstore::ByteView cms);

}  // namespace formats::ova
