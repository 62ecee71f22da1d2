// A public document (certificate, request) to -o FILE or standard output, as PEM or DER.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/cli.h"

#include <string>

namespace signer {

struct DocumentTarget {
  std::string path;  // "-": standard output
  bool as_der = false;
  bool replace = false;
};

inline constexpr certstore::cli::Option kOutputOption{"output", 'o', "FILE",
                                                      "where to (default: standard output)"};

// --output, --format and --force. Throws Error(usage) for DER on a terminal.
[[nodiscard]] DocumentTarget document_target(const certstore::cli::Arguments& arguments);
// Returns false where it went to standard output, of which there is nothing to say. Throws Error(io) for a
// file that exists, without --force.
bool write_document(const DocumentTarget& target, certstore::ByteView document);

}  // namespace signer
