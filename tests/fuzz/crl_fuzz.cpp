// Any bytes as a revocation list, alone and as a file: refused, or a list that is kept byte for byte.
#include "certstore/base/error.h"
#include "certstore/crl_status.h"
#include "tests/fuzz/memory_file.h"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const certstore::ByteView input(bytes, size);
  try {
    for (const certstore::Crl& list : certstore::read_crl_file(input, "fuzz")) {
      const certstore::Crl again = certstore::Crl::from_der(list.der(), "fuzz");
      fuzz::require(again.sha256() == list.sha256() && again.series() == list.series());
      fuzz::require(!again.is_after(list) && !list.is_after(again));
    }
  } catch (const certstore::Error& error) {
    fuzz::require(error.kind() == certstore::ErrorKind::key);
  }
  try {
    fuzz::require(std::ranges::equal(certstore::Crl::from_der(input, "fuzz").der(), input));
  } catch (const certstore::Error& error) {
    fuzz::require(error.kind() == certstore::ErrorKind::malformed);
  }
  return 0;
}
