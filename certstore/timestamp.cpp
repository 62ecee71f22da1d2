#include "certstore/timestamp.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/cms.h"
#include "certstore/cms_algorithms.h"
#include "certstore/openssl.h"

#include <openssl/ts.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

namespace certstore {
namespace {

constexpr std::string_view kTimestampInfo = "1.2.840.113549.1.9.16.1.4";         // id-ct-TSTInfo
constexpr std::string_view kSigningCertificate = "1.2.840.113549.1.9.16.2.12";   // RFC 2634 5.4
constexpr std::string_view kSigningCertificate2 = "1.2.840.113549.1.9.16.2.47";  // RFC 5035 3

// Why a token proves nothing.
struct Useless {
  std::string why;
};

openssl::TimestampInfo read_info(const std::optional<Bytes>& content) {
  if (!content) throw Useless{"it has no content"};
  const unsigned char* position = content->data();
  openssl::TimestampInfo info(d2i_TS_TST_INFO(nullptr, &position, static_cast<long>(content->size())));
  openssl::clear_errors();
  if (!info || position != content->data() + content->size()) throw Useless{"its content is not a TSTInfo"};
  if (TS_TST_INFO_get_version(info.get()) != 1) throw Useless{"it has another version than 1"};
  // RFC 3161 2.4.2: no extension is known here, and a critical one must not be passed over.
  if (TS_TST_INFO_get_ext_by_critical(info.get(), 1, -1) >= 0) {
    throw Useless{"it has a critical extension that is not known"};
  }
  return info;
}

DigestAlgorithm imprint_digest(TS_MSG_IMPRINT* imprint) {
  if (const auto known = cms::digest_of(TS_MSG_IMPRINT_get_algo(imprint))) return *known;
  throw Useless{"its imprint is made with an algorithm that is not known here"};
}

Instant time_of(const TS_TST_INFO* info) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &parts) != 1) {
    openssl::clear_errors();
    throw Useless{"its time is not readable"};
  }
  return Instant(std::chrono::seconds(::timegm(&parts)));
}

// RFC 3161 2.3: the extension is there, critical, and names time stamping and nothing else.
void require_purpose(const Certificate& authority) {
  X509* const x509 = authority.openssl();
  const int place = X509_get_ext_by_NID(x509, NID_ext_key_usage, -1);
  const bool critical = place >= 0 && X509_EXTENSION_get_critical(X509_get_ext(x509, place)) == 1;
  const openssl::ExtendedKeyUsage usages(
      static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(x509, NID_ext_key_usage, nullptr, nullptr)));
  openssl::clear_errors();
  const bool alone = usages && sk_ASN1_OBJECT_num(usages.get()) == 1 &&
                     OBJ_obj2nid(sk_ASN1_OBJECT_value(usages.get(), 0)) == NID_time_stamp;
  if (!critical || !alone) {
    throw Useless{"the certificate of " + in_quotes(authority.subject()) +
                  " is not for time stamping alone (critical extended key usage)"};
  }
  const std::uint32_t flags = X509_get_extension_flags(x509);
  const bool may_sign = (flags & EXFLAG_KUSAGE) == 0 ||
                        (X509_get_key_usage(x509) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0;
  if ((flags & EXFLAG_INVALID) != 0 || !may_sign) {
    throw Useless{"the key usage of " + in_quotes(authority.subject()) + " does not allow signatures"};
  }
}

}  // namespace

// One run of check_timestamp(); every step throws Useless.
class TimestampCheck {
 public:
  TimestampCheck(ByteView token, const TimestampQuestion& question)
      : question_(question), token_(cms::parse(token, "the time stamp token")) {}

