// Time stamp tokens for tests, made by OpenSSL's CMS and TS code so that nothing of ours is its own judge.
#pragma once

#include "certstore/timestamp.h"
#include "certstore/trust_record.h"
#include "tests/unit/timestamp_authority.h"

#include <openssl/cms.h>
#include <openssl/ts.h>

#include <optional>
#include <string>
#include <vector>

namespace tests {

using certstore::Bytes;
using certstore::ByteView;

// Trust for time stamps in that certificate or what it issued.
inline certstore::TrustRecord stamp_record(const Certificate& certificate) {
  certstore::TrustRecord record;
  record.id = "stamps";
  record.sha256 = certificate.sha256();
  record.certificate = certificate.der();
  record.use = certstore::TrustRecord::Use::timestamp;
  return record;
}

struct TokenWish {
  Bytes signature = {1, 2, 3};
  std::string time = "20260101120000Z";
  const EVP_MD* digest = EVP_sha256();
  int digest_nid = NID_sha256;
  std::optional<std::uint64_t> nonce;
  std::string policy = "1.2.3.4.1";
  long version = 1;
  bool critical_extension = false;
  bool names_certificate = true;
  bool carries_content = true;
  std::string content_type = "1.2.840.113549.1.9.16.1.4";
  const Authority* second_signer = nullptr;
};

inline Bytes make_token_info(const TokenWish& wish) {
  const certstore::openssl::TimestampInfo info(TS_TST_INFO_new());
  TS_TST_INFO_set_version(info.get(), wish.version);
  const certstore::openssl::Asn1Object policy(OBJ_txt2obj(wish.policy.c_str(), 1));
  TS_TST_INFO_set_policy_id(info.get(), policy.get());
  const certstore::openssl::TimestampImprint imprint(TS_MSG_IMPRINT_new());
  const certstore::openssl::Algorithm algorithm(X509_ALGOR_new());
  X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(wish.digest_nid), V_ASN1_NULL, nullptr);
  TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get());
  Bytes value(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  EVP_Digest(wish.signature.data(), wish.signature.size(), value.data(), &size, wish.digest, nullptr);
  TS_MSG_IMPRINT_set_msg(imprint.get(), value.data(), static_cast<int>(size));
  TS_TST_INFO_set_msg_imprint(info.get(), imprint.get());
  const certstore::openssl::Asn1Integer serial(ASN1_INTEGER_new());
  ASN1_INTEGER_set(serial.get(), 0x1234);
  TS_TST_INFO_set_serial(info.get(), serial.get());
  const certstore::openssl::Item<ASN1_GENERALIZEDTIME> time(ASN1_GENERALIZEDTIME_new(),
                                                            {ASN1_GENERALIZEDTIME_it});
  ASN1_GENERALIZEDTIME_set_string(time.get(), wish.time.c_str());
  TS_TST_INFO_set_time(info.get(), time.get());
  if (wish.nonce) {
    ASN1_INTEGER_set_uint64(serial.get(), *wish.nonce);
    TS_TST_INFO_set_nonce(info.get(), serial.get());
  }
  if (wish.critical_extension) {
    const certstore::openssl::Extension extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_netscape_comment, "critical,surprise"));
    TS_TST_INFO_add_ext(info.get(), extension.get(), -1);
  }
  unsigned char* der = nullptr;
  const int length = i2d_TS_TST_INFO(info.get(), &der);
  Bytes bytes(der, der + length);
  OPENSSL_free(der);
  return bytes;
}

inline Bytes make_token(const Authority& authority, const TokenWish& wish = {}) {
  const Bytes content = make_token_info(wish);
  const unsigned flags = CMS_BINARY | CMS_PARTIAL | (wish.carries_content ? 0U : CMS_DETACHED);
  const certstore::openssl::Item<CMS_ContentInfo> cms(CMS_sign(nullptr, nullptr, nullptr, nullptr, flags),
                                                      {CMS_ContentInfo_it});
  const certstore::openssl::Asn1Object type(OBJ_txt2obj(wish.content_type.c_str(), 1));
  CMS_set1_eContentType(cms.get(), type.get());
  const unsigned cades = wish.names_certificate ? unsigned{CMS_CADES} : 0U;
  const auto add = [&](const Authority& signer) {
    CMS_add1_signer(cms.get(), signer.certificate.openssl(), signer.key.openssl(), EVP_sha256(),
                    CMS_BINARY | CMS_NOSMIMECAP | cades);
  };
  add(authority);
  if (wish.second_signer != nullptr) add(*wish.second_signer);
  const certstore::openssl::Bio in(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())));
  if (CMS_final(cms.get(), in.get(), nullptr, flags) != 1) throw std::runtime_error("no token made");
  unsigned char* der = nullptr;
  const int length = i2d_CMS_ContentInfo(cms.get(), &der);
  Bytes bytes(der, der + length);
  OPENSSL_free(der);
  return bytes;
}

}  // namespace tests
