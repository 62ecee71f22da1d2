// Any bytes as a time stamp response: refused, or a token; any token is judged against a signature that
// nobody stamped, or proves its time by a certificate that was valid then.
#include "certstore/base/error.h"
#include "certstore/timestamp.h"
#include "tests/fuzz/memory_file.h"

namespace {

void judge(certstore::ByteView token) {
  const certstore::Bytes nobodys(256);
  fuzz::require(
      std::holds_alternative<std::string>(certstore::check_timestamp(token, {.signature = nobodys})));
  // The seed's imprint: 32 zero bytes.
  const certstore::Bytes imprint(32);
  const auto answer = certstore::check_timestamp(token, {.signature = {}, .imprint = imprint});
  if (const auto* const stamp = std::get_if<certstore::VerifiedTimestamp>(&answer)) {
    fuzz::require(stamp->time() >= stamp->authority().not_before() &&
                  stamp->time() <= stamp->authority().not_after());
  } else {
    fuzz::require(!std::get<std::string>(answer).empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const certstore::ByteView input{bytes, size};
  judge(input);
  try {
    judge(certstore::token_in_response(input, "input"));
  } catch (const certstore::Error& error) {
    fuzz::require(error.kind() == certstore::ErrorKind::status);
  }
  return 0;
}
