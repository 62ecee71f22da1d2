// X.509 certificates as values: read strictly, compared by their bytes, never by their names.
// A Certificate is immutable and may be shared between threads.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/time.h"
#include "certstore/digest.h"
#include "certstore/openssl.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace certstore {

enum class KeyKind { rsa, rsa_pss, ec, ed25519, dsa, other };

// "RSA", "RSA-PSS", "EC", ...
[[nodiscard]] std::string_view name_of(KeyKind kind);

class Certificate {
 public:
  // Reads exactly one DER certificate (RFC 5280 4.1), nothing after it, at most limits::kCertificateSize.
  // Throws Error(malformed) naming `what`.
  static Certificate from_der(ByteView der, std::string_view what);

  [[nodiscard]] const Bytes& der() const { return facts_->der; }
  [[nodiscard]] const Sha256& sha256() const { return facts_->sha256; }
  // SHA-256 of the SubjectPublicKeyInfo: the same for all certificates of one key.
  [[nodiscard]] const Sha256& public_key_sha256() const { return facts_->public_key_sha256; }
  // RFC 4514 strings as the product writes them (DER order reversed, UTF-8); not escaped for a terminal.
  [[nodiscard]] const std::string& subject() const { return facts_->subject; }
  [[nodiscard]] const std::string& issuer() const { return facts_->issuer; }
  [[nodiscard]] const std::string& serial_hex() const { return facts_->serial_hex; }
  // One part of the subject ("CN", "O", "OU", "C"), the first if there are several; empty if absent.
  [[nodiscard]] std::string subject_part(std::string_view short_name) const;
  [[nodiscard]] Instant not_before() const { return facts_->not_before; }
  [[nodiscard]] Instant not_after() const { return facts_->not_after; }
  [[nodiscard]] KeyKind key_kind() const { return facts_->key_kind; }
  [[nodiscard]] int key_bits() const { return facts_->key_bits; }
  // What is wrong with the public key (exponent, modulus, curve); empty if it is sound.
  [[nodiscard]] const std::string& key_unsoundness() const { return facts_->key_unsoundness; }
  // Issuer and subject are equal and the signature is by its own key (not so for MD5 where OpenSSL refuses).
  [[nodiscard]] bool is_self_signed() const { return facts_->self_signed; }
  // Carries our extension "packages by this key are always bound" (docs/formats/vro.md).
  [[nodiscard]] bool promises_bound_packages() const { return facts_->promises_bound_packages; }

  // Whether `signature` is a canonical RSASSA-PKCS1-v1_5 signature (RFC 8017 8.2.2) of a message with that
  // digest by this key; false for other key kinds.
  [[nodiscard]] bool checks_rsa_signature(DigestAlgorithm algorithm, ByteView message_digest,
                                          ByteView signature) const;
  // The digest that `signature` is of, if it is a canonical one with that algorithm by this key; for asking
  // what was signed when the message is not known.
  [[nodiscard]] std::optional<Bytes> digest_in_rsa_signature(DigestAlgorithm algorithm,
                                                             ByteView signature) const;

  // Borrowed; for calls into OpenSSL inside certstore.
  [[nodiscard]] X509* openssl() const { return facts_->x509.get(); }

  friend bool operator==(const Certificate& a, const Certificate& b) { return a.sha256() == b.sha256(); }

 private:
  struct Facts {
    openssl::X509Certificate x509;
    Bytes der;
    Sha256 sha256{};
    Sha256 public_key_sha256{};
    std::string subject;
    std::string issuer;
    std::string serial_hex;
    Instant not_before;
    Instant not_after;
    KeyKind key_kind = KeyKind::other;
    int key_bits = 0;
    std::string key_unsoundness;
    bool self_signed = false;
    bool promises_bound_packages = false;
  };
  explicit Certificate(std::shared_ptr<const Facts> facts) : facts_(std::move(facts)) {}
  std::shared_ptr<const Facts> facts_;
};

// The OID of that extension, non-critical, value NULL: a random UUID in short arcs (docs/decisions/0007).
inline constexpr const char* kAlwaysBoundOid =
    "1.2.840.113556.1.8000.2554.59247.35305.15439.20160.36202.12664903.9199090";

[[nodiscard]] std::string to_pem(const Certificate& certificate);

}  // namespace certstore
