// Any bytes as a trust record: refused as a damaged store, or a record that is written and read as the same.
#include "certstore/base/error.h"
#include "certstore/trust.h"
#include "certstore/trust_record_json.h"
#include "tests/fuzz/memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  try {
    const certstore::TrustRecord record = certstore::parse_trust_record({bytes, size});
    fuzz::require(certstore::parse_trust_record(certstore::to_json(record)) == record);
    fuzz::require(record.id == certstore::id_of(record));
  } catch (const certstore::Error& error) {
    fuzz::require(error.kind() == certstore::ErrorKind::store);
  }
  return 0;
}
