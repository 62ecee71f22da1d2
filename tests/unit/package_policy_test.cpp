// Policy files: what is read, what is refused by which line, and what a report breaks of each rule.
#include "verifier/package_policy.h"
#include "certstore/base/error.h"
#include "tests/unit/reports.h"

#include <boost/test/unit_test.hpp>

using namespace verifier;
using certstore::Error;
using certstore::IssueCode;

namespace {

PackagePolicy parsed(std::string_view text) {
  return parse_package_policy(certstore::as_bytes(text), "test.policy");
}

// "line 2 of 'test.policy': ..."; empty if the text is read.
std::string refusal(std::string_view text) {
  try {
    static_cast<void>(parsed(text));
    return {};
  } catch (const Error& error) {
    BOOST_TEST((error.kind() == certstore::ErrorKind::usage));
    return error.what();
  }
}

using Codes = std::vector<IssueCode>;

// Two trusted signers of different keys, both over both files.
Report good_report() {
  Report report = tests::plain_report();
  report.facts.bound = true;
  report.signers[0].decision = {.trusted = true};
  SignerReport second{tests::make_certificate({.common_name = "Second"}, tests::key_named("second").openssl(),
                                              nullptr, tests::key_named("second").openssl()),
                      {certstore::DigestAlgorithm::sha256},
                      2,
                      1,
                      {}};
  second.decision.trusted = true;
  report.signers.push_back(second);
  for (EntryReport& entry : report.entries) entry.signers = {0, 1};
  report.elements[0].signers = {0, 1};
  return report;
}

std::string hex_of(const Report& report, std::size_t signer) {
  return "sha256:" + certstore::to_hex(report.signers[signer].identity.sha256());
}

Codes broken(std::string_view policy, const Report& report) {
  Codes codes;
  for (const certstore::Issue& issue : breaches(parsed(policy), report)) codes.push_back(issue.code);
  return codes;
}

const std::string kFingerprint = "sha256:" + std::string(64, 'a');

}  // namespace

BOOST_AUTO_TEST_SUITE(package_policy)

BOOST_AUTO_TEST_CASE(what_is_said_of_certificates_reaches_the_trust_decisions) {
  using certstore::PathRules;
  certstore::TrustPolicy policy;
  apply(parsed("purpose = server\npath-length = 2\nallow-weak = md5 until 2027-01-31\n"), policy);
  BOOST_TEST((policy.path.purpose == PathRules::Purpose::packages_or_servers));
  BOOST_TEST((policy.path.most_issuers == 2));
  BOOST_TEST(policy.allowed_until.size() == 1U);
  certstore::TrustPolicy untouched;
  apply(parsed("purpose = code-signing\n"), untouched);
  BOOST_TEST((untouched.path.purpose == PathRules::Purpose::packages));
  BOOST_TEST(!untouched.path.most_issuers);
  for (const char* wrong :
       {"path-length = 17", "path-length = -1", "path-length = ", "path-length = 1x", "purpose = email"}) {
    BOOST_TEST(!refusal(wrong).empty(), wrong);
  }
}

