#include "certstore/x509_stacks.h"

namespace certstore {

openssl::CertificateStack stack_of(const std::vector<Certificate>& certificates) {
  openssl::CertificateStack stack(sk_X509_new_null());
  if (!stack) openssl::throw_error("making a certificate stack");
  for (const Certificate& certificate : certificates) {
    if (sk_X509_push(stack.get(), certificate.openssl()) <= 0)
      openssl::throw_error("filling a certificate stack");
  }
  return stack;
}

openssl::RevocationListStack stack_of(const std::vector<Crl>& lists) {
  openssl::RevocationListStack stack(sk_X509_CRL_new_null());
  if (!stack) openssl::throw_error("making a stack of revocation lists");
  for (const Crl& list : lists) {
    if (sk_X509_CRL_push(stack.get(), list.openssl()) <= 0)
      openssl::throw_error("filling a stack of revocation lists");
  }
  return stack;
}

}  // namespace certstore
