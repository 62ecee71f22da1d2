#include "certstore/timestamp_request.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/cms_algorithms.h"
#include "certstore/openssl.h"

#include <openssl/ts.h>

#include <algorithm>
#include <array>
#include <utility>

namespace certstore {
namespace {

// Every authority takes 64 bits; RFC 3161 2.4.1 has them as its example of a large number.
constexpr int kNonceBits = 64;

Error no_response(std::string_view what) {
  return {ErrorKind::status, in_quotes(what) + " is not a time stamp response (RFC 3161 2.4.2)"};
}

Bytes random_nonce() {
  const openssl::Bignum number(BN_new());
  if (!number) openssl::throw_error("making a nonce");
  do {
    openssl::require(BN_rand(number.get(), kNonceBits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY),
                     "making a nonce");
  } while (BN_is_zero(number.get()));
  Bytes nonce(static_cast<std::size_t>(BN_num_bytes(number.get())));
  if (BN_bn2bin(number.get(), nonce.data()) != static_cast<int>(nonce.size())) {
    openssl::throw_error("making a nonce");
  }
  return nonce;
}

void set_imprint(TS_REQ* request, const TimestampRequest& from) {
  const openssl::TimestampImprint imprint(TS_MSG_IMPRINT_new());
  const openssl::Algorithm algorithm(X509_ALGOR_new());
  if (!imprint || !algorithm) openssl::throw_error("making a time stamp request");
  X509_ALGOR_set_md(algorithm.get(), evp(from.digest));
  openssl::require(TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()), "making a time stamp request");
  Bytes value = from.imprint;  // OpenSSL's parameter is not const
  openssl::require(TS_MSG_IMPRINT_set_msg(imprint.get(), value.data(), static_cast<int>(value.size())),
                   "making a time stamp request");
  openssl::require(TS_REQ_set_msg_imprint(request, imprint.get()), "making a time stamp request");
}

void set_nonce(TS_REQ* request, const Bytes& nonce) {
  const openssl::Bignum number(BN_bin2bn(nonce.data(), static_cast<int>(nonce.size()), nullptr));
  if (!number) openssl::throw_error("making a nonce");
  const openssl::Asn1Integer integer(BN_to_ASN1_INTEGER(number.get(), nullptr));
  if (!integer) openssl::throw_error("making a nonce");
  openssl::require(TS_REQ_set_nonce(request, integer.get()), "making a time stamp request");
}

openssl::Asn1Object policy_object(std::string_view policy) {
  openssl::Asn1Object object(OBJ_txt2obj(std::string(policy).c_str(), 1));
  openssl::clear_errors();
  if (!object) {
    throw Error(ErrorKind::usage, in_quotes(policy) + " is not the number of a time stamp policy",
                "write it with dots, as 1.3.6.1.4.1.4146.2.3");
  }
  return object;
}

std::string_view name_of_status(long status) {
  constexpr std::array<std::string_view, 6> kNames = {"granted", "granted with changes", "rejected",
                                                      "waiting", "revocation warning",   "revoked"};
  if (status < 0 || status >= static_cast<long>(kNames.size())) return "an unknown status";
  return kNames.at(static_cast<std::size_t>(status));
}

// RFC 3161 2.4.2, PKIFailureInfo.
std::string failures_of(const TS_STATUS_INFO* info) {
  constexpr std::array<std::pair<int, std::string_view>, 8> kNames = {
      {{0, "algorithm not known"},
       {2, "request not permitted"},
       {5, "request not understood"},
       {14, "its time source is not available"},
       {15, "policy not served"},
       {16, "extension not served"},
       {17, "additional information not available"},
       {25, "system failure"}}};
  std::string text;
  const ASN1_BIT_STRING* const bits = TS_STATUS_INFO_get0_failure_info(info);
  for (const auto& [bit, name] : kNames) {
    if (bits != nullptr && ASN1_BIT_STRING_get_bit(bits, bit) == 1) {
      text += (text.empty() ? "" : ", ") + std::string(name);
    }
  }
  return text;
}

std::string texts_of(const TS_STATUS_INFO* info) {
  std::string text;
  const STACK_OF(ASN1_UTF8STRING)* const texts = TS_STATUS_INFO_get0_text(info);
  const int count = std::min(sk_ASN1_UTF8STRING_num(texts), limits::kTimestampStatusTexts);
  for (int i = 0; i < count; ++i) {
    const ASN1_UTF8STRING* const one = sk_ASN1_UTF8STRING_value(texts, i);
    const ByteView bytes(ASN1_STRING_get0_data(one), static_cast<std::size_t>(ASN1_STRING_length(one)));
    text += (text.empty() ? "" : ", ") + in_quotes(as_text(bytes));
  }
  return text;
}

void require_granted(ByteView der, std::string_view what) {
  const unsigned char* position = der.data();
  const openssl::TimestampStatus info(d2i_TS_STATUS_INFO(nullptr, &position, static_cast<long>(der.size())));
  openssl::clear_errors();
  if (!info || position != der.data() + der.size()) throw no_response(what);
  const long status = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(info.get()));
  if (status == TS_STATUS_GRANTED || status == TS_STATUS_GRANTED_WITH_MODS) return;
  std::string message =
      "the authority gave no time stamp (" + std::string(name_of_status(status)) + ") in " + in_quotes(what);
  if (const std::string failures = failures_of(info.get()); !failures.empty()) message += ": " + failures;
  if (const std::string texts = texts_of(info.get()); !texts.empty()) message += "; it says " + texts;
  throw Error(ErrorKind::status, message);
}

