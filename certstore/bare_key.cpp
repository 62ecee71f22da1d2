#include "certstore/bare_key.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

#include <sodium.h>

#include <algorithm>

namespace certstore {
namespace {

// SEQUENCE { SEQUENCE { OID 1.3.101.112 } BIT STRING } around the 32 bytes.
constexpr std::array<std::uint8_t, 12> kSpkiHead = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                                    0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

}  // namespace

std::string to_text(const KeyId& id) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (auto byte = id.rbegin(); byte != id.rend(); ++byte) {
    text += kDigits[*byte >> 4U];
    text += kDigits[*byte & 15U];
  }
  return text;
}

BareKey BareKey::from_ed25519(ByteView point, const KeyId& id, std::string_view what) {
  if (point.size() != crypto_core_ed25519_BYTES || crypto_core_ed25519_is_valid_point(point.data()) != 1) {
    throw Error(ErrorKind::malformed, in_quotes(what) + " has no sound Ed25519 key");
  }
  BareKey key;
  key.point_.assign(point.begin(), point.end());
  key.spki_.assign(kSpkiHead.begin(), kSpkiHead.end());
  append(key.spki_, point);
  key.sha256_ = certstore::sha256(key.spki_);
  key.id_ = id;
  key.name_ = "Ed25519 key " + to_text(id);
  return key;
}

BareKey BareKey::from_spki(ByteView spki, const KeyId& id, std::string_view what) {
  if (spki.size() < kSpkiHead.size() || !std::equal(kSpkiHead.begin(), kSpkiHead.end(), spki.begin())) {
    throw Error(ErrorKind::malformed, in_quotes(what) + " is not the public key of an Ed25519 key");
  }
  return from_ed25519(spki.subspan(kSpkiHead.size()), id, what);
}

bool BareKey::checks(ByteView message, ByteView signature) const {
  return signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(signature.data(), message.data(), message.size(), point_.data()) == 0;
}

}  // namespace certstore
