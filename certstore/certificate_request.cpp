#include "certstore/certificate_request.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

namespace certstore {
namespace {

struct Field {
  std::string SubjectName::*part;
  std::string_view called;
  int nid;
  std::size_t most;  // characters: the upper bounds of RFC 5280 appendix A.1
};

// In the order of the DER, so that the RFC 4514 string, which is reversed, reads as that of the product's
// own certificates: O=...,OU=...,CN=...
constexpr std::array<Field, 6> kFields = {
    {{&SubjectName::common_name, "name", NID_commonName, 64},
     {&SubjectName::organizational_unit, "unit", NID_organizationalUnitName, 64},
     {&SubjectName::organization, "organisation", NID_organizationName, 64},
     {&SubjectName::city, "city", NID_localityName, 128},
     {&SubjectName::state, "state", NID_stateOrProvinceName, 128},
     {&SubjectName::country, "country", NID_countryName, 2}}};

std::size_t characters_of(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & '\xC0') != '\x80'; }));
}

// The vRO layout makes the RFC 4514 string of the subject a file name. So no '/', and of what RFC 4514 2.4
// escapes with a backslash only what a reader of zip archives cannot take for a separator
// (docs/decisions/0006).
void require_file_name(const Field& field, std::string_view text) {
  constexpr std::string_view kRefused = "/\\\"<>";
  const std::string called(field.called);
  const std::size_t found = text.find_first_of(kRefused);
  if (found != std::string_view::npos) {
    throw Error(ErrorKind::usage, "the " + called + " holds the character '" + text[found] + "'",
                "the subject becomes a file name in a signed package; leave out / \\ \" < >");
  }
  if (text.front() == ' ' || text.back() == ' ' || text.front() == '#') {
    throw Error(ErrorKind::usage, "the " + called + " begins or ends with a space, or begins with #",
                "the subject becomes a file name in a signed package");
  }
}

void require_sound_part(const Field& field, std::string_view text) {
  const std::string called(field.called);
  if (!is_utf8(text)) throw Error(ErrorKind::usage, "the " + called + " is not UTF-8");
  if (const std::size_t count = characters_of(text); count > field.most) {
    throw Error(ErrorKind::usage, "the " + called + " has " + std::to_string(count) +
                                      " characters, at most " + std::to_string(field.most) +
                                      " are allowed (RFC 5280)");
  }
  require_file_name(field, text);
  if (escaped(text) != text) {
    throw Error(ErrorKind::usage,
                "the " + called + " holds a character that cannot be seen: '" + escaped(text) + "'");
  }
}

void add_extension(X509* certificate, int nid, const char* value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const openssl::Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  if (!extension) openssl::throw_error("making an extension");
  openssl::require(X509_add_ext(certificate, extension.get(), -1), "adding an extension");
}

void add_always_bound(X509* certificate) {
  constexpr std::array<std::uint8_t, 2> kNull = {0x05, 0x00};
  const openssl::Asn1Object oid(OBJ_txt2obj(kAlwaysBoundOid, 1));
  const openssl::Asn1OctetString value(ASN1_OCTET_STRING_new());
  if (!oid || !value) openssl::throw_error("making an extension");
  openssl::require(ASN1_OCTET_STRING_set(value.get(), kNull.data(), static_cast<int>(kNull.size())),
                   "making an extension");
  const openssl::Extension extension(X509_EXTENSION_create_by_OBJ(nullptr, oid.get(), 0, value.get()));
  if (!extension) openssl::throw_error("making an extension");
  openssl::require(X509_add_ext(certificate, extension.get(), -1), "adding an extension");
}

