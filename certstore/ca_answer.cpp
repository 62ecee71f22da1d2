#include "certstore/ca_answer.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/certificate_path.h"
#include "certstore/trust.h"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>

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

bool is_named_issuer(const Certificate& issuer, const Certificate& issued) {
  return X509_NAME_cmp(X509_get_subject_name(issuer.openssl()), X509_get_issuer_name(issued.openssl())) == 0;
}

bool did_sign(const Certificate& issuer, const Certificate& issued) {
  if (!issuer.key_unsoundness().empty()) return false;
  const bool signed_it = X509_verify(issued.openssl(), X509_get0_pubkey(issuer.openssl())) == 1;
  openssl::clear_errors();
  return signed_it;
}

// Searches from the certificate upwards, each one once, until a self-signed one is found.
class ChainSearch {
 public:
  explicit ChainSearch(const std::vector<Certificate>& candidates) : candidates_(candidates) {}

  std::vector<Certificate> from(const Certificate& start) {
    std::deque<Certificate> open = {start};
    std::optional<Certificate> highest;  // whose issuer is not here
    while (!open.empty()) {
      const Certificate link = open.front();
      open.pop_front();
      if (link.is_self_signed()) return path_to(link, start);
      const std::vector<Certificate> issuers = issuers_of(link);
      if (issuers.empty()) highest = link;
      for (const Certificate& issuer : issuers) {
        if (issuer == start || !below_.emplace(issuer.sha256(), link).second) continue;
        open.push_back(issuer);
      }
    }
    if (highest) throw_missing(*highest);
    throw unfit("the CAs of " + name_of(start) + " signed each other, and none of them is a root",
                "get the self-signed root from the CA, and give it with --chain FILE");
  }

 private:
  std::vector<Certificate> issuers_of(const Certificate& issued) const {
    std::vector<Certificate> issuers;
    for (const Certificate& candidate : candidates_) {
      if (is_named_issuer(candidate, issued) && did_sign(candidate, issued)) issuers.push_back(candidate);
    }
    return issuers;
  }

  std::vector<Certificate> path_to(const Certificate& root, const Certificate& start) const {
    std::vector<Certificate> path;
    for (Certificate link = root; link != start; link = below_.at(link.sha256())) path.push_back(link);
    std::reverse(path.begin(), path.end());
    return path;
  }

  [[noreturn]] void throw_missing(const Certificate& issued) const {
    for (const Certificate& candidate : candidates_) {
      if (!is_named_issuer(candidate, issued)) continue;
      throw unfit(name_of(issued) + " was not signed by the " + name_of(candidate) +
                      " that is here: that has another key",
                  "ask the CA for the present certificate of its issuer, and give it with --chain FILE");
    }
    throw unfit("the chain is not complete: the issuer " + in_quotes(issued.issuer()) + " of " +
                    name_of(issued) + " is missing",
                "get its certificate from the CA, and give it with --chain FILE");
  }

  const std::vector<Certificate>& candidates_;
  std::map<Sha256, Certificate> below_;  // of each issuer what it issued
};

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
  if (is_known_public_key(certificate.public_key_sha256())) {
    throw Error(ErrorKind::exposed_key,
                "the private key of " + name_of(certificate) + " can be downloaded by anyone");
  }
  if (!certificate.key_unsoundness().empty()) {
    throw unfit("the key of " + name_of(certificate) + ": " + certificate.key_unsoundness());
  }
  if (X509_check_ca(certificate.openssl()) != 0) {
    throw unfit(name_of(certificate) + " is the certificate of a CA: whoever has its key could issue others",
                "ask for a certificate of a signer (basicConstraints CA:FALSE)");
  }
  if (!may_sign_packages(certificate)) {
    throw unfit(name_of(certificate) + " was not issued for signing packages",
                "ask the CA for keyUsage digitalSignature and extendedKeyUsage codeSigning, as the request "
                "says");
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
  answer.chain = ChainSearch(candidates).from(answer.certificate);
  require_signer(answer.certificate);
  for (const Certificate& issuer : answer.chain) require_ca(issuer);
  require_dates(answer.certificate, at);
  for (const Certificate& issuer : answer.chain) require_dates(issuer, at);
  if (!find_path(answer.certificate, answer.chain, {answer.chain.back()})) {
    throw unfit("the chain of " + name_of(answer.certificate) +
                    " breaks a rule of RFC 5280 6: a path length, a name constraint or a critical extension",
                "'openssl verify' with -CAfile and -untrusted says which");
  }
  return answer;
}

}  // namespace certstore
