#include "certstore/certificate_path.h"

#include "certstore/base/error.h"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

namespace certstore {
namespace {

openssl::CertificateStack stack_of(const std::vector<Certificate>& certificates) {
  openssl::CertificateStack stack(sk_X509_new_null());
  if (!stack) openssl::throw_error("making a certificate stack");
  for (const Certificate& certificate : certificates) {
    if (sk_X509_push(stack.get(), certificate.openssl()) <= 0)
      openssl::throw_error("filling a certificate stack");
  }
  return stack;
}

Certificate from_openssl(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  if (size <= 0) openssl::throw_error("writing a certificate");
  const Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return Certificate::from_der(bytes, "a certificate of the path");
}

}  // namespace

std::optional<std::vector<Certificate>> find_path(const Certificate& certificate,
                                                  const std::vector<Certificate>& offered,
                                                  const std::vector<Certificate>& trusted) {
  if (trusted.empty()) return std::nullopt;
  const openssl::CertificateStack untrusted = stack_of(offered);
  const openssl::CertificateStack anchors = stack_of(trusted);
  const openssl::TrustStore store(X509_STORE_new());
  const openssl::PathContext context(X509_STORE_CTX_new());
  if (!store || !context) openssl::throw_error("making a path context");
  openssl::require(X509_STORE_CTX_init(context.get(), store.get(), certificate.openssl(), untrusted.get()),
                   "starting a path");
  X509_STORE_CTX_set0_trusted_stack(context.get(), anchors.get());
  // A pinned intermediate is an anchor (partial chain); dates are judged apart.
  X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(context.get()),
                              X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);
  const bool found = X509_verify_cert(context.get()) == 1;
  openssl::clear_errors();
  if (!found) return std::nullopt;
  std::vector<Certificate> path;
  const STACK_OF(X509)* const chain = X509_STORE_CTX_get0_chain(context.get());
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    X509* const link = sk_X509_value(chain, i);
    // OpenSSL also takes a version 1 root or a Netscape CA as an issuer; RFC 5280 4.2.1.9 wants CA:TRUE.
    if (i > 0 && X509_check_ca(link) != 1) return std::nullopt;
    path.push_back(from_openssl(link));
  }
  return path;
}

bool may_sign_packages(const Certificate& certificate) {
  X509* const x509 = certificate.openssl();
  const std::uint32_t flags = X509_get_extension_flags(x509);
  if ((flags & EXFLAG_INVALID) != 0) return false;
  if ((flags & EXFLAG_KUSAGE) != 0 && (X509_get_key_usage(x509) & KU_DIGITAL_SIGNATURE) == 0) return false;
  if ((flags & EXFLAG_XKUSAGE) == 0) return true;
  return (X509_get_extended_key_usage(x509) & (XKU_CODE_SIGN | XKU_ANYEKU)) != 0;
}

bool is_for_servers(const Certificate& certificate) {
  X509* const x509 = certificate.openssl();
  const std::uint32_t flags = X509_get_extension_flags(x509);
  if ((flags & EXFLAG_INVALID) != 0) return false;
  if ((flags & EXFLAG_KUSAGE) != 0 && (X509_get_key_usage(x509) & KU_DIGITAL_SIGNATURE) == 0) return false;
  return (flags & EXFLAG_XKUSAGE) != 0 && (X509_get_extended_key_usage(x509) & XKU_SSL_SERVER) != 0;
}

bool is_authority(const Certificate& certificate) {
  return X509_check_ca(certificate.openssl()) == 1;
}

std::optional<DigestAlgorithm> weak_digest_on(const Certificate& certificate) {
  int digest = NID_undef;
  X509_get_signature_info(certificate.openssl(), &digest, nullptr, nullptr, nullptr);
  if (digest == NID_md5) return DigestAlgorithm::md5;
  if (digest == NID_sha1) return DigestAlgorithm::sha1;
  return std::nullopt;
}

}  // namespace certstore