void add_usage(X509* certificate, KeyKind kind, Profile profile) {
  // Only RSA can encipher keys; RFC 5480 3, RFC 8410 5 and RFC 4055 1.2 forbid it for the others.
  const bool enciphers = kind == KeyKind::rsa && (profile == Profile::server || profile == Profile::product);
  add_extension(certificate, NID_key_usage,
                enciphers ? "critical,digitalSignature,keyEncipherment" : "critical,digitalSignature");
  switch (profile) {
    case Profile::product:
      return add_extension(certificate, NID_ext_key_usage, "critical,serverAuth");
    case Profile::server:
      return add_extension(certificate, NID_ext_key_usage, "serverAuth,codeSigning");
    case Profile::code_signing:
      return add_extension(certificate, NID_ext_key_usage, "codeSigning");
    case Profile::statement:
      return add_extension(certificate, NID_ext_key_usage,
                           ("critical," + std::string(kStatementPurposeOid)).c_str());
  }
  throw Error(ErrorKind::internal, "a profile without a case");
}

void add_extensions(X509* certificate, KeyKind kind, Profile profile) {
  if (profile != Profile::product) add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE");
  add_usage(certificate, kind, profile);
  if (profile == Profile::product) return;
  add_extension(certificate, NID_subject_key_identifier, "hash");
  // Reads the identifier above: the issuer is the certificate itself.
  add_extension(certificate, NID_authority_key_identifier, "keyid:always");
  if (profile != Profile::statement) add_always_bound(certificate);
}

// 128 random bits, positive and not zero (RFC 5280 4.1.2.2; at most 20 octets).
void set_serial(X509* certificate) {
  constexpr int kSerialBits = 128;
  const openssl::Bignum number(BN_new());
  if (!number) openssl::throw_error("making a serial number");
  do {
    openssl::require(BN_rand(number.get(), kSerialBits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY),
                     "making a serial number");
  } while (BN_is_zero(number.get()));
  if (BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) == nullptr) {
    openssl::throw_error("making a serial number");
  }
}

void set_names(X509* certificate, const SubjectName& subject) {
  const openssl::X509Name name(X509_NAME_new());
  if (!name) openssl::throw_error("making a name");
  for (const Field& field : kFields) {
    const std::string& text = subject.*field.part;
    if (text.empty()) continue;
    const auto* const bytes = as_bytes(text).data();
    // OpenSSL's table gives the country a PrintableString and the others a UTF8String (RFC 5280 4.1.2.4).
    openssl::require(X509_NAME_add_entry_by_NID(name.get(), field.nid, MBSTRING_UTF8, bytes,
                                                static_cast<int>(text.size()), -1, 0),
                     "making a name");
  }
  openssl::require(X509_set_subject_name(certificate, name.get()), "setting the subject");
  openssl::require(X509_set_issuer_name(certificate, name.get()), "setting the issuer");
}

// UTCTime through 2049, GeneralizedTime after (RFC 5280 4.1.2.5).
void set_time(ASN1_TIME* time, Instant instant) {
  // Not system_clock::to_time_t(): that counts nanoseconds, which end in 2262.
  if (ASN1_TIME_set(time, instant.time_since_epoch().count()) == nullptr) {
    openssl::throw_error("setting a date");
  }
}

openssl::X509Certificate begun(const PrivateKey& key, Instant not_before, Instant not_after) {
  openssl::X509Certificate x509(X509_new());
  if (!x509) openssl::throw_error("making a certificate");
  openssl::require(X509_set_version(x509.get(), X509_VERSION_3), "setting the version");
  set_serial(x509.get());
  set_time(X509_getm_notBefore(x509.get()), not_before);
  set_time(X509_getm_notAfter(x509.get()), not_after);
  openssl::require(X509_set_pubkey(x509.get(), key.openssl()), "setting the public key");
  return x509;
}

void take_subject(X509* x509, const Certificate& before) {
  const X509_NAME* const name = X509_get_subject_name(before.openssl());
  openssl::require(X509_set_subject_name(x509, name), "setting the subject");
  openssl::require(X509_set_issuer_name(x509, name), "setting the issuer");
}

// What a signer wishes for his certificate, whoever issues it.
bool is_wish(X509_EXTENSION* extension) {
  const openssl::Asn1Object always_bound(OBJ_txt2obj(kAlwaysBoundOid, 1));
  if (!always_bound) openssl::throw_error("making an extension");
  ASN1_OBJECT* const object = X509_EXTENSION_get_object(extension);
  const int nid = OBJ_obj2nid(object);
  return nid == NID_basic_constraints || nid == NID_ext_key_usage || nid == NID_subject_alt_name ||
         OBJ_cmp(object, always_bound.get()) == 0;
}