ByteView sequence_at(const ASN1_SEQUENCE_ANY* elements, int place, std::string_view what) {
  const ASN1_TYPE* const element = sk_ASN1_TYPE_value(elements, place);
  if (element == nullptr || ASN1_TYPE_get(element) != V_ASN1_SEQUENCE) throw no_response(what);
  const ASN1_STRING* const raw = element->value.sequence;
  return {ASN1_STRING_get0_data(raw), static_cast<std::size_t>(ASN1_STRING_length(raw))};
}

}  // namespace

TimestampRequest make_timestamp_request(const TimestampWish& wish) {
  if (!weakness_of(wish.digest).empty()) {
    throw Error(ErrorKind::usage, std::string(name_of(wish.digest)) + " is too weak for a time stamp");
  }
  if (!wish.policy.empty()) static_cast<void>(policy_object(wish.policy));
  return {wish.digest, digest(wish.digest, wish.signature), random_nonce(), std::string(wish.policy)};
}

Bytes to_der(const TimestampRequest& request) {
  const openssl::TimestampRequest made(TS_REQ_new());
  if (!made) openssl::throw_error("making a time stamp request");
  openssl::require(TS_REQ_set_version(made.get(), 1), "making a time stamp request");
  set_imprint(made.get(), request);
  if (!request.nonce.empty()) set_nonce(made.get(), request.nonce);
  if (!request.policy.empty()) {
    openssl::require(TS_REQ_set_policy_id(made.get(), policy_object(request.policy).get()),
                     "making a time stamp request");
  }
  openssl::require(TS_REQ_set_cert_req(made.get(), 1), "making a time stamp request");
  unsigned char* der = nullptr;
  const int size = i2d_TS_REQ(made.get(), &der);
  if (size <= 0) openssl::throw_error("writing a time stamp request");
  Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

TimestampRequest parse_timestamp_request(ByteView der, std::string_view what) {
  const Error no_request(ErrorKind::status, in_quotes(what) + " is not a time stamp request (RFC 3161 2.4.1)",
                         "pkgsign timestamp --tsq-out writes one");
  const unsigned char* position = der.data();
  const openssl::TimestampRequest parsed(d2i_TS_REQ(nullptr, &position, static_cast<long>(der.size())));
  openssl::clear_errors();
  if (!parsed || position != der.data() + der.size()) throw no_request;
  TS_MSG_IMPRINT* const imprint = TS_REQ_get_msg_imprint(parsed.get());
  const auto digest = cms::digest_of(TS_MSG_IMPRINT_get_algo(imprint));
  if (!digest) throw no_request;
  const ByteView value = cms::asn1::view_of(TS_MSG_IMPRINT_get_msg(imprint));
  const ASN1_OBJECT* const policy = TS_REQ_get_policy_id(parsed.get());
  TimestampRequest request{.digest = *digest,
                           .imprint = {value.begin(), value.end()},
                           .nonce = cms::asn1::magnitude(TS_REQ_get_nonce(parsed.get())),
                           .policy = policy == nullptr ? "" : cms::asn1::dotted(policy)};
  return request;
}

Bytes token_in_response(ByteView response, std::string_view what) {
  if (response.size() > limits::kTimestampResponse) throw no_response(what);
  const unsigned char* position = response.data();
  const openssl::Item<ASN1_SEQUENCE_ANY> elements(
      d2i_ASN1_SEQUENCE_ANY(nullptr, &position, static_cast<long>(response.size())),
      openssl::FreeItem{ASN1_SEQUENCE_ANY_it});
  openssl::clear_errors();
  if (!elements || position != response.data() + response.size()) throw no_response(what);
  const int count = sk_ASN1_TYPE_num(elements.get());
  if (count < 1 || count > 2) throw no_response(what);
  require_granted(sequence_at(elements.get(), 0, what), what);
  // Granted, and nothing given: as wrong as no response.
  const ByteView token = sequence_at(elements.get(), 1, what);
  return {token.begin(), token.end()};
}

}  // namespace certstore
