// NIST's PKITS: 249 paths with policies, name constraints and revocation lists, each judged as the path of a
// package's signer, with revocation required. What our policy refuses beside RFC 5280 is told apart.
#include "tests/unit/others_data.h"
#include "tests/unit/path_cases.h"

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>

namespace {

using certstore::Certificate;
using certstore::Crl;

const certstore::Instant kTime = certstore::parse_instant("2026-11-23");

// Valid for NIST and refused by our policy: DSA keys, and the SHA-1 that signs with them. They are judged
// again with both allowed.
const std::set<std::string> kWeakByPolicy = {"4.1.4"};
// The same, and whatever is allowed: the DSA key has no parameters but those of its issuer, so that it is no
// key by itself, and a record that names its fingerprint would name half of one.
const std::set<std::string> kNoKey = {"4.1.5"};

std::string identifier_of(const std::string& policy) {
  const std::string kNist = "NIST-test-policy-";
  BOOST_REQUIRE(policy.starts_with(kNist));
  return "2.16.840.1.101.3.2.1.48." + policy.substr(kNist.size());
}

class Pkits {
 public:
  explicit Pkits(const std::filesystem::path& folder) : folder_(folder) {}

  tests::PathAnswer judge(const nlohmann::json& test, const std::set<std::string>& allowed) const {
    try {
      std::vector<Certificate> chain;
      for (const std::string name : test.at("certs")) chain.push_back(certificate(name));
      certstore::TrustPolicy policy = rules_of(test);
      policy.trusted = {chain.front()};
      policy.allowed = allowed;
      for (const std::string name : test.at("crls")) add_list(name, policy.crls.lists);
      const certstore::SignerEvidence evidence{.identity = chain.back(),
                                               .offered = {chain.begin() + 1, chain.end() - 1},
                                               .digests = {},
                                               .package_name = {},
                                               .serial = {}};
      return tests::answer_of(evidence, policy);
    } catch (const certstore::Error& error) {
      return {false, error.what()};
    }
  }

 private:
  Certificate certificate(const std::string& name) const {
    return Certificate::from_der(tests::read_bytes(folder_ / "certs" / (name + ".crt")), name);
  }

  // A list that nobody can add is a list that is not there.
  void add_list(const std::string& name, std::vector<Crl>& lists) const {
    const certstore::Bytes bytes = tests::read_bytes(folder_ / "crls" / (name + ".crl"));
    try {
      lists.push_back(Crl::from_der(bytes, name));
    } catch (const certstore::Error&) {
    }
  }

  static certstore::TrustPolicy rules_of(const nlohmann::json& test) {
    certstore::TrustPolicy policy;
    policy.at = kTime;
    policy.crls.required = true;
    policy.path.explicit_policy = test.at("explicit_policy");
    policy.path.inhibit_any = test.at("inhibit_any");
    policy.path.inhibit_mapping = test.at("inhibit_mapping");
    for (const std::string name : test.at("initial_policy_set")) {
      if (name != "anyPolicy") policy.path.policies.push_back(identifier_of(name));
    }
    return policy;
  }

  std::filesystem::path folder_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(pkits)

BOOST_AUTO_TEST_CASE(every_path_is_judged_as_nist_says) {
  const auto folder = tests::others_data("x509/pkits");
  if (!folder) return;
  const Pkits pkits(*folder);
  int as_expected = 0;
  int cases = 0;
  const nlohmann::json file = tests::read_json(*folder / "pkits.json");
  for (const auto& test : file) {
    const std::string id = test.at("id");
    const bool valid = test.at("expected") == "valid";
    const tests::PathAnswer strict = pkits.judge(test, {});
    const bool weak = kWeakByPolicy.contains(id);
    if (weak) BOOST_TEST(strict.why.find("dsa-key") != std::string::npos, id);
    const tests::PathAnswer answer = weak ? pkits.judge(test, {"dsa", "sha1", "short-key"}) : strict;
    tests::print_row(id + " " + test.at("title").get<std::string>(), test.at("expected"), answer,
                     answer.accepted != valid ? "DIFFERS (DSA)"
                     : weak                   ? "(only with --allow-weak)"
                                              : "");
    BOOST_TEST((answer.accepted == valid || kNoKey.contains(id)), id << ": " << answer.why);
    BOOST_TEST((!answer.accepted || valid), id << " is accepted");
    as_expected += answer.accepted == valid ? 1 : 0;
    ++cases;
  }
  std::cout << as_expected << " of " << cases << " as NIST expects\n";
  BOOST_TEST(cases == 249);
  BOOST_TEST(as_expected >= 246);
}

BOOST_AUTO_TEST_SUITE_END()
