// The frozen table of exit codes, over all combinations of facts.
#include "tests/unit/certificates.h"
#include "verifier/report.h"

#include <boost/test/unit_test.hpp>

#include <array>

using certstore::ExitCode;
using certstore::IssueCode;
using verifier::Report;
using verifier::Verdict;

namespace {

const certstore::Certificate& some_certificate() {
  static const certstore::Certificate certificate = tests::make_self_signed_certificate({});
  return certificate;
}

// The facts about one signer, as bits.
struct SignerFacts {
  bool trusted = false;
  bool weak = false;
  bool status_unknown = false;
  bool out_of_date = false;
  bool exposed = false;
};

SignerFacts signer_facts(unsigned bits) {
  return {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0};
}

verifier::SignerReport signer(const SignerFacts& facts) {
  verifier::SignerReport report{some_certificate(), {certstore::DigestAlgorithm::sha256}, 1, 0, {}};
  report.decision.trusted = facts.trusted;
  auto& issues = report.decision.issues;
  if (!facts.trusted) issues.push_back({IssueCode::untrusted_signer, "s", ""});
  if (facts.weak) issues.push_back({IssueCode::weak_digest, "s", ""});
  if (facts.out_of_date) issues.push_back({IssueCode::expired, "s", ""});
  if (facts.exposed) issues.push_back({IssueCode::known_public_key, "s", ""});
  return report;
}

Report signed_report(const std::vector<SignerFacts>& signers) {
  Report report;
  report.entries.push_back({});
  for (std::size_t i = 0; i < signers.size(); ++i) {
    report.signers.push_back(signer(signers[i]));
    report.entries[0].signers.push_back(i);
  }
  return report;
}

// The table of the command line's design page, written a second time and in another way: the worst of
// integrity, exposure, trust, policy, dates for one signer.
int expected_code(bool invalid, const SignerFacts& facts, bool pinned, bool owner_flagged,
                  bool owners_required) {
  if (invalid) return 13;
  if (pinned) return 0;
  if (facts.exposed) return 16;
  if (!facts.trusted || (owner_flagged && owners_required)) return 11;
  if (facts.weak) return 12;
  if (facts.out_of_date) return 15;
  return 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(verdicts)

BOOST_AUTO_TEST_CASE(an_empty_report_is_unsigned) {
  const Report report;
  BOOST_CHECK(report.verdict() == Verdict::unsigned_package);
  BOOST_CHECK(report.exit_code() == ExitCode::unsigned_package);
}

BOOST_AUTO_TEST_CASE(a_signer_who_covers_nothing_leaves_the_package_unsigned) {
  Report report;
  report.signers.push_back(signer({.trusted = true}));
  report.entries.push_back({.needs_cover = false, .signers = {}, .sha256 = {}});
  BOOST_CHECK(report.exit_code() == ExitCode::unsigned_package);
}

BOOST_AUTO_TEST_CASE(an_entry_that_nobody_covers_makes_it_invalid_without_any_issue) {
  Report report = signed_report({{.trusted = true}});
  report.entries.push_back({});
  BOOST_CHECK(report.exit_code() == ExitCode::invalid);
}

BOOST_AUTO_TEST_CASE(one_signer_in_all_combinations_of_facts_has_the_code_of_the_table) {
  int combinations = 0;
  for (unsigned bits = 0; bits < 32; ++bits) {
    const SignerFacts facts = signer_facts(bits);
    if (facts.status_unknown) continue;  // no rule asks for a status yet
    for (const bool invalid : {false, true}) {
      for (const bool pinned : {false, true}) {
        for (const bool flagged : {false, true}) {
          for (const bool required : {false, true}) {
            Report report = signed_report({facts});
            if (invalid) report.issues.push_back({IssueCode::signature_mismatch, "e", ""});
            if (pinned) report.content_pin.emplace();
            report.require_owners = required;
            if (flagged) {
              verifier::ElementReport element;
              element.element.owner.emplace();
              report.elements.push_back(element);
            }
            const int expected = expected_code(invalid, facts, pinned, flagged, required);
            BOOST_TEST(static_cast<int>(report.exit_code()) == expected);
            ++combinations;
          }
        }
      }
    }
  }
  BOOST_TEST(combinations == 256);
}

BOOST_AUTO_TEST_CASE(a_rule_about_the_whole_package_stands_behind_trust_and_before_dates) {
  for (unsigned bits = 0; bits < 32; ++bits) {
    const SignerFacts facts = signer_facts(bits);
    for (const bool pinned : {false, true}) {
      const int without = expected_code(false, facts, pinned, false, false);
      const bool counts = without == 0 || without == 12 || without == 15;
      Report report = signed_report({facts});
      if (pinned) report.content_pin.emplace();
      report.issues.push_back({IssueCode::policy_timestamp, "", ""});
      BOOST_TEST(static_cast<int>(report.exit_code()) == (pinned || !counts || without == 12 ? without : 17));
      report.issues.push_back({IssueCode::policy_signers, "", ""});
      BOOST_TEST(static_cast<int>(report.exit_code()) == (pinned || !counts ? without : 12));
    }
  }
}

BOOST_AUTO_TEST_CASE(an_element_needs_one_signature_that_is_good_in_every_way) {
  const std::array order = {0, 15, 12, 11};  // best to worst
  const auto code_of = [](const SignerFacts& facts) {
    return !facts.trusted ? 11 : facts.weak ? 12 : facts.out_of_date ? 15 : 0;
  };
  for (unsigned a = 0; a < 32; ++a) {
    for (unsigned b = 0; b < 32; ++b) {
      const SignerFacts first = signer_facts(a);
      const SignerFacts second = signer_facts(b);
      if (first.status_unknown || second.status_unknown) continue;
      const auto rank = [&](int code) { return std::find(order.begin(), order.end(), code) - order.begin(); };
      const int best = rank(code_of(first)) < rank(code_of(second)) ? code_of(first) : code_of(second);
      const int expected = first.exposed || second.exposed ? 16 : best;
      BOOST_TEST(static_cast<int>(signed_report({first, second}).exit_code()) == expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(two_elements_of_two_signers_have_the_worse_of_the_two) {
  Report report = signed_report({{.trusted = true}, {.trusted = false}});
  report.entries[0].signers = {0};
  report.entries.push_back({.needs_cover = true, .signers = {1}, .sha256 = {}});
  BOOST_CHECK(report.exit_code() == ExitCode::untrusted);
  BOOST_CHECK(report.verdict() == Verdict::untrusted);
}

BOOST_AUTO_TEST_CASE(an_unsound_key_is_invalid_even_if_it_is_trusted) {
  Report report = signed_report({{.trusted = true}});
  report.signers[0].decision.issues.push_back({IssueCode::unsound_key, "s", ""});
  BOOST_CHECK(report.exit_code() == ExitCode::invalid);
}

BOOST_AUTO_TEST_CASE(a_strangers_weakness_never_chooses_the_code) {
  for (unsigned bits = 0; bits < 16; bits += 2) {
    BOOST_CHECK(signed_report({signer_facts(bits)}).exit_code() == ExitCode::untrusted);
  }
}

BOOST_AUTO_TEST_SUITE_END()
