// Revocation lists for tests, made by OpenSSL directly.
#pragma once

#include "certstore/crl.h"
#include "tests/unit/certificates.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tests {

struct RevokedWish {
  Certificate certificate;
  std::string since = "2026-06-01";
  std::optional<int> reason;              // CRL_REASON_...
  std::optional<std::string> lost_since;  // invalidityDate
};

struct CrlWish {
  std::vector<RevokedWish> revoked;
  std::string this_update = "2026-11-01";
  std::string next_update = "2026-12-01";  // empty: none
  long number = 7;                         // 0: none
  std::map<int, std::string> extensions;   // NID to OpenSSL's configuration text
  long base = 0;                           // of a delta
};

inline certstore::openssl::Item<ASN1_GENERALIZEDTIME> generalized(const std::string& date) {
  return {ASN1_GENERALIZEDTIME_set(nullptr, certstore::parse_instant(date).time_since_epoch().count()),
          {ASN1_GENERALIZEDTIME_it}};
}

inline void set_date(X509_CRL* list, const std::string& date, int (*set)(X509_CRL*, const ASN1_TIME*)) {
  const certstore::openssl::Item<ASN1_TIME> time(
      ASN1_TIME_set(nullptr, certstore::parse_instant(date).time_since_epoch().count()), {ASN1_TIME_it});
  set(list, time.get());
}

inline void add_number(X509_CRL* list, int nid, long number, int critical) {
  if (number == 0) return;
  const certstore::openssl::Asn1Integer value(ASN1_INTEGER_new());
  ASN1_INTEGER_set(value.get(), number);
  X509_CRL_add1_ext_i2d(list, nid, value.get(), critical, 0);
}

inline void add_revoked(X509_CRL* list, const RevokedWish& wish) {
  X509_REVOKED* const entry = X509_REVOKED_new();
  X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(wish.certificate.openssl()));
  X509_REVOKED_set_revocationDate(entry, generalized(wish.since).get());
  if (wish.reason) {
    const certstore::openssl::Item<ASN1_ENUMERATED> reason(ASN1_ENUMERATED_new(), {ASN1_ENUMERATED_it});
    ASN1_ENUMERATED_set(reason.get(), *wish.reason);
    X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, reason.get(), 0, 0);
  }
  if (wish.lost_since)
    X509_REVOKED_add1_ext_i2d(entry, NID_invalidity_date, generalized(*wish.lost_since).get(), 0, 0);
  X509_CRL_add0_revoked(list, entry);
}

inline certstore::Bytes make_crl_der(const CrlWish& wish, const Certificate& issuer, EVP_PKEY* key,
                                     const EVP_MD* digest = EVP_sha256()) {
  const certstore::openssl::RevocationList list(X509_CRL_new());
  X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer.openssl()));
  set_date(list.get(), wish.this_update, X509_CRL_set1_lastUpdate);
  if (!wish.next_update.empty()) set_date(list.get(), wish.next_update, X509_CRL_set1_nextUpdate);
  add_number(list.get(), NID_crl_number, wish.number, 0);
  add_number(list.get(), NID_delta_crl, wish.base, 1);
  for (const RevokedWish& revoked : wish.revoked) add_revoked(list.get(), revoked);
  for (const auto& [nid, text] : wish.extensions) {
    const certstore::openssl::Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, nid, text.c_str()));
    X509_CRL_add_ext(list.get(), extension.get(), -1);
  }
  X509_CRL_sort(list.get());
  X509_CRL_sign(list.get(), key, digest);
  unsigned char* der = nullptr;
  const int size = i2d_X509_CRL(list.get(), &der);
  certstore::Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

inline certstore::Crl make_crl(const CrlWish& wish, const Certificate& issuer, EVP_PKEY* key) {
  return certstore::Crl::from_der(make_crl_der(wish, issuer, key), "a test");
}

}  // namespace tests
