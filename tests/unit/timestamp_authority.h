// An authority for time stamps with its root, as sound or as wrong as a test wants it.
#pragma once

#include "tests/unit/certificates.h"

#include <string>

namespace tests {

struct Authority {
  Certificate root;
  Certificate certificate;
  const PrivateKey& key;
};

struct AuthorityWish {
  std::string name = "Stamper";
  std::string usage = "critical,timeStamping";
  Instant not_before = certstore::parse_instant("2020-01-01");
  Instant not_after = certstore::parse_instant("2030-01-01");
  Instant root_not_after = certstore::parse_instant("2040-01-01");
  std::string key_usage = "critical,digitalSignature";
  EVP_PKEY* root_key = nullptr;  // null: a sound one
};

inline Authority make_authority(const AuthorityWish& wish = {}) {
  EVP_PKEY* const root_key = wish.root_key == nullptr ? key_named("stamp root").openssl() : wish.root_key;
  const Certificate root = make_certificate({.common_name = "stamp root",
                                             .not_after = wish.root_not_after,
                                             .extensions = {{NID_basic_constraints, "critical,CA:TRUE"}}},
                                            root_key, nullptr, root_key);
  std::map<int, std::string> extensions;
  if (!wish.usage.empty()) extensions[NID_ext_key_usage] = wish.usage;
  if (!wish.key_usage.empty()) extensions[NID_key_usage] = wish.key_usage;
  return {root,
          make_certificate({.common_name = wish.name,
                            .not_before = wish.not_before,
                            .not_after = wish.not_after,
                            .extensions = extensions},
                           key_named("stamper").openssl(), &root, root_key),
          key_named("stamper")};
}

}  // namespace tests
