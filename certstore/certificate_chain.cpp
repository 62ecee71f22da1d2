#include "certstore/certificate_chain.h"

#include "certstore/base/escape.h"

#include <openssl/x509.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>

namespace certstore {
namespace {

std::string name_of(const Certificate& certificate) {
  return in_quotes(certificate.subject());
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

// From the certificate upwards, breadth first, each one once: CAs may have signed each other.
class ChainSearch {
 public:
  ChainSearch(const Certificate& start, const std::vector<Certificate>& candidates)
      : start_(start), candidates_(candidates) {}

  FoundChain run() {
    std::deque<Certificate> open = {start_};
    std::optional<Certificate> highest;  // whose issuer is not here
    while (!open.empty()) {
      const Certificate link = open.front();
      open.pop_front();
      if (link.is_self_signed()) return {path_to(link), {}};
      const std::vector<Certificate> issuers = issuers_of(link);
      if (issuers.empty()) highest = link;
      for (const Certificate& issuer : issuers) {
        if (issuer == start_ || !below_.emplace(issuer.sha256(), link).second) continue;
        open.push_back(issuer);
      }
    }
    if (highest) return {path_to(*highest), missing_above(*highest)};
    return {{}, "the CAs of " + name_of(start_) + " signed each other, and none of them is a root"};
  }

 private:
  [[nodiscard]] std::vector<Certificate> issuers_of(const Certificate& issued) const {
    std::vector<Certificate> issuers;
    for (const Certificate& candidate : candidates_) {
      if (is_named_issuer(candidate, issued) && did_sign(candidate, issued)) issuers.push_back(candidate);
    }
    return issuers;
  }

  [[nodiscard]] std::vector<Certificate> path_to(const Certificate& top) const {
    std::vector<Certificate> path;
    for (Certificate link = top; link != start_; link = below_.at(link.sha256())) path.push_back(link);
    std::reverse(path.begin(), path.end());
    return path;
  }

  [[nodiscard]] std::string missing_above(const Certificate& issued) const {
    for (const Certificate& candidate : candidates_) {
      if (candidate == issued || !is_named_issuer(candidate, issued)) continue;
      return name_of(issued) + " was not signed by the " + name_of(candidate) +
             " that is here: that has another key";
    }
    return "the issuer " + in_quotes(issued.issuer()) + " of " + name_of(issued) + " is missing";
  }

  const Certificate& start_;
  const std::vector<Certificate>& candidates_;
  std::map<Sha256, Certificate> below_;  // of each issuer what it issued
};

}  // namespace

FoundChain find_chain(const Certificate& certificate, const std::vector<Certificate>& candidates) {
  return ChainSearch(certificate, candidates).run();
}

}  // namespace certstore
