// Passphrase-based encryption (RFC 8018, RFC 7292) in files that others wrote: judged before it runs. A file
// says itself how many rounds its passphrase is hashed, and with which cipher; both are refused where they
// are out of bounds or not known here, so that "wrong passphrase" means what it says.
#pragma once

#include "certstore/openssl.h"

#include <string>
#include <vector>

namespace certstore {

// Keep it while the file is read: it holds OpenSSL's legacy provider, which is loaded only for a file that
// needs it.
class PbeGate {
 public:
  explicit PbeGate(std::string file_name) : file_name_(std::move(file_name)) {}
  // Returns if what `algorithm` describes can be opened here. Throws Error(unsupported) naming the cipher, or
  // the number of rounds.
  void admit(const X509_ALGOR* algorithm);
  // The same for a cipher of a traditional PEM key (RFC 1421 4.6.1.3), by OpenSSL's name.
  void admit_cipher(const std::string& name);
  // Throws Error(unsupported) unless 0 < `rounds` <= limits::kPbeRounds.
  void admit_rounds(const ASN1_INTEGER* rounds) const;
  // One sentence for each weak scheme that was met.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

 private:
  void admit_pbes2(const X509_ALGOR* algorithm);
  void admit_scrypt(const X509_ALGOR* function) const;
  void require_digest(int nid, const std::string& scheme) const;
  void note_weak(const std::string& scheme);

  std::string file_name_;
  openssl::Provider legacy_;
  std::vector<std::string> notes_;
};

}  // namespace certstore
