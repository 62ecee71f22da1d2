// What a person is asked about a package, what is chosen, and what the prompt shows.
#include "verifier/import_question.h"
#include "certstore/base/escape.h"
#include "tests/unit/reports.h"
#include "verifier/element_groups.h"
#include "verifier/import_selection.h"
#include "verifier/older_elements.h"
#include "verifier/prompt_text.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sstream>

namespace {

using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::IssueCode;
using verifier::Report;
using verifier::Selection;

// The plain report, judged by the one that judges in earnest.
Report judged(const certstore::TrustPolicy& policy) {
  Report report = tests::plain_report();
  verifier::SignerReport& signer = report.signers[0];
  signer.decision = certstore::decide({.identity = signer.identity,
                                       .offered = {},
                                       .digests = {signer.digests.begin(), signer.digests.end()},
                                       .package_name = report.facts.name,
                                       .bound = true,
                                       .serial = 5},
                                      policy);
  return report;
}

certstore::TrustPolicy policy_at(const std::string& date) {
  certstore::TrustPolicy policy;
  policy.at = certstore::parse_instant(date);
  return policy;
}

certstore::TrustRecord record_of(const certstore::Certificate& certificate) {
  certstore::TrustRecord record;
  record.id = "abcd1234";
  record.sha256 = certificate.sha256();
  record.certificate = certificate.der();
  return record;
}

const std::vector<std::size_t> kNine = {0, 1, 2, 3, 4, 5, 6, 7, 8};

// Of two signers and two owners, with one element between that nobody owns.
Report report_of_many() {
  Report report = tests::plain_report();
  report.signers.push_back(report.signers[0]);
  report.elements.clear();
  const auto add = [&](std::vector<std::size_t> signers, const char* owner) {
    verifier::ElementReport element;
    element.element.kind = "Workflow";
    element.element.name = "number " + std::to_string(report.elements.size());
    element.signers = std::move(signers);
    if (*owner != '\0') element.element.owner.emplace().claimed_name = owner;
    report.elements.push_back(std::move(element));
  };
  add({0}, "CN=Alice");
  add({0, 1}, "CN=Alice");
  add({0}, "CN=Bob");
  add({0}, "");
  add({0}, "CN=Alice");
  add({0, 1}, "CN=Alice");
  return report;
}

std::vector<std::size_t> chosen(const std::string& text) {
  return verifier::parse_selection(text, kNine).elements;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(import_question)

BOOST_AUTO_TEST_CASE(only_what_a_person_may_decide_is_asked) {
  using enum ExitCode;
  for (const ExitCode code : {untrusted, policy, dates, status_unknown})
    BOOST_TEST(verifier::may_be_asked(code));
  for (const ExitCode code : {accepted, trouble, usage, unsigned_package, invalid, internal, exposed_key,
                              renew_soon, interrupted}) {
    BOOST_TEST(!verifier::may_be_asked(code));
  }
}

BOOST_AUTO_TEST_CASE(a_stranger_is_asked_about_with_his_weaknesses) {
  const auto question = verifier::question_about(judged(policy_at("2041-01-01")));
  BOOST_TEST(question.signers == std::vector<std::size_t>{0}, boost::test_tools::per_element());
  BOOST_TEST(question.weaknesses == (std::vector<std::string>{"md5", "expired"}),
             boost::test_tools::per_element());
  BOOST_TEST(question.blockers.empty());
}

BOOST_AUTO_TEST_CASE(a_weakness_that_is_allowed_is_not_asked_again) {
  auto policy = policy_at("2026-11-23");
  policy.allowed = {"md5"};
  BOOST_TEST(verifier::question_about(judged(policy)).weaknesses.empty());
}

BOOST_AUTO_TEST_CASE(a_trusted_signer_who_is_sound_is_not_asked_about) {
  auto policy = policy_at("2026-11-23");
  policy.allowed = {"md5"};
  policy.trusted = {*tests::plain_report().signers[0].identity.certificate()};
  const Report report = judged(policy);
  BOOST_CHECK(report.exit_code() == ExitCode::accepted);
  BOOST_TEST(verifier::question_about(report).signers.empty());
}

BOOST_AUTO_TEST_CASE(a_rollback_or_a_certificate_of_the_future_cannot_be_allowed) {
  auto policy = policy_at("2019-01-01");
  const Report report = judged(policy);
  policy.highest_serials[{report.signers[0].identity.sha256(), report.facts.name}] = 6;
  const auto question = verifier::question_about(judged(policy));
  BOOST_REQUIRE(question.blockers.size() == 2u);
  BOOST_CHECK(question.blockers[0].code == IssueCode::not_yet_valid);
  BOOST_CHECK(question.blockers[1].code == IssueCode::rollback);
}

BOOST_AUTO_TEST_CASE(the_same_name_with_another_key_is_noticed) {
  Report report = tests::plain_report();
  tests::CertificateWish wish;
  const auto other_key = tests::key_named("another").openssl();
  const auto other = tests::make_certificate(wish, other_key, nullptr, other_key);
  certstore::TrustPolicy policy;
  BOOST_TEST(verifier::namesakes(report, report.signers[0], policy).empty());
  policy.records = {record_of(*report.signers[0].identity.certificate())};
  BOOST_TEST(verifier::namesakes(report, report.signers[0], policy).empty());
  policy.records = {record_of(other)};
  BOOST_TEST(verifier::namesakes(report, report.signers[0], policy).size() == 1u);
  policy.highest_serials[{other.sha256(), "com.example.net"}] = 1;
  policy.highest_serials[{other.sha256(), "com.example.other"}] = 1;
  BOOST_TEST(verifier::namesakes(report, report.signers[0], policy).size() == 2u);
  report.certificates = {*report.signers[0].identity.certificate(), other};
  BOOST_TEST(verifier::namesakes(report, report.signers[0], policy).size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_name_that_mixes_scripts_is_spelled_out) {
  Report report = tests::plain_report();
  verifier::Question question;
  question.signers = {0};
  BOOST_TEST(verifier::lookalikes(report, question).empty());
  report.facts.name = "com.ex\u0430mple.net";
  for (int i = 0; i < 20; ++i) {
    verifier::ElementReport element;
    element.element.owner.emplace();
    element.element.owner->claimed_name = "\u0430dmin" + std::to_string(i / 2);
    report.elements.push_back(element);
  }
  const auto found = verifier::lookalikes(report, question);
  BOOST_REQUIRE(found.size() == 9u);  // eight owners at most, each once
  BOOST_TEST(
      found[0] ==
      "the package's name mixes letters of Cyrillic and Latin in one word, which can look like another: "
      "it is spelled com.ex\\u{430}mple.net");
  BOOST_TEST(found[8].starts_with("an owner's name mixes"));
}

BOOST_AUTO_TEST_CASE(a_package_name_that_is_trusted_from_another_signer_is_noticed) {
  const Report report = tests::plain_report();
  const auto other_key = tests::key_named("another").openssl();
  tests::CertificateWish wish;
  wish.common_name = "Somebody Else";
  certstore::TrustPolicy policy;
  policy.records = {record_of(tests::make_certificate(wish, other_key, nullptr, other_key))};
  policy.records[0].scope = certstore::TrustRecord::Scope::package_name;
  policy.records[0].scope_text = "com.example.other";
  BOOST_TEST(verifier::namesakes(report, report.signers[0], policy).empty());
  policy.records[0].scope_text = "com.example.net";
  BOOST_TEST(verifier::namesakes(report, report.signers[0], policy).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(import_selection)

BOOST_AUTO_TEST_CASE(elements_are_chosen_by_number_and_range) {
  using Numbers = std::vector<std::size_t>;
  BOOST_CHECK(chosen("1") == Numbers{0});
  BOOST_CHECK((chosen("1-3,7") == Numbers{0, 1, 2, 6}));
  BOOST_CHECK((chosen(" 9 , 2-2,2") == Numbers{1, 8}));
  BOOST_TEST(verifier::parse_selection("all", kNine).whole);
  BOOST_TEST(!verifier::parse_selection("none", kNine).whole);
  BOOST_TEST(verifier::parse_selection("none", kNine).elements.empty());
}

const std::vector<std::string> kNoChoices = {
    "", "0", "10", "1-10", "3-1", "1,", ",1", "1--2", "-1", "1-", "x", "1x", "18446744073709551617"};

BOOST_DATA_TEST_CASE(what_is_no_choice_is_refused, kNoChoices, text) {
  BOOST_CHECK_EXCEPTION((void)verifier::parse_selection(text, kNine), certstore::Error,
                        [](const auto& error) { return error.kind() == ErrorKind::usage; });
}

BOOST_AUTO_TEST_CASE(elements_are_numbered_by_signers_and_then_by_owner) {
  const Report report = report_of_many();
  const auto groups = verifier::group_elements(report);
  BOOST_REQUIRE(groups.size() == 4U);
  BOOST_CHECK(groups[0].elements == (std::vector<std::size_t>{0, 4}));
  BOOST_TEST(groups[0].owner->claimed_name == "CN=Alice");
  BOOST_CHECK(groups[2].owner == nullptr);
  BOOST_CHECK(groups[3].signers == (std::vector<std::size_t>{0, 1}));
  const std::vector<std::size_t> order = verifier::numbered(groups);
  BOOST_CHECK(order == (std::vector<std::size_t>{0, 4, 2, 3, 1, 5}));
  BOOST_CHECK(verifier::parse_selection("2-3,5", order).elements == (std::vector<std::size_t>{1, 2, 4}));
}

BOOST_AUTO_TEST_CASE(owners_who_are_trusted_and_who_are_not_stand_apart) {
  Report report = report_of_many();
  report.elements[4].owner_trusted = true;
  BOOST_TEST(verifier::group_elements(report).size() == 5U);
}

BOOST_AUTO_TEST_CASE(only_signed_files_are_imported) {
  Report report = tests::plain_report();
  for (auto& entry : report.entries) entry.sha256 = certstore::Bytes(32);
  report.entry_names.insert(report.entry_names.end(), {"elements/", "signatures/x"});
  report.entries.resize(4);
  report.entries[2].needs_cover = report.entries[3].needs_cover = false;
  const auto whole = verifier::entries_of(report, {});
  BOOST_REQUIRE(whole.size() == 2u);
  BOOST_TEST(whole[0].name == "dunes-meta-inf");
  const auto one = verifier::entries_of(report, {.whole = false, .elements = {0}});
  BOOST_REQUIRE(one.size() == 1u);
  BOOST_TEST(one[0].name == "elements/1/data");
  report.entries[1].signers.clear();
  BOOST_CHECK_EXCEPTION((void)verifier::entries_of(report, {}), certstore::Error,
                        [](const auto& error) { return error.kind() == ErrorKind::internal; });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(prompt_text)

BOOST_AUTO_TEST_CASE(long_text_is_broken_between_words_and_in_them_where_it_must) {
  BOOST_TEST(verifier::wrapped("one two three", 0, 2, 22) == "one two three");
  BOOST_TEST(verifier::wrapped("aaaaaaaaaa bbbbbbbbbb cccccccccc", 0, 2, 22) ==
             "aaaaaaaaaa bbbbbbbbbb\n  cccccccccc");
  BOOST_TEST(verifier::wrapped(std::string(30, 'x'), 2, 2, 22) ==
             std::string(20, 'x') + "\n  " + std::string(10, 'x'));
  BOOST_TEST(verifier::wrapped("", 0, 2, 22).empty());
}

const std::vector<unsigned> kWidths = {20, 40, 80, 200};

BOOST_DATA_TEST_CASE(nothing_hostile_reaches_the_terminal, tests::hostile_texts() * kWidths, text, columns) {
  const Report report = tests::hostile_report(text);
  certstore::TrustPolicy policy;
  policy.records = {record_of(*report.signers[0].identity.certificate())};
  policy.records[0].sha256 = {};
  policy.records[0].certificate.clear();
  policy.records[0].id = text;
  policy.records[0].scope = certstore::TrustRecord::Scope::package_name;
  policy.records[0].scope_text = text;
  std::ostringstream out;
  const verifier::PromptPage page{.style = {}, .columns = columns};
  write_question(report, verifier::question_about(report), policy, page, out);
  write_elements(report, {}, page, out);
  const std::string shown = out.str();
  BOOST_TEST(certstore::is_utf8(shown));
  std::istringstream lines(shown);
  for (std::string line; std::getline(lines, line);) {
    BOOST_TEST(certstore::escaped(line).size() -
                   static_cast<std::size_t>(std::count(line.begin(), line.end(), '\\')) ==
               line.size());
    BOOST_TEST(!line.starts_with("verified"));
    BOOST_TEST(line.size() <= std::max<std::size_t>(columns, 35));
  }
}

BOOST_AUTO_TEST_CASE(a_whole_fingerprint_stands_on_one_line_of_80_columns) {
  const Report report = tests::plain_report();
  std::ostringstream out;
  write_question(report, verifier::question_about(report), {}, {}, out);
  const std::string& shown = out.str();
  BOOST_TEST(shown.find("sha256     " + certstore::to_hex(report.signers[0].identity.sha256()) + "\n") !=
             std::string::npos);
  BOOST_TEST(shown.find("does not prove its origin") != std::string::npos);
  BOOST_TEST(shown.find("\x1b") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_list_of_elements_has_headings_that_count) {
  const Report report = report_of_many();
  std::ostringstream out;
  write_elements(report, {}, {}, out);
  const std::string signer = report.signers[0].identity.subject();
  const std::string expected = "  signed by '" + signer +
                               "': 4 elements\n"
                               "    owner 'CN=Alice', not trusted: 2 elements\n"
                               "      1  Workflow 'number 0'\n"
                               "      2  Workflow 'number 4'\n"
                               "    owner 'CN=Bob', not trusted: 1 element\n"
                               "      3  Workflow 'number 2'\n"
                               "    no owner: 1 element\n"
                               "      4  Workflow 'number 3'\n"
                               "  signed by '" +
                               signer + "' and '" + signer +
                               "': 2 elements\n"
                               "    owner 'CN=Alice', not trusted: 2 elements\n"
                               "      5  Workflow 'number 1'\n"
                               "      6  Workflow 'number 5'\n";
  BOOST_TEST(out.str() == expected);
}

BOOST_AUTO_TEST_CASE(versions_are_compared_number_by_number) {
  const auto less = [](std::string_view a, std::string_view b) {
    return verifier::compare_versions(a, b) == std::strong_ordering::less &&
           verifier::compare_versions(b, a) == std::strong_ordering::greater;
  };
  BOOST_TEST(less("1.2.9", "1.2.10"));
  BOOST_TEST(less("1.2", "1.2.0.1"));
  BOOST_TEST(less("9", "10"));
  BOOST_TEST(less("99999999999999999999999", "100000000000000000000000"));
  BOOST_TEST((verifier::compare_versions("1.2", "01.2.0") == std::strong_ordering::equal));
}

BOOST_AUTO_TEST_CASE(of_versions_of_another_form_no_order_is_known) {
  for (const char* other : {"", ".", "1.", ".1", "1..2", "1.2-rc1", "v1", " 1", "1.2 ", "-1"}) {
    BOOST_TEST(!verifier::compare_versions(other, "1.0").has_value());
    BOOST_TEST(!verifier::compare_versions("1.0", other).has_value());
  }
}

BOOST_AUTO_TEST_CASE(an_element_is_new_same_or_changed_as_its_files_are) {
  using enum verifier::TreeChange;
  verifier::ElementReport element;
  element.element.entries = {0, 2};
  BOOST_CHECK(change_of(element, {added, same, added}) == added);
  BOOST_CHECK(change_of(element, {same, changed, same}) == same);
  BOOST_CHECK(change_of(element, {same, same, added}) == changed);
  BOOST_CHECK(change_of(element, {changed, same, added}) == changed);
  BOOST_CHECK(change_of(element, {added, changed, older}) == older);
}

BOOST_AUTO_TEST_SUITE_END()
