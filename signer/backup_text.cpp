#include "signer/backup_text.h"

#include "certstore/base/escape.h"
#include "signer/cert_text.h"
#include "signer/store_access.h"

namespace signer {

certstore::SecretBytes file_passphrase(const certstore::cli::Arguments& arguments, bool is_new) {
  return passphrase_from(arguments, "file-passphrase",
                         is_new ? "new passphrase for the backup" : "passphrase of the backup", is_new);
}

void print_contents(const certstore::BackupContents& contents, std::ostream& out) {
  out << "made:         " << certstore::to_rfc3339(contents.note.made) << "\n";
  for (const auto& key : contents.keys) {
    const certstore::Certificate* const certificate = key.signer.certificate();
    out << "key:          " << certstore::escaped(key.alias) << ", " << key_text(key.signer);
    if (certificate != nullptr) {
      out << ", from " << certstore::to_date(certificate->not_before()) << " to "
          << certstore::to_date(certificate->not_after());
    }
    out << ", signs\n"
        << (certificate != nullptr ? "certificate:  " : "public key:   ") << "SHA256 "
        << certstore::to_hex(key.signer.sha256()) << "\n";
  }
  out << "trust:        " << contents.trust_records << " records, " << contents.serials
      << " accepted serials, " << contents.bundles << " imported bundles, " << contents.audit_lines
      << " records in the audit log\n";
  for (const std::string& sentence : contents.audit_breaks) {
    out << "audit log:    broken: " << sentence << "\n";
  }
}

}  // namespace signer
