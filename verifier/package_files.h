// The files that are meant where a folder is named.
#pragma once

#include "certstore/base/error.h"
#include "verifier/batch_limits.h"

#include <string>
#include <vector>

namespace verifier {

struct FoundFile {
  std::string path;
  std::size_t operand = 0;   // which one led here
  bool from_folder = false;  // then it may be anything
};

// What could not be looked into.
struct UnreadPlace {
  std::string path;
  std::size_t operand = 0;
  certstore::Error error;
};

struct FoundFiles {
  std::vector<FoundFile> files;
  std::vector<UnreadPlace> unread;
};

// Every operand that is a folder gives the regular files beneath it, by the bytes of their names; the others
// give themselves. Links to files are followed, links to folders are not, so that no walk has no end;
// the signature beside a file (FILE.p7s, FILE.minisig) is left out, being judged with it. Ends at
// `most` files, with an unread place. Never throws for what it finds.
[[nodiscard]] FoundFiles find_package_files(const std::vector<std::string>& operands,
                                            std::size_t most = limits::kBatchFiles);

}  // namespace verifier
