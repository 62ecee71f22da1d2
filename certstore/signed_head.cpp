#include "certstore/signed_head.h"

#include "certstore/base/error.h"
#include "certstore/base/limits.h"
#include "certstore/certificate_request.h"
#include "certstore/json_record.h"
#include "certstore/raw_signature.h"
#include "certstore/statement_key.h"

#include <algorithm>
#include <utility>

namespace certstore {
namespace {

// A signature has one meaning: nothing else that the statement key signs begins with this line.
constexpr std::string_view kContext = "pkgtrust audit head 1\n";
constexpr std::string_view kWhat = "signed head of the audit log";

// Of fixed length, so that no two heads give the same message. The certificate is part of it: another one of
// the same key is not what was signed.
Bytes message_of(const AuditHead& head, Instant time, const Certificate& certificate) {
  Bytes message;
  append(message, as_bytes(kContext));
  append(message, head.log);
  append_u64(message, head.number);
  append(message, head.digest);
  append(message, as_bytes(to_rfc3339(time)));
  append(message, certificate.sha256());
  return message;
}

}  // namespace

bool is_statement_certificate(const Certificate& certificate) {
  const int place = X509_get_ext_by_NID(certificate.openssl(), NID_ext_key_usage, -1);
  // Exactly one: RFC 5280 4.2 allows no second.
  if (place < 0 || X509_get_ext_by_NID(certificate.openssl(), NID_ext_key_usage, place) >= 0) return false;
  X509_EXTENSION* const found = X509_get_ext(certificate.openssl(), place);
  const openssl::Extension wanted(X509V3_EXT_conf_nid(
      nullptr, nullptr, NID_ext_key_usage, ("critical," + std::string(kStatementPurposeOid)).c_str()));
  if (!wanted) openssl::throw_error("making the purpose of a statement key");
  return X509_EXTENSION_get_critical(found) == 1 &&
         ASN1_OCTET_STRING_cmp(X509_EXTENSION_get_data(found), X509_EXTENSION_get_data(wanted.get())) == 0;
}

std::optional<HeadSigner> HeadSigner::open(const KeyStore& keys, const MasterKey& key) {
  const auto identity = keys.find(kStatementKey);
  if (!identity || identity->kind != kStatementKey) return std::nullopt;
  const SecretBytes pkcs8 = keys.open_private_key(key, kStatementKey);
  return HeadSigner(PrivateKey::from_pkcs8(pkcs8.view(), kStatementKey),
                    Certificate::from_der(identity->certificate, kStatementKey));
}

HeadSigner::HeadSigner(PrivateKey key, Certificate certificate)
    : key_(std::move(key)), certificate_(std::move(certificate)) {
  if (key_.matches(certificate_) && is_statement_certificate(certificate_)) return;
  throw Error(ErrorKind::key, "the store's own key is not that of its certificate",
              "put back a copy of the store");
}

SignedHead HeadSigner::sign(const AuditHead& head, Instant time) const {
  return {head, time, certificate_, sign_message(key_, message_of(head, time, certificate_))};
}

bool is_genuine(const SignedHead& head) {
  return is_statement_certificate(head.certificate) &&
         checks_message(head.certificate, message_of(head.head, head.time, head.certificate), head.signature);
}

Bytes to_json(const SignedHead& head) {
  return to_bytes({{"schema", 1},
                   {"signedHead", head.head.number},
                   {"log", to_hex(head.head.log)},
                   {"digest", to_hex(head.head.digest)},
                   {"time", to_rfc3339(head.time)},
                   {"certificate", to_base64(head.certificate.der())},
                   {"signature", to_base64(head.signature)}});
}

SignedHead parse_signed_head(ByteView bytes) {
  JsonRecord json(bytes, kWhat);
  if (json.number("schema") != 1) json.refuse("it is of a newer schema");
  AuditHead head;
  head.number = json.number("signedHead");
  json.hex("log", head.log);
  json.hex("digest", head.digest);
  const Instant time = json.instant("time");
  const Bytes der = json.base64("certificate");
  Bytes signature = json.base64("signature");
  json.finish();
  if (signature.size() > limits::kSignatureSize) json.refuse("its signature is too long");
  try {
    SignedHead found{head, time, Certificate::from_der(der, kWhat), std::move(signature)};
    if (!std::ranges::equal(to_json(found), bytes)) json.refuse("it is not spelled as it was written");
    return found;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::store) throw;
    json.refuse(error.what());
  }
}

}  // namespace certstore
