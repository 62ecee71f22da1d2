#include "certstore/signing_request.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>

namespace certstore {
namespace {

bool is_label(std::string_view label) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), fits);
}

void require_dns_name(std::string_view name) {
  std::string_view rest = name.substr(0, 2) == "*." ? name.substr(2) : name;
  bool sound = name.size() <= 253 && !rest.empty();
  while (sound && !rest.empty()) {
    const std::size_t dot = rest.find('.');
    sound = is_label(rest.substr(0, dot)) && dot != rest.size() - 1;
    rest = dot == std::string_view::npos ? "" : rest.substr(dot + 1);
  }
  if (sound) return;
  throw Error(ErrorKind::usage, in_quotes(name) + " is no DNS name",
              "letters, digits and hyphens between dots, as in build.example.org");
}

openssl::GeneralNames names_of(const Certificate& certificate) {
  openssl::GeneralNames names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate.openssl(), NID_subject_alt_name, nullptr, nullptr)));
  openssl::clear_errors();
  if (!names) names.reset(sk_GENERAL_NAME_new_null());
  if (!names) openssl::throw_error("making alternative names");
  return names;
}

bool has_dns_name(const GENERAL_NAMES* names, std::string_view wanted) {
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_DNS) continue;
    const ByteView text{ASN1_STRING_get0_data(name->d.dNSName),
                        static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName))};
    if (as_text(text) == wanted) return true;
  }
  return false;
}

void add_dns_name(GENERAL_NAMES* names, std::string_view text) {
  openssl::GeneralName name(GENERAL_NAME_new());
  openssl::Asn1Ia5String value(ASN1_IA5STRING_new());
  if (!name || !value) openssl::throw_error("making an alternative name");
  openssl::require(ASN1_STRING_set(value.get(), text.data(), static_cast<int>(text.size())),
                   "making an alternative name");
  GENERAL_NAME_set0_value(name.get(), GEN_DNS, value.release());
  if (sk_GENERAL_NAME_push(names, name.get()) <= 0) openssl::throw_error("making alternative names");
  static_cast<void>(name.release());
}

// Both identify keys by the certificate they stand in, and the CA chooses them (RFC 5280 4.2.1.1, 4.2.1.2).
bool is_for_the_ca(int nid) {
  return nid == NID_subject_key_identifier || nid == NID_authority_key_identifier;
}

openssl::Extensions extensions_of(const Certificate& certificate,
                                  const std::vector<std::string>& more_names) {
  openssl::Extensions extensions(sk_X509_EXTENSION_new_null());
  if (!extensions) openssl::throw_error("making extensions");
  for (int i = 0; i < X509_get_ext_count(certificate.openssl()); ++i) {
    X509_EXTENSION* const extension = X509_get_ext(certificate.openssl(), i);
    const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
    if (is_for_the_ca(nid) || (nid == NID_subject_alt_name && !more_names.empty())) continue;
    STACK_OF(X509_EXTENSION)* stack = extensions.get();
    if (X509v3_add_ext(&stack, extension, -1) == nullptr) openssl::throw_error("adding an extension");
  }
  if (more_names.empty()) return extensions;
  const openssl::GeneralNames names = names_of(certificate);
  for (const std::string& name : more_names) {
    require_dns_name(name);
    if (!has_dns_name(names.get(), name)) add_dns_name(names.get(), name);
  }
  STACK_OF(X509_EXTENSION)* stack = extensions.get();
  openssl::require(X509V3_add1_i2d(&stack, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT),
                   "adding alternative names");
  return extensions;
}

}  // namespace

Bytes make_signing_request(const PrivateKey& key, const Certificate& certificate,
                           const std::vector<std::string>& more_names) {
  if (!key.matches(certificate)) {
    throw Error(ErrorKind::key,
                "the private key is not that of the certificate " + in_quotes(certificate.subject()));
  }
  const openssl::Extensions extensions = extensions_of(certificate, more_names);
  const openssl::Request request(X509_REQ_new());
  if (!request) openssl::throw_error("making a request");
  openssl::require(X509_REQ_set_version(request.get(), X509_REQ_VERSION_1), "setting the version");
  openssl::require(X509_REQ_set_subject_name(request.get(), X509_get_subject_name(certificate.openssl())),
                   "setting the subject");
  openssl::require(X509_REQ_set_pubkey(request.get(), key.openssl()), "setting the public key");
  if (sk_X509_EXTENSION_num(extensions.get()) > 0) {
    openssl::require(X509_REQ_add_extensions(request.get(), extensions.get()), "adding extensions");
  }
  if (X509_REQ_sign(request.get(), key.openssl(), key.document_digest()) <= 0) {
    openssl::throw_error("signing a request");
  }
  unsigned char* der = nullptr;
  const int size = i2d_X509_REQ(request.get(), &der);
  if (size <= 0) openssl::throw_error("writing a request");
  const Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

std::string signing_request_to_pem(ByteView der) {
  const unsigned char* position = der.data();
  const openssl::Request request(d2i_X509_REQ(nullptr, &position, static_cast<long>(der.size())));
  const openssl::Bio memory(BIO_new(BIO_s_mem()));
  if (!request || !memory) openssl::throw_error("writing PEM");
  openssl::require(PEM_write_bio_X509_REQ(memory.get(), request.get()), "writing PEM");
  const char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace certstore
