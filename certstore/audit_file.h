// The audit log as a file of lines: one record a line, and a signed head as a line after the record that it
// is the head of. So the log is exported, and so it is kept beside a store that cannot be written.
#pragma once

#include "certstore/audit_chain.h"
#include "certstore/base/file.h"

#include <filesystem>
#include <optional>
#include <string>

namespace certstore {

// A file that only ever grows, opened for appending; made with mode 0600 where it is absent. The first record
// follows `start`; where the file has some already, the next one follows its last.
class AuditFile {
 public:
  // Throws Error(io) where it cannot be written, Error(store) where it is no audit log or its end is cut.
  AuditFile(const std::filesystem::path& path, AuditHead start);
  // Writes the record in one piece, with a signer the signed head behind it, and makes both durable. Waits
  // for another process that appends. Throws as the constructor does.
  void append(const AuditEvent& event, const Actor& who, const HeadSigner* signer);

 private:
  [[nodiscard]] AuditHead last() const;

  std::string name_;
  FileDescriptor descriptor_;
  AuditHead start_;
};

// Follows the file. Of the expectation `start`, `head` and `signed_heads` are taken from the file.
[[nodiscard]] AuditState check_audit_file(const InputFile& file, AuditExpectation expectation);

}  // namespace certstore
