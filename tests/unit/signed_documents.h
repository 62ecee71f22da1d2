// Documents of ours (successions, trust bundles) signed by whoever, for whatever, without any of our checks.
#pragma once

#include "tests/unit/cms_files.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tests {

inline Bytes signed_document(const std::string& document, const std::vector<const Signer*>& signers,
                             std::string_view context) {
  Bytes file;
  for (const Signer* const signer : signers) {
    const DigestAlgorithm algorithm = signer->usual_digest();
    const Bytes digest = certstore::digest(algorithm, as_bytes(document));
    const cms::Signing signing{.digest = algorithm,
                               .content_digest = digest,
                               .time = kSigned,
                               .context = context,
                               .content = as_bytes(document)};
    file = file.empty() ? cms::create(*signer, signing) : cms::add_signer(file, *signer, signing);
  }
  return file;
}

// `text`, which holds `what`, with `by` in its place.
inline std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const auto place = text.find(what);
  BOOST_REQUIRE(place != std::string::npos);
  return text.replace(place, what.size(), by);
}

}  // namespace tests
