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

void require_signs(const PrivateKey& key, const SignerIdentity& signer, std::string_view what) {
  const Bytes message = test_message();
  const Bytes signature = sign_message(key, message);
  if (const BareKey* const bare_key = signer.bare_key()) {
    if (bare_key->checks(message, signature)) return;
    throw Error(ErrorKind::key, "the private key of " + in_quotes(what) + " is not that of its public one");
  }
  const Certificate& certificate = *signer.certificate();
  if (key.matches(certificate) && checks_message(certificate, message, signature)) return;
  throw Error(ErrorKind::key, "the key of " + in_quotes(what) + " is not that of its certificate");
}

}  // namespace certstore
