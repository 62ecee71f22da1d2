#include "signer/document_output.h"

#include "certstore/base/error.h"
#include "certstore/base/file.h"

#include <unistd.h>

#include <array>
#include <iostream>

namespace signer {

DocumentTarget document_target(const certstore::cli::Arguments& arguments) {
  constexpr std::array<std::string_view, 2> kForms = {"pem", "der"};
  const DocumentTarget target{.path = arguments.value("output").value_or("-"),
                              .as_der = arguments.word("format", kForms) == "der",
                              .replace = arguments.has("force")};
  if (target.path == "-" && target.as_der && ::isatty(STDOUT_FILENO) == 1) {
    throw certstore::Error(certstore::ErrorKind::usage, "DER is not written to a terminal",
                           "-o FILE, or --format pem");
  }
  return target;
}

bool write_document(const DocumentTarget& target, certstore::ByteView document) {
  if (target.path == "-") {
    std::cout << certstore::as_text(document);
    return false;
  }
  certstore::AtomicFile file(target.path);
  file.write(document);
  file.commit(target.replace ? certstore::Existing::replace : certstore::Existing::refuse);
  return true;
}

}  // namespace signer
