#include "formats/vro_signing.h"

#include "certstore/base/error.h"

namespace formats {

std::unique_ptr<SigningPlan> plan_vro_signing(const VroContents&, const certstore::Issues&,
                                              const SigningRequest&) {
  throw certstore::Error(certstore::ErrorKind::unsupported, "signing vRO packages is not built yet");
}

}  // namespace formats
