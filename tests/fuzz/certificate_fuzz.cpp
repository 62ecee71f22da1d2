// Any bytes as a certificate: refused as malformed, or a value that every question can be asked.
#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/certificate_file.h"
#include "certstore/certificate_path.h"
#include "certstore/trust.h"
#include "tests/fuzz/memory_file.h"

namespace {

void ask(const certstore::Certificate& certificate) {
  static_cast<void>(certstore::escaped(certificate.subject() + certificate.issuer()));
  for (const char* part : {"CN", "O", "OU", "C", "no such part"}) {
    static_cast<void>(certificate.subject_part(part));
  }
  static_cast<void>(certstore::to_rfc3339(certificate.not_before()) +
                    certstore::to_date(certificate.not_after()));
  static_cast<void>(certstore::may_sign_packages(certificate));
  static_cast<void>(certstore::find_path(certificate, {certificate}, {certificate}));
  const certstore::Bytes zeros(256);
  const auto digest = certstore::digest(certstore::DigestAlgorithm::sha256, zeros);
  fuzz::require(!certificate.checks_rsa_signature(certstore::DigestAlgorithm::sha256, digest, zeros));
  fuzz::require(!certificate.digest_in_rsa_signature(certstore::DigestAlgorithm::sha256, zeros));
  const certstore::SignerEvidence evidence{certificate, {certificate}, {}, "com.example", false, {}};
  fuzz::require(!certstore::decide(evidence, {}).trusted);
  // PEM and back is the same certificate: one encoding of one meaning.
  const std::string pem = certstore::to_pem(certificate);
  const auto again = certstore::read_certificate_file(certstore::as_bytes(pem), "pem");
  fuzz::require(again.certificates.at(0) == certificate);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  try {
    ask(certstore::Certificate::from_der({bytes, size}, "input"));
  } catch (const certstore::Error& error) {
    fuzz::require(error.kind() == certstore::ErrorKind::malformed);
  }
  return 0;
}
