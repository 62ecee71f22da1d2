// Certificate revocation lists (RFC 5280 5) as values: read strictly, complete, delta or indirect. Immutable,
// and may be shared between threads. What they say of a certificate is asked in crl_status.h.
#pragma once

#include "certstore/certificate.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace certstore {

class Crl {
 public:
  // Reads exactly one DER list of version 2 with a number and an end (RFC 5280 5.1.2.5, 5.2.3), at most
  // limits::kCrlSize. Throws Error(malformed) naming `what`.
  static Crl from_der(ByteView der, std::string_view what);

  [[nodiscard]] const Bytes& der() const { return facts_->der; }
  [[nodiscard]] const Sha256& sha256() const { return facts_->sha256; }
  [[nodiscard]] const std::string& issuer() const { return facts_->issuer; }  // not escaped
  [[nodiscard]] const std::string& number_hex() const { return facts_->number_hex; }
  // Of the complete list that a delta needs; empty for a complete one.
  [[nodiscard]] const std::optional<std::string>& base_number_hex() const { return facts_->base_number_hex; }
  [[nodiscard]] bool is_delta() const { return facts_->base_number_hex.has_value(); }
  [[nodiscard]] Instant this_update() const { return facts_->this_update; }
  [[nodiscard]] Instant next_update() const { return facts_->next_update; }
  [[nodiscard]] std::size_t entries() const { return facts_->entries; }
  // One place in a store: lists of one issuer, key, scope and kind replace each other.
  [[nodiscard]] const Sha256& series() const { return facts_->series; }
  // The digest of its signature where it is a weak one.
  [[nodiscard]] std::optional<DigestAlgorithm> weak_digest() const { return facts_->weak_digest; }

  // Whether it is newer than `other`, by its number, then by its date.
  [[nodiscard]] bool is_after(const Crl& other) const;
  [[nodiscard]] bool is_current(Instant at) const { return this_update() <= at && at < next_update(); }
  // Whether the issuer's name, its key and its right to sign lists (cRLSign, if it states any use) are of
  // this certificate. Nothing is said about whether that is trusted.
  [[nodiscard]] bool is_signed_by(const Certificate& issuer) const;
  [[nodiscard]] bool is_of_issuer_of(const Certificate& certificate) const;

  // Borrowed; for calls into OpenSSL inside certstore.
  [[nodiscard]] X509_CRL* openssl() const { return facts_->crl.get(); }

 private:
  struct Facts {
    openssl::RevocationList crl;
    Bytes der;
    Sha256 sha256{};
    Sha256 series{};
    std::string issuer;
    std::string number_hex;
    std::optional<std::string> base_number_hex;
    Instant this_update{};
    Instant next_update{};
    std::size_t entries = 0;
    std::optional<DigestAlgorithm> weak_digest;
  };
  explicit Crl(std::shared_ptr<const Facts> facts) : facts_(std::move(facts)) {}
  std::shared_ptr<const Facts> facts_;
};

// The lists of a file, PEM or DER; throws Error(key) where there are none, or where one cannot be read.
[[nodiscard]] std::vector<Crl> read_crl_file(ByteView file, const std::string& name);
[[nodiscard]] std::vector<Crl> read_crl_file(const std::string& path);

// The http and https addresses at which the certificate says that its lists are (RFC
// 5280 4.2.1.13, 4.2.1.15).
[[nodiscard]] std::vector<std::string> crl_addresses(const Certificate& certificate);

}  // namespace certstore
