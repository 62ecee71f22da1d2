#include "certstore/path_rules.h"

#include "certstore/base/escape.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <set>

namespace certstore {
namespace {

constexpr int kSerialBytes = 20;  // RFC 5280 4.1.2.2

bool has(const X509* x509, int nid) {
  return X509_get_ext_by_NID(x509, nid, -1) >= 0;
}

bool is_critical(const X509* x509, int nid) {
  const int place = X509_get_ext_by_NID(x509, nid, -1);
  return place >= 0 && X509_EXTENSION_get_critical(X509_get_ext(x509, place)) != 0;
}

// Of two extensions of one kind programs read different ones.
bool has_extension_twice(const X509* x509) {
  std::set<std::string> seen;
  for (int i = 0; i < X509_get_ext_count(x509); ++i) {
    const ASN1_OBJECT* const object = X509_EXTENSION_get_object(X509_get_ext(x509, i));
    const auto* const bytes = reinterpret_cast<const char*>(OBJ_get0_data(object));
    if (!seen.emplace(bytes, OBJ_length(object)).second) return true;
  }
  return false;
}

std::string criticality_fault(const X509* x509) {
  // RFC 5280 4.2.1.1, 4.2.1.2, 4.2.2.1: conforming CAs mark these as not critical.
  constexpr std::array kNeverCritical = {NID_authority_key_identifier, NID_subject_key_identifier,
                                         NID_info_access};
  for (const int nid : kNeverCritical) {
    if (is_critical(x509, nid)) return std::string(OBJ_nid2sn(nid)) + " is critical";
  }
  return {};
}

// An extension that we never read otherwise, and that is there to be read by somebody.
bool has_unreadable_extension(const X509* x509) {
  for (int i = 0; i < X509_get_ext_count(x509); ++i) {
    X509_EXTENSION* const extension = X509_get_ext(x509, i);
    const X509V3_EXT_METHOD* const method = X509V3_EXT_get(extension);
    if (method == nullptr || method->it == nullptr) continue;
    const openssl::Item<ASN1_VALUE> value(static_cast<ASN1_VALUE*>(X509V3_EXT_d2i(extension)), {method->it});
    if (!value) return true;
  }
  return false;
}

std::string name_fault(const X509* x509, bool is_authority) {
  if (X509_NAME_entry_count(X509_get_issuer_name(x509)) == 0) return "its issuer has no name";
  if (X509_NAME_entry_count(X509_get_subject_name(x509)) > 0) return {};
  if (is_authority) return "a CA has no name";
  const bool named_elsewhere = has(x509, NID_subject_alt_name);
  return named_elsewhere && !is_critical(x509, NID_subject_alt_name)
             ? "its only name, subjectAltName, is not critical"
             : "";
}

// RFC 5280 4.2.1.10 forbids it: programs take it for no constraint, or for one that nothing meets.
bool constrains_nothing(const X509* x509) {
  const openssl::Item<NAME_CONSTRAINTS> constraints(
      static_cast<NAME_CONSTRAINTS*>(X509_get_ext_d2i(x509, NID_name_constraints, nullptr, nullptr)),
      {NAME_CONSTRAINTS_it});
  openssl::clear_errors();
  return constraints && sk_GENERAL_SUBTREE_num(constraints->permittedSubtrees) <= 0 &&
         sk_GENERAL_SUBTREE_num(constraints->excludedSubtrees) <= 0;
}

// Rights of a CA in a certificate of none.
std::string rights_fault(X509* x509, bool is_authority) {
  if (constrains_nothing(x509)) return "its name constraints constrain nothing";
  if (is_authority) return {};
  if ((X509_get_extension_flags(x509) & EXFLAG_KUSAGE) != 0 &&
      (X509_get_key_usage(x509) & KU_KEY_CERT_SIGN) != 0)
    return "it is no CA and may sign certificates";
  if (has(x509, NID_name_constraints)) return "it is no CA and constrains names";
  return {};
}

std::string serial_fault(const X509* x509) {
  const ASN1_INTEGER* const serial = X509_get0_serialNumber(x509);
  const openssl::Bignum number(ASN1_INTEGER_to_BN(serial, nullptr));
  if (!number || BN_is_zero(number.get()) == 1) return "its serial number is zero";
  if (ASN1_STRING_length(serial) > kSerialBytes) return "its serial number is longer than 20 bytes";
  return {};
}

std::string fault_of(const Certificate& link) {
  X509* const x509 = link.openssl();
  const bool is_authority = X509_check_ca(x509) == 1;
  if (has_extension_twice(x509)) return "it has an extension twice";
  if ((X509_get_extension_flags(x509) & EXFLAG_INVALID) != 0 || has_unreadable_extension(x509)) {
    openssl::clear_errors();
    return "it has an extension that cannot be read";
  }
  for (const std::string& fault : {criticality_fault(x509), name_fault(x509, is_authority),
                                   rights_fault(x509, is_authority), serial_fault(x509)}) {
    if (!fault.empty()) return fault;
  }
  return {};
}

int issuers_between(const std::vector<Certificate>& path) {
  if (path.size() < 3) return 0;
  return static_cast<int>(std::count_if(path.begin() + 1, path.end() - 1, [](const Certificate& link) {
    return X509_NAME_cmp(X509_get_subject_name(link.openssl()), X509_get_issuer_name(link.openssl())) != 0;
  }));
}

}  // namespace

std::string path_fault(const std::vector<Certificate>& path, std::optional<int> most_issuers) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    const Certificate& link = path[i];
    // OpenSSL also takes a version 1 root or a Netscape CA as an issuer; RFC 5280 4.2.1.9 wants CA:TRUE.
    if (i > 0 && X509_check_ca(link.openssl()) != 1) return in_quotes(link.subject()) + " is no CA";
    if (i + 1 == path.size()) continue;
    if (const std::string fault = fault_of(link); !fault.empty())
      return in_quotes(link.subject()) + ": " + fault;
  }
  if (most_issuers && issuers_between(path) > *most_issuers)
    return "more than " + std::to_string(*most_issuers) + " issuers stand between it and the trusted one";
  return {};
}

}  // namespace certstore
