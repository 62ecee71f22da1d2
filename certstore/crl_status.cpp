#include "certstore/crl_status.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/certificate_path.h"
#include "certstore/x509_stacks.h"
#include "certstore/x509_values.h"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

namespace certstore {
namespace {

using State = CrlStatus::State;

// With everything that OpenSSL has for lists. Dates are left out: those of certificates are judged apart, and
// lists that have ended are left out by the caller.
constexpr unsigned long kFlags = X509_V_FLAG_CRL_CHECK | X509_V_FLAG_EXTENDED_CRL_SUPPORT |
                                 X509_V_FLAG_USE_DELTAS | X509_V_FLAG_PARTIAL_CHAIN |
                                 X509_V_FLAG_NO_CHECK_TIME;

// What X509_verify_cert() says of lists and of what they say.
bool is_about_lists(int error) {
  constexpr std::array kErrors = {X509_V_ERR_UNABLE_TO_GET_CRL,
                                  X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE,
                                  X509_V_ERR_CRL_SIGNATURE_FAILURE,
                                  X509_V_ERR_CERT_REVOKED,
                                  X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER,
                                  X509_V_ERR_KEYUSAGE_NO_CRL_SIGN,
                                  X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION,
                                  X509_V_ERR_DIFFERENT_CRL_SCOPE,
                                  X509_V_ERR_CRL_PATH_VALIDATION_ERROR};
  return std::find(kErrors.begin(), kErrors.end(), error) != kErrors.end();
}

// An issuer is asked about as if it were the end of a path, where the constraints on names hold for it too;
// they come after the lists, and were looked at with the whole path.
bool is_about_names(int error) {
  return error >= X509_V_ERR_PERMITTED_VIOLATION && error <= X509_V_ERR_UNSUPPORTED_NAME_SYNTAX &&
         error != X509_V_ERR_APPLICATION_VERIFICATION;
}

struct Answer {
  int error = X509_V_OK;
  bool good = false;
};

// `whole`: also about the issuers, and about who signed a list apart.
Answer ask_openssl(const Certificate& certificate, const CrlQuestion& question, const std::vector<Crl>& lists,
                   bool whole) {
  const openssl::CertificateStack untrusted = stack_of(question.offered);
  const openssl::RevocationListStack all = stack_of(lists);
  // The paths of those who sign lists apart begin at the store, not at a stack of trusted ones.
  const openssl::TrustStore store(X509_STORE_new());
  const openssl::PathContext context(X509_STORE_CTX_new());
  if (!store || !context) openssl::throw_error("making a path context");
  for (const Certificate& anchor : question.anchors)
    openssl::require(X509_STORE_add_cert(store.get(), anchor.openssl()), "filling a trust store");
  openssl::require(X509_STORE_CTX_init(context.get(), store.get(), certificate.openssl(), untrusted.get()),
                   "starting a path");
  X509_STORE_CTX_set0_crls(context.get(), all.get());
  X509_VERIFY_PARAM* const parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(parameters, kFlags | (whole ? X509_V_FLAG_CRL_CHECK_ALL : 0UL));
  X509_VERIFY_PARAM_set_depth(parameters, limits::kPathDepth);
  const bool sound = X509_verify_cert(context.get()) == 1;
  const int error = X509_STORE_CTX_get_error(context.get());
  // It looks from the certificate upwards: a fault further up is of an issuer, which is asked about by
  // itself.
  const bool further_up = X509_STORE_CTX_get_error_depth(context.get()) > 0 && is_about_lists(error);
  openssl::clear_errors();
  return {error, sound || further_up || is_about_names(error)};
}

// A list counts for as much as who signed it. OpenSSL refuses one whose signer says himself that he is not
// revoked (PKITS 4.14.30); he may, if nobody else says that he is.
bool signers_are_good(const CrlQuestion& question, const std::vector<Crl>& lists) {
  return std::all_of(question.offered.begin(), question.offered.end(), [&](const Certificate& other) {
    const bool signs =
        std::any_of(lists.begin(), lists.end(), [&](const Crl& list) { return list.is_signed_by(other); });
    return !signs || is_authority(other) || ask_openssl(other, question, lists, false).good;
  });
}

CrlStatus ask(const CrlQuestion& question, const std::vector<Crl>& lists) {
  Answer answer = ask_openssl(question.certificate, question, lists, true);
  if (answer.error == X509_V_ERR_CRL_PATH_VALIDATION_ERROR && !answer.good &&
      signers_are_good(question, lists)) {
    answer = ask_openssl(question.certificate, question, lists, false);
  }
  if (answer.good) return {State::good, {}, {}};
  if (answer.error == X509_V_ERR_CERT_REVOKED) return {State::revoked, {}, {}};
  return {State::missing, {}, escaped(X509_verify_cert_error_string(answer.error))};
}

struct Reason {
  int code;
  std::string_view name;
  bool by_loss;
};
// RFC 5280 5.3.1. Of the others the CA says that the key was not lost; a hold may end in anything.
constexpr std::array<Reason, 10> kReasons = {
    {{CRL_REASON_UNSPECIFIED, "unspecified", true},
     {CRL_REASON_KEY_COMPROMISE, "keyCompromise", true},
     {CRL_REASON_CA_COMPROMISE, "cACompromise", true},
     {CRL_REASON_AFFILIATION_CHANGED, "affiliationChanged", false},
     {CRL_REASON_SUPERSEDED, "superseded", false},
     {CRL_REASON_CESSATION_OF_OPERATION, "cessationOfOperation", false},
     {CRL_REASON_CERTIFICATE_HOLD, "certificateHold", true},
     {CRL_REASON_REMOVE_FROM_CRL, "removeFromCRL", true},
     {CRL_REASON_PRIVILEGE_WITHDRAWN, "privilegeWithdrawn", false},
     {CRL_REASON_AA_COMPROMISE, "aACompromise", true}}};

Revocation read(const X509_REVOKED* entry) {
  Revocation found{.since = instant_of(X509_REVOKED_get0_revocationDate(entry), "a revocation list"),
                   .invalid_since = std::nullopt,
                   .reason = "unspecified"};
  const openssl::Item<ASN1_ENUMERATED> reason(
      static_cast<ASN1_ENUMERATED*>(X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, nullptr, nullptr)),
      {ASN1_ENUMERATED_it});
  const openssl::Item<ASN1_GENERALIZEDTIME> lost(static_cast<ASN1_GENERALIZEDTIME*>(X509_REVOKED_get_ext_d2i(
                                                     entry, NID_invalidity_date, nullptr, nullptr)),
                                                 {ASN1_GENERALIZEDTIME_it});
  openssl::clear_errors();
  const long code = reason ? ASN1_ENUMERATED_get(reason.get()) : CRL_REASON_UNSPECIFIED;
  for (const Reason& known : kReasons) {
    if (known.code != code) continue;
    found.reason = known.name;
    found.by_loss = known.by_loss;
  }
  if (lost) found.invalid_since = instant_of(lost.get(), "a revocation list");
  return found;
}

// Of several lists that name it the one that takes most back.
std::optional<Revocation> entry_for(const Certificate& certificate, const std::vector<Crl>& lists) {
  std::optional<Revocation> worst;
  for (const Crl& list : lists) {
    X509_REVOKED* entry = nullptr;
    if (X509_CRL_get0_by_cert(list.openssl(), &entry, certificate.openssl()) != 1) continue;
    const Revocation found = read(entry);
    const bool worse = !worst || (found.by_loss && !worst->by_loss) ||
                       (found.by_loss == worst->by_loss && found.counts_from() < worst->counts_from());
    if (worse) worst = found;
  }
  return worst;
}

// OpenSSL looks at deltas only where the certificate or the complete list names where they are; one that a
// person added counts without.
std::optional<Revocation> entry_in_deltas(const CrlQuestion& question) {
  std::vector<Crl> deltas;
  for (const Crl& list : question.lists) {
    const bool overtaken = std::any_of(question.lists.begin(), question.lists.end(), [&](const Crl& other) {
      return !other.is_delta() && other.issuer() == list.issuer() && other.is_after(list);
    });
    if (list.is_delta() && list.is_of_issuer_of(question.certificate) && !overtaken) deltas.push_back(list);
  }
  return entry_for(question.certificate, deltas);
}

}  // namespace

CrlStatus status_of(const CrlQuestion& question) {
  // OpenSSL looks for revocation before it checks signatures: what nobody known issued was not revoked.
  if (!question.has_path &&
      find_path(question.certificate, question.offered, question.anchors, {}).certificates.empty())
    return {State::missing, {}, "nobody known here issued it"};
  CrlStatus status = ask(question, question.lists);
  if (status.state == State::good) {
    if (auto entry = entry_in_deltas(question)) return {State::revoked, std::move(entry), {}};
  }
  if (status.state == State::revoked) {
    status.revocation = entry_for(question.certificate, question.lists);
    if (!status.revocation) return {State::missing, {}, "a revocation list contradicts itself"};
    return status;
  }
  std::vector<Crl> current;
  for (const Crl& list : question.lists) {
    if (list.is_current(question.at)) current.push_back(list);
  }
  if (status.state == State::missing || current.size() == question.lists.size()) return status;
  if (ask(question, current).state == State::good) return status;
  return {State::stale,
          {},
          "no list of " + in_quotes(question.certificate.issuer()) + " holds on " + to_date(question.at)};
}

}  // namespace certstore
