// A public key for which no certificate speaks, as minisign and signify use them: Ed25519 (RFC 8032). Its
// identity is the SHA-256 of its SubjectPublicKeyInfo; the key id beside it is a name that anyone can take.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/digest.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace certstore {

using KeyId = std::array<std::uint8_t, 8>;

// As minisign prints it: the number in its little-endian bytes, 16 hex digits.
[[nodiscard]] std::string to_text(const KeyId& id);

class BareKey {
 public:
  // Reads the 32 bytes of a key. Throws Error(malformed) naming `what` for a point with which a signature
  // proves nothing: not canonical, not on the curve, of small order.
  static BareKey from_ed25519(ByteView point, const KeyId& id, std::string_view what);
  // Reads exactly such a SubjectPublicKeyInfo (RFC 8410 4). Throws likewise.
  static BareKey from_spki(ByteView spki, const KeyId& id, std::string_view what);

  [[nodiscard]] const Bytes& point() const { return point_; }
  [[nodiscard]] const Bytes& spki() const { return spki_; }
  // Of the SubjectPublicKeyInfo: what Certificate::public_key_sha256() is for a certificate of this key.
  [[nodiscard]] const Sha256& sha256() const { return sha256_; }
  [[nodiscard]] const KeyId& id() const { return id_; }
  // "Ed25519 key E7620F1842B4E81F"
  [[nodiscard]] const std::string& name() const { return name_; }
  // Whether `signature` is one over these bytes by this key.
  [[nodiscard]] bool checks(ByteView message, ByteView signature) const;

  // The same key, whatever its id.
  friend bool operator==(const BareKey& a, const BareKey& b) { return a.spki_ == b.spki_; }

 private:
  BareKey() = default;
  Bytes point_;
  Bytes spki_;
  Sha256 sha256_{};
  KeyId id_{};
  std::string name_;
};

}  // namespace certstore
