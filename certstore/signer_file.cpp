#include "certstore/signer_file.h"

#include "certstore/base/error.h"
#include "certstore/base/file.h"
#include "certstore/certificate_file.h"
#include "certstore/minisign_text.h"

namespace certstore {

std::vector<SignerIdentity> read_signer_file(const std::string& path) {
  const SecretBytes bytes = read_person_file(InputFile::open(path));
  if (looks_like_minisign(bytes.view())) {
    try {
      return {read_minisign_public_key(bytes.view(), path)};
    } catch (const Error& error) {
      // In a package that would be a finding; in a person's own file it is a trouble.
      if (error.kind() != ErrorKind::malformed) throw;
      throw Error(ErrorKind::key, error.what(), "the public key is in the file that ends in .pub");
    }
  }
  std::vector<SignerIdentity> signers;
  for (Certificate& certificate : read_certificate_file(bytes.view(), path).certificates) {
    signers.emplace_back(std::move(certificate));
  }
  return signers;
}

}  // namespace certstore
