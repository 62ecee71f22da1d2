// Puts certificates that lie about in any order into that of a chain: by names and signatures alone. Whether
// each link may do what it does is another question (certificate_path.h).
#pragma once

#include "certstore/certificate.h"

#include <string>
#include <vector>

namespace certstore {

struct FoundChain {
  std::vector<Certificate> issuers;  // the direct one first; up to a self-signed one where nothing is missing
  std::string missing;               // what it needs to be complete, one sentence; empty if it is
};

// Searches the issuers of `certificate` among `candidates`. Where there are several ways, takes one that ends
// in a self-signed certificate, the shortest; where none does, names whose issuer is not there.
[[nodiscard]] FoundChain find_chain(const Certificate& certificate,
                                    const std::vector<Certificate>& candidates);

}  // namespace certstore
