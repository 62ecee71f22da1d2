#include "certstore/ca_answer.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/certificate_chain.h"
#include "certstore/certificate_path.h"
#include "certstore/known_public_keys.h"

#include <openssl/x509v3.h>

#include <algorithm>

namespace certstore {
namespace {

Error unfit(const std::string& message, const std::string& hint = {}) {
  return {ErrorKind::key, message, hint};
}

std::string name_of(const Certificate& certificate) {
  return in_quotes(certificate.subject());
}

bool holds(const std::vector<Certificate>& certificates, const Certificate& wanted) {
  return std::find(certificates.begin(), certificates.end(), wanted) != certificates.end();
}

// The one certificate that the CA made for our key.
Certificate find_ours(const std::vector<Certificate>& found, const Certificate& current) {
  std::vector<Certificate> ours;
  bool is_stored = false;
  for (const Certificate& certificate : found) {
    if (certificate.public_key_sha256() != current.public_key_sha256()) continue;
    if (certificate == current) {
      is_stored = true;
    } else if (!holds(ours, certificate)) {
      ours.push_back(certificate);
    }
  }
  if (ours.size() == 1) return ours.front();
  if (ours.size() > 1) {
    throw unfit("there are " + std::to_string(ours.size()) + " certificates for the key of this identity",
                "import the one that is to be used alone, its issuers with --chain FILE");
  }
  if (is_stored) throw unfit("this is the certificate that the identity has already, no answer of a CA");
  std::string names;
  for (std::size_t i = 0; i < std::min<std::size_t>(found.size(), 3); ++i) {
    names += (i == 0 ? "" : ", ") + name_of(found[i]);
  }
  throw unfit("no certificate here is for the key of this identity; there is " + names,
              "was the request made by 'pkgsign csr export' with the same --alias, and the key not renewed "
              "since?");
}

void require_dates(const Certificate& certificate, Instant at) {
  if (at > certificate.not_after()) {
    throw Error(ErrorKind::dates, name_of(certificate) + " ended on " + to_date(certificate.not_after()),
                "ask the CA for one that is valid");
  }
  if (at < certificate.not_before()) {
    throw Error(ErrorKind::dates,
                name_of(certificate) + " is not valid before " + to_rfc3339(certificate.not_before()),
                "is the clock right? it says " + to_rfc3339(at));
  }
}

void require_signer(const Certificate& certificate) {
  require_not_public(certificate.public_key_sha256(), name_of(certificate));
  if (!certificate.key_unsoundness().empty()) {
    throw unfit("the key of " + name_of(certificate) + ": " + certificate.key_unsoundness());
  }
  if (X509_check_ca(certificate.openssl()) != 0) {
    throw unfit(name_of(certificate) + " is the certificate of a CA: whoever has its key could issue others",
                "ask for a certificate of a signer (basicConstraints CA:FALSE)");
  }
  if (!may_sign_packages(certificate) && !is_for_servers(certificate)) {
    throw unfit(name_of(certificate) + " was not issued for signing packages",
                "ask the CA for keyUsage digitalSignature and extendedKeyUsage codeSigning or serverAuth, as "
                "the request says");
  }
}

void require_ca(const Certificate& issuer) {
  if (!issuer.key_unsoundness().empty()) {
    throw unfit("the key of the CA " + name_of(issuer) + ": " + issuer.key_unsoundness());
  }
  if (X509_check_ca(issuer.openssl()) == 1) return;
  throw unfit(name_of(issuer) + " issued a certificate and is no CA",
              "its basicConstraints and keyUsage must say CA:TRUE and keyCertSign (RFC 5280 4.2.1)");
}

}  // namespace

CaAnswer arrange_ca_answer(const std::vector<Certificate>& found, const std::vector<Certificate>& known,
                           const Certificate& current, Instant at) {
  CaAnswer answer{find_ours(found, current), {}};
  if (answer.certificate.is_self_signed()) {
    throw unfit(name_of(answer.certificate) + " is self-signed: no CA issued it");
  }
  std::vector<Certificate> candidates = found;
  candidates.insert(candidates.end(), known.begin(), known.end());
  const FoundChain chain = find_chain(answer.certificate, candidates);
  if (!chain.missing.empty()) {
    throw unfit(chain.missing,
                "get the certificates up to the root from the CA, and give them with --chain FILE");
  }
  answer.chain = chain.issuers;
  require_signer(answer.certificate);
  for (const Certificate& issuer : answer.chain) require_ca(issuer);
  require_dates(answer.certificate, at);
  for (const Certificate& issuer : answer.chain) require_dates(issuer, at);
  const FoundPath path = find_path(answer.certificate, answer.chain, {answer.chain.back()});
  if (path.certificates.empty()) {
    throw unfit("the chain of " + name_of(answer.certificate) +
                    " breaks a rule of RFC 5280: a path length, a name constraint or an extension" +
                    (path.fault.empty() ? "" : " (" + escaped(path.fault) + ")"),
                "'openssl verify' with -CAfile and -untrusted may say more");
  }
  return answer;
}

}  // namespace certstore
