#include "certstore/certificate_path.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/path_rules.h"
#include "certstore/x509_stacks.h"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

namespace certstore {
namespace {

Certificate from_openssl(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  if (size <= 0) openssl::throw_error("writing a certificate");
  const Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return Certificate::from_der(bytes, "a certificate of the path");
}

// One search of OpenSSL's.
struct Attempt {
  std::vector<Certificate> chain;  // as far as it came
  int error = X509_V_OK;
  std::size_t depth = 0;  // where the error is
};

void set_rules(X509_VERIFY_PARAM* parameters, const PathRules& rules, bool at_time) {
  // A pinned intermediate is an anchor (partial chain). A CA may demand policies, whatever we ask for.
  unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_POLICY_CHECK;
  if (rules.explicit_policy) flags |= X509_V_FLAG_EXPLICIT_POLICY;
  if (rules.inhibit_any) flags |= X509_V_FLAG_INHIBIT_ANY;
  if (rules.inhibit_mapping) flags |= X509_V_FLAG_INHIBIT_MAP;
  if (at_time) {
    X509_VERIFY_PARAM_set_time(parameters, rules.at->time_since_epoch().count());
  } else {
    flags |= X509_V_FLAG_NO_CHECK_TIME;
  }
  X509_VERIFY_PARAM_set_flags(parameters, flags);
  X509_VERIFY_PARAM_set_depth(parameters, limits::kPathDepth);
  const std::vector<std::string> any = {"2.5.29.32.0"};
  for (const std::string& policy : rules.policies.empty() ? any : rules.policies) {
    openssl::Asn1Object object(OBJ_txt2obj(policy.c_str(), 1));
    if (!object) throw Error(ErrorKind::usage, in_quotes(policy) + " is not an object identifier");
    openssl::require(X509_VERIFY_PARAM_add0_policy(parameters, object.get()), "asking for a policy");
    static_cast<void>(object.release());
  }
}

Attempt attempt(const Certificate& certificate, const std::vector<Certificate>& offered,
                const std::vector<Certificate>& trusted, const PathRules& rules, bool at_time) {
  const openssl::CertificateStack untrusted = stack_of(offered);
  const openssl::CertificateStack anchors = stack_of(trusted);
  const openssl::TrustStore store(X509_STORE_new());
  const openssl::PathContext context(X509_STORE_CTX_new());
  if (!store || !context) openssl::throw_error("making a path context");
  openssl::require(X509_STORE_CTX_init(context.get(), store.get(), certificate.openssl(), untrusted.get()),
                   "starting a path");
  X509_STORE_CTX_set0_trusted_stack(context.get(), anchors.get());
  set_rules(X509_STORE_CTX_get0_param(context.get()), rules, at_time);
  Attempt found;
  if (X509_verify_cert(context.get()) != 1) {
    found.error = X509_STORE_CTX_get_error(context.get());
    if (found.error == X509_V_OK) found.error = X509_V_ERR_UNSPECIFIED;
    found.depth = static_cast<std::size_t>(std::max(0, X509_STORE_CTX_get_error_depth(context.get())));
  }
  openssl::clear_errors();
  const STACK_OF(X509)* const chain = X509_STORE_CTX_get0_chain(context.get());
  for (int i = 0; i < sk_X509_num(chain); ++i) found.chain.push_back(from_openssl(sk_X509_value(chain, i)));
  return found;
}

// Whether the search came to no trusted certificate, or by a name only: then there is nothing to explain.
bool leads_nowhere(int error) {
  constexpr std::array kErrors = {
      X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,       X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
      X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,     X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
      X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_SIGNATURE_FAILURE};
  return std::find(kErrors.begin(), kErrors.end(), error) != kErrors.end();
}

std::string fault_of(const Attempt& attempt, const PathRules& rules) {
  if (attempt.error == X509_V_OK) return path_fault(attempt.chain, rules.most_issuers);
  const std::string why = X509_verify_cert_error_string(attempt.error);
  if (attempt.depth >= attempt.chain.size()) return why;
  return in_quotes(attempt.chain[attempt.depth].subject()) + ": " + why;
}

// Takes the issuer that a search failed at out of what is offered; false if there is none to take.
bool drop_culprit(const Attempt& attempt, std::vector<Certificate>& offered) {
  if (attempt.chain.size() < 3) return false;
  const std::size_t place = std::clamp<std::size_t>(attempt.depth, 1, attempt.chain.size() - 2);
  return std::erase(offered, attempt.chain[place]) > 0;
}

}  // namespace

FoundPath find_path(const Certificate& certificate, const std::vector<Certificate>& offered,
                    const std::vector<Certificate>& trusted, const PathRules& rules) {
  FoundPath found;
  if (trusted.empty()) return found;
  // OpenSSL follows one path. Another may lead further without the issuer at which that one failed.
  constexpr int kAttempts = 4;
  for (const bool at_time : {true, false}) {
    if (at_time && !rules.at) continue;
    std::vector<Certificate> left = offered;
    for (int i = 0; i < kAttempts; ++i) {
      const Attempt made = attempt(certificate, left, trusted, rules, at_time);
      const std::string fault = fault_of(made, rules);
      if (fault.empty()) return {made.chain, {}};
      if (!at_time && found.fault.empty() && !leads_nowhere(made.error)) found.fault = fault;
      if (!drop_culprit(made, left)) break;
    }
  }
  return found;
}

namespace {

std::uint32_t usages_of(PathRules::Purpose purpose) {
  switch (purpose) {
    case PathRules::Purpose::packages:
      return XKU_CODE_SIGN | XKU_ANYEKU;
    case PathRules::Purpose::packages_or_servers:
      return XKU_CODE_SIGN | XKU_SSL_SERVER | XKU_ANYEKU;
    case PathRules::Purpose::servers:
      return XKU_SSL_SERVER | XKU_ANYEKU;
    case PathRules::Purpose::clients:
      return XKU_SSL_CLIENT | XKU_ANYEKU;
  }
  throw Error(ErrorKind::internal, "a purpose without a case");
}

}  // namespace

bool may_issue_for(const Certificate& issuer, PathRules::Purpose purpose) {
  X509* const x509 = issuer.openssl();
  const std::uint32_t flags = X509_get_extension_flags(x509);
  if ((flags & EXFLAG_INVALID) != 0) return false;
  if ((flags & EXFLAG_XKUSAGE) == 0) return true;
  return (X509_get_extended_key_usage(x509) & usages_of(purpose)) != 0;
}

bool may_sign(const Certificate& certificate, PathRules::Purpose purpose) {
  X509* const x509 = certificate.openssl();
  const std::uint32_t flags = X509_get_extension_flags(x509);
  if ((flags & EXFLAG_KUSAGE) != 0 && (X509_get_key_usage(x509) & KU_DIGITAL_SIGNATURE) == 0) return false;
  return may_issue_for(certificate, purpose);
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
