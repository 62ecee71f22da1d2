// Reads the certificates that a person has in a file: their own, those of a CA, a CA's answer. The one reader
// of them; what a package holds is read elsewhere, and strictly.
#pragma once

#include "certstore/base/file.h"
#include "certstore/certificate.h"
#include "certstore/file_object.h"

#include <string>
#include <vector>

namespace certstore {

struct CertificateFile {
  std::vector<Certificate> certificates;  // in the file's order
  std::vector<std::string> notes;         // what is unusual, one sentence each
  Sha256 sha256{};                        // of the file
};

// Returns the certificates of a PEM file (text around is ignored), DER or PKCS#7. Throws Error(key) where
// there are none, or where one cannot be read, and says what there is.
[[nodiscard]] CertificateFile read_certificate_file(ByteView file, const std::string& name);
// The same of the file at `path`; throws Error(io) where it cannot be read.
[[nodiscard]] CertificateFile read_certificate_file(const std::string& path);

// The certificates among what a file holds; may be none.
[[nodiscard]] std::vector<Certificate> certificates_in(const FileObjects& found, const std::string& name);
// Certificate::from_der with Error(key) in place of Error(malformed).
[[nodiscard]] Certificate certificate_of(ByteView der, const std::string& name);

// The bytes of a file that may hold a key go straight into locked memory. Throws Error(key) for one that is
// longer than limits::kKeyFileSize.
[[nodiscard]] SecretBytes read_person_file(const InputFile& file);

}  // namespace certstore
