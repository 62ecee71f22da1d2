#include "certstore/test_signature.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/raw_signature.h"

#include <sodium.h>

namespace certstore {
namespace {

// The prefix keeps the bytes from being anything that somebody verifies.
Bytes test_message() {
  Bytes message(32);
  randombytes_buf(message.data(), message.size());
  Bytes whole;
  append(whole, as_bytes("pkgtrust test signature, says nothing\n"));
  append(whole, message);
  return whole;
}

}  // namespace

void require_signs(const PrivateKey& key, const Certificate& certificate, std::string_view what) {
  const Bytes message = test_message();
  if (key.matches(certificate) && checks_message(certificate, message, sign_message(key, message))) return;
  throw Error(ErrorKind::key, "the key of " + in_quotes(what) + " is not that of its certificate");
}

}  // namespace certstore
