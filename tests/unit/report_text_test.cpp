// What people read: the verdict first, nothing folded together, nothing that a package chose left unescaped.
#include "verifier/report_text.h"
#include "certstore/base/escape.h"
#include "tests/unit/reports.h"
#include "verifier/answers.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sstream>

using certstore::IssueCode;
using verifier::Report;
using verifier::TextStyle;

namespace {

std::string text_of(const Report& report, const TextStyle& style = {}) {
  std::ostringstream out;
  verifier::write_text(report, style, out);
  return out.str();
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

// The same report with a text that needs no escaping: hostile text must not change the number of lines.
std::size_t lines_with_harmless_text(const TextStyle& style) {
  return lines_of(text_of(tests::hostile_report("harmless"), style));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(report_text)

BOOST_AUTO_TEST_CASE(the_verdict_and_the_file_stand_first) {
  BOOST_CHECK(text_of(tests::plain_report()).starts_with("untrusted  foo.package\n"));
  BOOST_CHECK(text_of(Report{.file = "x"}).starts_with("unsigned  x\n"));
}

BOOST_AUTO_TEST_CASE(a_given_time_is_in_the_verdict_line) {
  Report report = tests::plain_report();
  report.time_was_given = true;
  BOOST_CHECK(text_of(report).starts_with("untrusted  foo.package  (judged at 2026-11-23T00:00:00Z)\n"));
}

BOOST_AUTO_TEST_CASE(the_four_answers_stand_apart) {
  const std::string text = text_of(tests::plain_report());
  BOOST_CHECK(has(text, "  content           verified: 2 of 2 entries as signed\n"));
  BOOST_CHECK(has(text, "  certificate       valid\n"));
  BOOST_CHECK(has(text, "  trust             not trusted\n"));
  BOOST_CHECK(has(text, "  known before      no\n"));
}

BOOST_AUTO_TEST_CASE(an_expired_certificate_is_not_valid_and_may_be_trusted) {
  Report report = tests::plain_report();
  report.judged_at = certstore::parse_instant("2041-01-01");
  report.signers[0].decision = {.trusted = true, .known_before = true, .trusted_by = "--trust"};
  report.signers[0].decision.issues = {{IssueCode::expired, "", "ended on 2040-01-01"}};
  const verifier::Answers answer = verifier::answers(report);
  BOOST_CHECK(answer.content_verified && !answer.certificate_valid);
  BOOST_CHECK(answer.certificate_trusted && answer.known_before);
  BOOST_CHECK(has(text_of(report), "(ended)"));
}

BOOST_AUTO_TEST_CASE(content_that_does_not_match_takes_no_trust_from_its_signer) {
  Report report = tests::plain_report();
  report.signers[0].decision = {.trusted = true, .known_before = true, .trusted_by = "--trust"};
  report.issues = {{IssueCode::signature_mismatch, "elements/1/data", "detail"}};
  report.entries[1].signers.clear();
  BOOST_CHECK(verifier::answers(report).certificate_trusted);
  report.entries[0].signers.clear();
  BOOST_CHECK(verifier::answers(report).certificate_trusted);
  report.signers[0].decision.trusted = false;
  BOOST_CHECK(!verifier::answers(report).certificate_trusted);
  BOOST_CHECK(!verifier::answers(Report{}).certificate_trusted);
}

BOOST_AUTO_TEST_CASE(content_that_does_not_match_is_not_verified_whoever_signed) {
  Report report = tests::plain_report();
  report.signers[0].decision = {.trusted = true, .known_before = true, .trusted_by = "--trust"};
  report.issues = {{IssueCode::signature_mismatch, "elements/1/data", "detail"}};
  BOOST_CHECK(!verifier::answers(report).content_verified);
  BOOST_CHECK(text_of(report).starts_with("invalid  "));
}

BOOST_AUTO_TEST_CASE(one_entry_of_a_stranger_leaves_the_package_untrusted) {
  Report report = tests::plain_report();
  report.signers.push_back(report.signers[0]);
  report.signers[0].decision.trusted = true;
  report.entries[1].signers = {1};
  BOOST_CHECK(!verifier::answers(report).certificate_trusted);
}

BOOST_AUTO_TEST_CASE(an_unsigned_package_answers_no_to_everything) {
  const verifier::Answers answer = verifier::answers(Report{});
  BOOST_CHECK(!answer.content_verified && !answer.certificate_valid);
  BOOST_CHECK(!answer.certificate_trusted && !answer.known_before);
}

BOOST_AUTO_TEST_CASE(fingerprints_are_whole) {
  const Report report = tests::plain_report();
  const auto& certificate = report.signers[0].identity;
  BOOST_CHECK(has(text_of(report), certstore::to_hex(certificate.sha256())));
  BOOST_CHECK(has(text_of(report), certstore::to_hex(certificate.public_key_sha256())));
}

BOOST_AUTO_TEST_CASE(repeated_findings_are_capped_until_verbose) {
  Report report = tests::plain_report();
  for (int i = 0; i < 12; ++i)
    report.issues.push_back({IssueCode::unsigned_entry, "entry " + std::to_string(i), "d"});
  BOOST_CHECK(has(text_of(report), "and 7 more; --verbose lists all"));
  BOOST_CHECK(!has(text_of(report), "'entry 5'"));
  BOOST_CHECK(has(text_of(report, {.verbose = true}), "'entry 11'"));
  BOOST_CHECK(!has(text_of(report, {.verbose = true}), "more; --verbose"));
}

BOOST_AUTO_TEST_CASE(the_gravest_finding_stands_first) {
  Report report = tests::plain_report();
  report.issues = {{IssueCode::names_equal_but_for_case, "a", "d"}, {IssueCode::unsigned_entry, "b", "d"}};
  const std::string text = text_of(report);
  BOOST_CHECK_LT(text.find("unsigned-entry"), text.find("names-equal-but-for-case"));
}

BOOST_AUTO_TEST_CASE(owners_are_counted_with_what_is_known_of_them) {
  Report report = tests::plain_report();
  report.elements.push_back(report.elements[0]);
  report.elements[1].element.owner->standing = formats::OwnerStanding::other_key;
  BOOST_CHECK(
      has(text_of(report), "'CN=Someone': 2 elements, 1 certificate absent, 1 other key; not trusted"));
}

BOOST_AUTO_TEST_CASE(elements_of_owners_who_are_not_trusted_are_flagged_confirmed_or_not) {
  Report report = tests::plain_report();
  report.elements[0].element.owner->standing = formats::OwnerStanding::confirmed;
  BOOST_CHECK(has(text_of(report), "  flagged           1 element last saved"));
  report.elements[0].owner_trusted = true;
  BOOST_CHECK(!has(text_of(report), "flagged"));
}

BOOST_AUTO_TEST_CASE(what_the_format_cannot_prove_is_said) {
  BOOST_CHECK(has(text_of(tests::plain_report()), "  cannot prove      when it was signed\n"));
}

BOOST_AUTO_TEST_CASE(colour_appears_only_when_asked) {
  BOOST_CHECK(!has(text_of(tests::plain_report()), "\x1b"));
  BOOST_CHECK(
      has(text_of(tests::plain_report(), {.color = true}), "\x1b[1;33muntrusted\x1b[0m  foo.package"));
}

BOOST_AUTO_TEST_CASE(hostile_text_makes_no_line_and_no_control_character) {
  for (const TextStyle& style : {TextStyle{}, TextStyle{.verbose = true}}) {
    for (const std::string& hostile : tests::hostile_texts()) {
      const std::string text = text_of(tests::hostile_report(hostile), style);
      BOOST_CHECK_EQUAL(lines_of(text), lines_with_harmless_text(style));
      const bool clean = std::none_of(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f;
      });
      BOOST_CHECK_MESSAGE(clean, "a control character in " << certstore::escaped(text));
      BOOST_CHECK(certstore::is_utf8(text));
      BOOST_CHECK(!has(text, "\xe2\x80\xae"));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_line_to_paste_holds_nothing_but_fingerprint_and_quoted_file) {
  Report report = tests::hostile_report("$(touch pwned)");
  const std::string fingerprint = certstore::to_hex(report.signers[0].identity.sha256());
  const auto lines = verifier::approval_lines(report);
  BOOST_REQUIRE_EQUAL(lines.size(), 1);
  BOOST_CHECK_EQUAL(lines[0],
                    "pkgverify trust add --signer sha256:" + fingerprint + " --from '$(touch pwned)'");
  report.file = "-rf";
  BOOST_CHECK(has(verifier::approval_lines(report)[0], " --from ./-rf"));
}

BOOST_AUTO_TEST_CASE(a_trusted_signer_needs_no_line_to_paste) {
  Report report = tests::plain_report();
  report.signers[0].decision.trusted = true;
  BOOST_CHECK(verifier::approval_lines(report).empty());
}

BOOST_AUTO_TEST_SUITE_END()