  VerifiedTimestamp run() {
    if (token_.content_type != kTimestampInfo) throw Useless{"it is not a time stamp token"};
    // RFC 3161 2.4.2: no signature but the authority's.
    if (token_.signers.size() != 1) throw Useless{"it has not exactly one signer"};
    const openssl::TimestampInfo info = read_info(token_.content);
    const DigestAlgorithm digest = check_imprint(info.get());
    check_request(info.get());
    const cms::CheckedSigner signer = check_signer();
    require_purpose(signer.certificate());
    VerifiedTimestamp stamp(time_of(info.get()), signer.certificate());
    require_in_validity(stamp);
    stamp.offered_ = token_.certificates;
    stamp.digests_ = {digest, signer.digest()};
    stamp.policy_ = cms::asn1::dotted(TS_TST_INFO_get_policy_id(info.get()));
    stamp.serial_hex_ = to_hex(cms::asn1::magnitude(TS_TST_INFO_get_serial(info.get())));
    return stamp;
  }

 private:
  DigestAlgorithm check_imprint(TS_TST_INFO* info) const {
    TS_MSG_IMPRINT* const imprint = TS_TST_INFO_get_msg_imprint(info);
    const DigestAlgorithm algorithm = imprint_digest(imprint);
    const ASN1_OCTET_STRING* const value = TS_MSG_IMPRINT_get_msg(imprint);
    const ByteView stated(ASN1_STRING_get0_data(value), static_cast<std::size_t>(ASN1_STRING_length(value)));
    const Bytes computed = question_.imprint.empty()
                               ? digest(algorithm, question_.signature)
                               : Bytes(question_.imprint.begin(), question_.imprint.end());
    if (!std::ranges::equal(stated, computed)) {
      throw Useless{"it is for another signature (its imprint differs)"};
    }
    return algorithm;
  }

  void check_request(TS_TST_INFO* info) const {
    const TimestampRequest* const request = question_.request;
    if (request == nullptr) return;
    if (cms::asn1::magnitude(TS_TST_INFO_get_nonce(info)) != request->nonce) {
      throw Useless{"it is no answer to this request (its nonce differs)"};
    }
    const std::string policy = cms::asn1::dotted(TS_TST_INFO_get_policy_id(info));
    if (!request->policy.empty() && policy != request->policy) {
      throw Useless{"it was made under policy " + policy + ", not " + request->policy};
    }
  }

  cms::CheckedSigner check_signer() const {
    const cms::SignerInfo& signer = token_.signers.front();
    const auto names_certificate = [](const cms::Attribute& attribute) {
      return attribute.type == kSigningCertificate || attribute.type == kSigningCertificate2;
    };
    // RFC 3161 2.4.2 with RFC 5816: without it, another certificate of the same key could take its place.
    if (std::none_of(signer.signed_attributes.begin(), signer.signed_attributes.end(), names_certificate)) {
      throw Useless{"it does not say which certificate made it (signingCertificate)"};
    }
    if (!signer.digest) throw Useless{"it is made with an algorithm that is not known here"};
    std::vector<Certificate> candidates(question_.candidates.begin(), question_.candidates.end());
    candidates.insert(candidates.end(), token_.certificates.begin(), token_.certificates.end());
    const Bytes content_digest = digest(*signer.digest, *token_.content);
    const cms::Answer answer =
        cms::check(signer, {.content_digest = content_digest, .candidates = candidates});
    if (const auto* const refusal = std::get_if<cms::Refusal>(&answer)) throw Useless{refusal->detail};
    return std::get<cms::CheckedSigner>(answer);
  }

  static void require_in_validity(const VerifiedTimestamp& stamp) {
    if (stamp.time() >= stamp.authority().not_before() && stamp.time() <= stamp.authority().not_after())
      return;
    throw Useless{"its time " + to_rfc3339(stamp.time()) + " is outside the validity of " +
                  in_quotes(stamp.authority().subject())};
  }

  const TimestampQuestion& question_;
  cms::SignedData token_;
};

TimestampAnswer check_timestamp(ByteView token, const TimestampQuestion& question) {
  try {
    return TimestampCheck(token, question).run();
  } catch (const Useless& useless) {
    return useless.why;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::malformed) throw;
    return error.what();
  }
}

}  // namespace certstore
