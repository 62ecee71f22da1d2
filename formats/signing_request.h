// What a person asks of signing, the same for every format: each refuses what its layout does not have.
#pragma once

#include "certstore/base/time.h"
#include "certstore/signer_identity.h"
#include "certstore/timestamp_attach.h"

#include <optional>
#include <string>
#include <vector>

namespace formats {

// Who signs beside the first one.
struct FurtherSigner {
  certstore::SignerIdentity signer;
  std::vector<certstore::Certificate> chain;

  // Throws Error(key) for a bare key, as that of the request does.
  [[nodiscard]] const certstore::Certificate& certificate() const {
    return certstore::certificate_of(signer);
  }
};

struct SigningRequest {
  certstore::SignerIdentity signer;
  std::vector<certstore::Certificate> chain;
  std::vector<FurtherSigner> also = {};  // most layouts carry one signature, and refuse more
  certstore::DigestAlgorithm digest = certstore::DigestAlgorithm::sha256;
  bool replace = false;  // drop existing signatures
  bool add = false;      // sign beside them, where the layout carries several
  // Globs; entries that none of them names are not signed, where the layout can leave them. Empty: all.
  std::vector<std::string> only = {};
  bool bound = true;
  bool with_cms = false;  // a CMS signature beside the layout's own, where it has a place for one
  certstore::Instant time;
  std::optional<std::uint64_t> serial;  // of the seal; by default the seconds of `time`
  unsigned jobs = 0;
  bool show_progress = false;
  certstore::Stamper stamper = {};  // asked for each CMS signature that is made; empty: no time stamps

  // For the layouts that carry one: throws Error(key) for a bare key, before anything is planned.
  [[nodiscard]] const certstore::Certificate& certificate() const {
    return certstore::certificate_of(signer);
  }
};

}  // namespace formats
