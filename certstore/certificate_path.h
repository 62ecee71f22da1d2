// A path from a CA-issued certificate to a trusted one (RFC 5280 6), by OpenSSL, with our own rules beside it
// (path_rules.h).
#pragma once

#include "certstore/certificate.h"

#include <optional>
#include <string>
#include <vector>

namespace certstore {

// What a path has to be good for; the defaults are what judges packages.
struct PathRules {
  enum class Purpose { packages, packages_or_servers, servers, clients };
  Purpose purpose = Purpose::packages;
  std::optional<int> most_issuers;    // between certificate and anchor, self-issued ones not counted
  std::vector<std::string> policies;  // object identifiers of which one must hold; empty: any
  bool explicit_policy = false;       // RFC 5280 6.1.1 (e), (f), (g)
  bool inhibit_any = false;
  bool inhibit_mapping = false;
  std::optional<Instant> at;  // of several paths one that is valid then is preferred
};

struct FoundPath {
  std::vector<Certificate>
      certificates;   // the certificate first, the trusted one last; empty if there is none
  std::string fault;  // where one leads to a trusted certificate and is refused: why
};

// Finds a path in which every issuer is a CA, signed what it issued, and allows it (pathLen, keyUsage, name
// constraints, policies). An expired certificate is another finding than an unknown one, so dates are left to
// the caller.
[[nodiscard]] FoundPath find_path(const Certificate& certificate, const std::vector<Certificate>& offered,
                                  const std::vector<Certificate>& trusted, const PathRules& rules = {});

// Whether the extensions allow it: keyUsage absent or with digitalSignature; extendedKeyUsage absent or with
// what the purpose needs or any.
[[nodiscard]] bool may_sign(const Certificate& certificate, PathRules::Purpose purpose);
[[nodiscard]] inline bool may_sign_packages(const Certificate& certificate) {
  return may_sign(certificate, PathRules::Purpose::packages);
}
// Whether the extended key usage of an issuer leaves the purpose to what it issues.
[[nodiscard]] bool may_issue_for(const Certificate& issuer, PathRules::Purpose purpose);

// Whether it is of a TLS server and may sign: as the product's own certificates, it can be trusted by itself.
[[nodiscard]] bool is_for_servers(const Certificate& certificate);
// Whether it says of itself that it is a CA (RFC 5280 4.2.1.9: CA:TRUE; no older way counts).
[[nodiscard]] bool is_authority(const Certificate& certificate);

// The digest of the signature on the certificate where it is a weak one; empty for others.
[[nodiscard]] std::optional<DigestAlgorithm> weak_digest_on(const Certificate& certificate);

}  // namespace certstore