void take_key_usage(X509* x509, const Certificate& before, KeyKind kind) {
  int critical = -1;
  const openssl::Asn1BitString usage(
      static_cast<ASN1_BIT_STRING*>(X509_get_ext_d2i(before.openssl(), NID_key_usage, &critical, nullptr)));
  openssl::clear_errors();
  if (!usage) return;
  constexpr int kKeyEncipherment = 2;  // RFC 5280 4.2.1.3
  if (kind != KeyKind::rsa) {
    openssl::require(ASN1_BIT_STRING_set_bit(usage.get(), kKeyEncipherment, 0), "making an extension");
  }
  openssl::require(X509_add1_ext_i2d(x509, NID_key_usage, usage.get(), critical, X509V3_ADD_DEFAULT),
                   "adding an extension");
}

Certificate finished(X509* x509, const PrivateKey& key) {
  if (X509_sign(x509, key.openssl(), key.document_digest()) <= 0) {
    openssl::throw_error("signing a certificate");
  }
  unsigned char* der = nullptr;
  const int size = i2d_X509(x509, &der);
  if (size <= 0) openssl::throw_error("writing a certificate");
  const Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return Certificate::from_der(bytes, "the new certificate");
}

}  // namespace

void require_sound_subject(const SubjectName& subject) {
  if (subject.common_name.empty()) throw Error(ErrorKind::usage, "the name is missing");
  for (const Field& field : kFields) {
    const std::string& text = subject.*field.part;
    if (!text.empty()) require_sound_part(field, text);
  }
  const auto countries = all_countries();
  const auto is_it = [&](const Country& country) { return country.code == subject.country; };
  if (!subject.country.empty() && std::none_of(countries.begin(), countries.end(), is_it)) {
    throw Error(ErrorKind::usage, in_quotes(subject.country) + " is no country code of ISO 3166-1",
                "two capital letters, as in CH");
  }
}

Certificate make_self_signed(const PrivateKey& key, const CertificateTerms& terms) {
  const openssl::X509Certificate x509 = begun(key, terms.not_before, terms.not_after);
  set_names(x509.get(), terms.subject);
  add_extensions(x509.get(), key.kind(), terms.profile);
  return finished(x509.get(), key);
}

Certificate renew_self_signed(const PrivateKey& key, const Certificate& before, Instant not_before,
                              Instant not_after) {
  if (!before.is_self_signed() || !key.matches(before)) {
    throw Error(ErrorKind::key, in_quotes(before.subject()) + " is not self-signed by this key");
  }
  const openssl::X509Certificate x509 = begun(key, not_before, not_after);
  take_subject(x509.get(), before);
  for (int i = 0; i < X509_get_ext_count(before.openssl()); ++i) {
    openssl::require(X509_add_ext(x509.get(), X509_get_ext(before.openssl(), i), -1), "adding an extension");
  }
  return finished(x509.get(), key);
}

Certificate make_successor(const PrivateKey& key, const Certificate& before, Instant not_before,
                           Instant not_after) {
  const openssl::X509Certificate x509 = begun(key, not_before, not_after);
  take_subject(x509.get(), before);
  for (int i = 0; i < X509_get_ext_count(before.openssl()); ++i) {
    X509_EXTENSION* const extension = X509_get_ext(before.openssl(), i);
    if (OBJ_obj2nid(X509_EXTENSION_get_object(extension)) == NID_key_usage) {
      take_key_usage(x509.get(), before, key.kind());
    }
    if (!is_wish(extension)) continue;
    openssl::require(X509_add_ext(x509.get(), extension, -1), "adding an extension");
  }
  if (X509_get_ext_by_NID(before.openssl(), NID_subject_key_identifier, -1) < 0) {
    return finished(x509.get(), key);
  }
  add_extension(x509.get(), NID_subject_key_identifier, "hash");
  add_extension(x509.get(), NID_authority_key_identifier, "keyid:always");
  return finished(x509.get(), key);
}

}  // namespace certstore