BOOST_AUTO_TEST_CASE(every_key_is_read) {
  const PackagePolicy policy = parsed(
      "# comment\n\nformat = vro\nformat=jar # both\n signers = 2\r\nrequired-signer = " + kFingerprint +
      "\ntimestamp = require\nseal = require\nbound = require\nowners = require\n"
      "uncovered = report\npurpose = server\npath-length = 0\nallow-weak = md5 until 2027-01-31\nelement = "
      "lib/* signer " +
      kFingerprint + "\n");
  BOOST_TEST((policy.formats == std::set<std::string>{"jar", "vro"}));
  BOOST_TEST(policy.signers == 2U);
  BOOST_TEST(policy.required_signers.size() == 1U);
  BOOST_TEST(policy.require_timestamp);
  BOOST_TEST(policy.require_seal);
  BOOST_TEST(policy.require_bound);
  BOOST_TEST(policy.require_owners);
  BOOST_TEST(policy.report_uncovered);
  BOOST_TEST(policy.accept_servers);
  BOOST_TEST((policy.most_issuers == 0U));
  BOOST_REQUIRE(policy.allowed.size() == 1U);
  BOOST_TEST(policy.allowed[0].name == "md5");
  BOOST_TEST((policy.allowed[0].until == certstore::parse_instant("2027-01-31")));
  BOOST_REQUIRE(policy.elements.size() == 1U);
  BOOST_TEST(policy.elements[0].glob == "lib/*");
  // What is shown says the same.
  BOOST_TEST((parsed(to_text(policy)) == policy));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_meant_is_refused_by_its_line) {
  BOOST_TEST(refusal("\nbuond = require").starts_with("line 2 of 'test.policy': there is no key 'buond'"));
  BOOST_TEST(refusal("format = zap").starts_with("line 1 of 'test.policy': 'zap' is not one of"));
  BOOST_TEST(refusal("signers = 0").find("a number from 1 to 64") != std::string::npos);
  BOOST_TEST(refusal("signers = 99999999999999999999").find("a number from 1 to 64") != std::string::npos);
  BOOST_TEST(refusal("signers = 2\nsigners = 1")
                 .starts_with("line 2 of 'test.policy': the key signers stands twice"));
  BOOST_TEST(refusal("bound = yes").find("'yes' is not require") != std::string::npos);
  BOOST_TEST(refusal("uncovered = ignore").find("refuse or report") != std::string::npos);
  BOOST_TEST(refusal("allow-weak = md5").find("no end is given") != std::string::npos);
  BOOST_TEST(refusal("allow-weak = rot13 until 2027-01-01").find("not a weakness") != std::string::npos);
  BOOST_TEST(refusal("allow-weak = md5 until never").starts_with("line 1"));
  BOOST_TEST(refusal("required-signer = sha256:aa").find("whole SHA-256") != std::string::npos);
  BOOST_TEST(refusal("element = lib/*").find("a glob and a signer") != std::string::npos);
  BOOST_TEST(refusal("bound").find("key = value") != std::string::npos);
  BOOST_TEST(refusal("bo\x1b[31mund = require").find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_report_that_keeps_every_rule_breaks_none) {
  const verifier::Report report = good_report();
  BOOST_TEST(broken("", report).empty());
  BOOST_TEST(broken("signers = 2\nformat = vro\nbound = require\nelement = Library/* signer " +
                        hex_of(report, 1) + "\nrequired-signer = " + hex_of(report, 0) + "\n",
                    report)
                 .empty());
}

BOOST_AUTO_TEST_CASE(each_rule_that_is_broken_is_told) {
  verifier::Report report = good_report();
  BOOST_TEST((broken("format = jar", report) == Codes{IssueCode::policy_format}));
  BOOST_TEST((broken("signers = 3", report) == Codes{IssueCode::policy_signers}));
  BOOST_TEST((broken("required-signer = " + kFingerprint, report) == Codes{IssueCode::policy_signers}));
  BOOST_TEST((broken("element = *hosts* signer " + kFingerprint, report).empty()));  // the case counts
  BOOST_TEST(
      (broken("element = *Hosts* signer " + kFingerprint, report) == Codes{IssueCode::policy_signers}));
  BOOST_TEST((broken("element = elements/?/data signer " + kFingerprint, report) ==
              Codes{IssueCode::policy_signers}));
  BOOST_TEST((broken("timestamp = require", report) ==
              Codes{IssueCode::policy_timestamp, IssueCode::policy_timestamp}));
  BOOST_TEST((broken("seal = require", report) == Codes{IssueCode::policy_seal}));
  report.facts.bound = false;
  BOOST_TEST((broken("bound = require", report) == Codes{IssueCode::policy_bound}));
  // A trusted signature beside the package binds all of it.
  report.signers[1].beside = true;
  BOOST_TEST(broken("bound = require\nseal = require", report).empty());
  report.signers[0].decision.stamped_at = report.signers[1].decision.stamped_at = report.judged_at;
  BOOST_TEST(broken("timestamp = require", report).empty());
}

BOOST_AUTO_TEST_CASE(a_signer_counts_only_where_he_alone_would_be_accepted) {
  for (const IssueCode weakness : {IssueCode::weak_digest, IssueCode::expired}) {
    verifier::Report report = good_report();
    report.signers[1].decision.issues.push_back({weakness, "", ""});
    BOOST_TEST((broken("signers = 2", report) == Codes{IssueCode::policy_signers}));
    BOOST_TEST(
        (broken("required-signer = " + hex_of(report, 1), report) == Codes{IssueCode::policy_signers}));
  }
  verifier::Report report = good_report();
  report.signers[1].decision.trusted = false;
  BOOST_TEST((broken("signers = 2", report) == Codes{IssueCode::policy_signers}));
  // One of two files.
  report = good_report();
  report.entries[1].signers = {0};
  BOOST_TEST((broken("signers = 2", report) == Codes{IssueCode::policy_signers}));
  // Two certificates of one key are one signer.
  report = good_report();
  report.signers[1].identity =
      tests::make_self_signed_certificate({.not_after = certstore::parse_instant("2039-01-01")});
  BOOST_TEST(!(report.signers[0].identity == report.signers[1].identity));
  BOOST_TEST((broken("signers = 2", report) == Codes{IssueCode::policy_signers}));
}

BOOST_AUTO_TEST_CASE(of_what_is_unsigned_or_invalid_nothing_more_is_said) {
  BOOST_TEST(broken("signers = 2\nseal = require\nformat = jar", verifier::Report{}).empty());
  verifier::Report report = good_report();
  report.issues.push_back({IssueCode::signature_mismatch, "", ""});
  BOOST_TEST(broken("signers = 9", report).empty());
}

BOOST_AUTO_TEST_CASE(the_presets_are_policies) {
  for (const std::string_view name : policy_presets()) {
    const PackagePolicy policy = parsed(text_of_preset(name));
    BOOST_TEST((policy == PackagePolicy{}) == (name == "default"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
