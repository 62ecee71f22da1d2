// C2SP's x509-limbo: paths of TLS servers and clients through the code that judges the signer of a package,
// with purpose and depth as parameters. What asks for something that no package has is left out by name, with
// why.
#include "tests/unit/limbo_exceptions.h"
#include "tests/unit/others_data.h"
#include "tests/unit/path_cases.h"

#include "certstore/certificate_file.h"

#include <boost/test/unit_test.hpp>

#include <set>

#ifdef PKGTRUST_SANITIZED
// X509_policy_check() of OpenSSL 3.0.19 loses the policy constraints of a certificate: 42 bytes, which are
// not ours to free. libcrypto has no frame pointers, so the suppression needs the slow unwinding.
extern "C" {
[[gnu::visibility("default")]] const char* __asan_default_options();
[[gnu::visibility("default")]] const char* __lsan_default_suppressions();
const char* __asan_default_options() {
  return "fast_unwind_on_malloc=0:malloc_context_size=14";
}
const char* __lsan_default_suppressions() {
  return "leak:X509_policy_check\n";
}
}
#endif

namespace {

using certstore::Certificate;
using Purpose = certstore::PathRules::Purpose;

// Cases without a time were made to hold at any time near their making.
const certstore::Instant kTime = certstore::parse_instant("2025-06-01");

std::vector<Certificate> certificates_of(const nlohmann::json& list) {
  std::vector<Certificate> certificates;
  for (const std::string pem : list) {
    const auto read = certstore::read_certificate_file(certstore::as_bytes(pem), "limbo").certificates;
    certificates.insert(certificates.end(), read.begin(), read.end());
  }
  return certificates;
}

// Fractions of a second are cut: certificates have none.
certstore::Instant time_of(const nlohmann::json& test) {
  if (test.at("validation_time").is_null()) return kTime;
  const std::string text = test.at("validation_time");
  return certstore::parse_instant(text.substr(0, std::string("2024-01-01T00:00:00").size()) + "Z");
}

certstore::TrustPolicy policy_of(const nlohmann::json& test) {
  certstore::TrustPolicy policy;
  policy.at = time_of(test);
  policy.path.purpose = test.at("validation_kind") == "CLIENT" ? Purpose::clients : Purpose::servers;
  if (!test.at("max_chain_depth").is_null()) policy.path.most_issuers = test.at("max_chain_depth").get<int>();
  for (const Certificate& root : certificates_of(test.at("trusted_certs"))) policy.trusted.emplace_back(root);
  for (const std::string pem : test.at("crls")) {
    try {
      for (certstore::Crl& list : certstore::read_crl_file(certstore::as_bytes(pem), "limbo"))
        policy.crls.lists.push_back(std::move(list));
    } catch (const certstore::Error&) {  // a list that nobody can add is a list that is not there
    }
    policy.crls.required = true;
  }
  return policy;
}

tests::PathAnswer judge(const nlohmann::json& test) {
  try {
    const auto leaf = certificates_of(nlohmann::json::array({test.at("peer_certificate")}));
    const certstore::SignerEvidence evidence{.identity = leaf.at(0),
                                             .offered = certificates_of(test.at("untrusted_intermediates")),
                                             .digests = {},
                                             .package_name = {},
                                             .serial = {}};
    return tests::answer_of(evidence, policy_of(test));
  } catch (const certstore::Error& error) {
    return {false, error.what()};
  }
}

std::string_view reason_in(const tests::Reasons& reasons, const std::string& id) {
  const auto found = reasons.find(id);
  return found == reasons.end() ? std::string_view() : found->second;
}

std::string remark_on(bool accepted, bool valid, std::string_view reason) {
  if (accepted == valid) return "";
  return std::string(accepted ? "FALSE ACCEPT (" : "FALSE REJECT (") + std::string(reason) + ")";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(limbo)

BOOST_AUTO_TEST_CASE(every_path_is_judged_as_expected_or_named_with_why_not) {
  const auto folder = tests::others_data("x509/limbo");
  if (!folder) return;
  const nlohmann::json file = tests::read_json(*folder / "limbo.json");
  int judged = 0;
  int left_out = 0;
  int false_rejects = 0;
  for (const auto& test : file.at("testcases")) {
    const std::string id = test.at("id");
    if (const std::string_view why = reason_in(tests::kLeftOut, id); !why.empty()) {
      std::cout << id << " left out: " << why << "\n";
      ++left_out;
      continue;
    }
    const bool valid = test.at("expected_result") == "SUCCESS";
    const tests::PathAnswer answer = judge(test);
    const std::string_view reason = reason_in(tests::kDiffers, id);
    tests::print_row(id, valid ? "valid" : "invalid", answer, remark_on(answer.accepted, valid, reason));
    BOOST_TEST((answer.accepted == valid) == reason.empty(), id << ": " << answer.why);
    false_rejects += valid && !answer.accepted ? 1 : 0;
    ++judged;
  }
  std::cout << judged << " judged, " << left_out << " left out, " << false_rejects << " false rejects\n";
  BOOST_TEST(judged + left_out == 208);
  BOOST_TEST(false_rejects <= 6);
}

BOOST_AUTO_TEST_CASE(every_exception_is_of_a_case_that_is_there) {
  const auto folder = tests::others_data("x509/limbo");
  if (!folder) return;
  std::set<std::string> ids;
  const nlohmann::json file = tests::read_json(*folder / "limbo.json");
  for (const auto& test : file.at("testcases")) ids.insert(test.at("id"));
  for (const auto& [id, why] : tests::kLeftOut) BOOST_TEST(ids.contains(id), id);
  for (const auto& [id, why] : tests::kDiffers) BOOST_TEST(ids.contains(id), id);
}

BOOST_AUTO_TEST_SUITE_END()
