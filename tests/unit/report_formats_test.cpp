// Documents for pipelines: whatever a package chose, they stay well formed and say what the report says.
#include "certstore/base/escape.h"
#include "tests/unit/reports.h"
#include "verifier/html_page.h"
#include "verifier/report_sarif.h"
#include "verifier/report_writer.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include <algorithm>
#include <regex>
#include <sstream>

using certstore::ExitCode;
using verifier::Report;
using Json = nlohmann::json;

namespace {

std::string document_of(std::string_view format, const std::vector<Report>& reports,
                        ExitCode code = ExitCode::untrusted) {
  const auto writer = verifier::make_report_writer(format, {});
  std::ostringstream out;
  writer->begin(out);
  for (const Report& report : reports) writer->put(writer->piece(report), out);
  writer->end(code, out);
  return out.str();
}

std::string trouble_of(std::string_view format, const certstore::Error& error) {
  const auto writer = verifier::make_report_writer(format, {});
  std::ostringstream out;
  writer->begin(out);
  writer->put(writer->trouble("foo.package", error), out);
  writer->end(ExitCode::trouble, out);
  return out.str();
}

Report accepted_report() {
  Report report = tests::plain_report();
  report.signers[0].decision.trusted = true;
  report.signers[0].decision.issues.clear();
  // A further signer, of whom nobody knows anything, changes nothing.
  report.signers.push_back(tests::plain_report().signers[0]);
  return report;
}

bool has_level(const Json& sarif, std::string_view level) {
  const Json& results = sarif["runs"][0]["results"];
  return std::any_of(results.begin(), results.end(),
                     [&](const Json& result) { return result["level"] == level; });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(report_formats)

BOOST_AUTO_TEST_CASE(a_document_without_a_file_is_still_one) {
  BOOST_CHECK(Json::parse(document_of("sarif", {}))["runs"][0]["results"].empty());
  pugi::xml_document xml;
  BOOST_CHECK(xml.load_string(document_of("junit", {}).c_str()));
}

BOOST_AUTO_TEST_CASE(no_hostile_text_breaks_sarif_or_makes_a_link) {
  for (const std::string& text : tests::hostile_texts()) {
    const std::string document = document_of("sarif", {tests::hostile_report(text + "[x](http:y){0}")});
    BOOST_CHECK(std::all_of(document.begin(), document.end(), [](char c) { return c >= ' ' || c == '\n'; }));
    const Json json = Json::parse(document);
    for (const Json& result : json["runs"][0]["results"]) {
      const std::string message = result["message"]["text"];
      BOOST_CHECK_MESSAGE(!std::regex_search(message, std::regex(R"((^|[^\\])[\[\]])")), message);
      BOOST_CHECK_MESSAGE(
          message.find("{0}") == std::string::npos || message.find("{{0}}") != std::string::npos, message);
    }
  }
}

BOOST_AUTO_TEST_CASE(no_hostile_text_breaks_junit) {
  for (const std::string& text : tests::hostile_texts()) {
    const std::string hostile = text + "</failure><b x='\"'>]]>&amp;";
    const std::string document = document_of("junit", {tests::hostile_report(hostile)});
    pugi::xml_document xml;
    BOOST_REQUIRE(xml.load_string(document.c_str()));
    const pugi::xml_node suite = xml.child("testsuites").child("testsuite");
    BOOST_CHECK_EQUAL(suite.attribute("name").value(), certstore::escaped(hostile));
    BOOST_CHECK_EQUAL(suite.child("testcase").select_nodes(".//b").size(), 0);
  }
}

BOOST_AUTO_TEST_CASE(no_hostile_text_becomes_markup_in_html) {
  const auto elements_of = [](const Report& report) {
    pugi::xml_document page;
    const std::string article = verifier::html_of(report) + verifier::html_row(report);
    BOOST_REQUIRE(page.load_string(("<page>" + article + "</page>").c_str()));
    return page.select_nodes("//*").size();
  };
  const std::size_t wanted = elements_of(tests::hostile_report("plain"));
  for (const std::string& text : tests::hostile_texts()) {
    for (const char* end : {"</dd><script>x</script>", "\"' onload='x", "]]><!--", "&lt;b&gt;"}) {
      BOOST_CHECK_EQUAL(elements_of(tests::hostile_report(text + end)), wanted);
    }
  }
}

BOOST_AUTO_TEST_CASE(html_shows_what_is_hostile_as_it_is_escaped) {
  const std::string html = document_of("html", {tests::hostile_report("a<b>\x1b[2J\"")});
  BOOST_CHECK(html.find("a&lt;b&gt;\\x1b[2J") != std::string::npos);
  BOOST_CHECK(html.find("a<b>") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(html_says_of_a_grave_finding_who_must_act) {
  const std::string html = document_of("html", {tests::hostile_report("a")});
  BOOST_CHECK(html.find("Who must act: ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(tables_in_html_are_bounded) {
  Report report = tests::plain_report();
  report.elements.assign(2000, report.elements.front());
  const std::string html = document_of("html", {report});
  BOOST_CHECK(html.find("and 1500 more") != std::string::npos);
  BOOST_CHECK(html.size() < 500'000);
}

BOOST_AUTO_TEST_CASE(only_what_is_not_accepted_is_an_error_in_sarif) {
  BOOST_CHECK(accepted_report().exit_code() == ExitCode::accepted);
  const Json accepted = Json::parse(document_of("sarif", {accepted_report()}));
  BOOST_CHECK(!has_level(accepted, "error"));
  BOOST_CHECK(has_level(accepted, "warning"));
  const Json refused = Json::parse(document_of("sarif", {tests::plain_report()}));
  BOOST_CHECK(has_level(refused, "error"));
  BOOST_CHECK_EQUAL(refused["runs"][0]["results"][0]["ruleId"], verifier::kNotAcceptedRule);
}

BOOST_AUTO_TEST_CASE(an_unsigned_package_is_an_error_though_nothing_was_found) {
  BOOST_CHECK(has_level(Json::parse(document_of("sarif", {Report{}})), "error"));
}

BOOST_AUTO_TEST_CASE(only_what_is_not_accepted_fails_in_junit) {
  pugi::xml_document xml;
  BOOST_REQUIRE(xml.load_string(document_of("junit", {accepted_report(), tests::plain_report()}).c_str()));
  const auto suites = xml.select_nodes("/testsuites/testsuite");
  BOOST_REQUIRE_EQUAL(suites.size(), 2);
  BOOST_CHECK_EQUAL(suites[0].node().attribute("failures").value(), "0");
  BOOST_CHECK(!suites[0].node().child("testcase").child("failure"));
  BOOST_CHECK_EQUAL(suites[1].node().attribute("failures").value(), "1");
  BOOST_CHECK_EQUAL(suites[1].node().child("testcase").child("failure").attribute("type").value(),
                    "untrusted");
}

BOOST_AUTO_TEST_CASE(a_file_that_could_not_be_judged_is_no_success) {
  const certstore::Error error(certstore::ErrorKind::io, "cannot read <it> & more");
  const Json sarif = Json::parse(trouble_of("sarif", error));
  BOOST_CHECK_EQUAL(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
  BOOST_CHECK_EQUAL(sarif["runs"][0]["invocations"][0]["exitCode"], 1);
  pugi::xml_document xml;
  BOOST_REQUIRE(xml.load_string(trouble_of("junit", error).c_str()));
  const pugi::xml_node suite = xml.child("testsuites").child("testsuite");
  BOOST_CHECK_EQUAL(suite.attribute("errors").value(), "1");
  BOOST_CHECK_EQUAL(suite.child("testcase").child("error").attribute("message").value(),
                    "cannot read <it> & more");
}

BOOST_AUTO_TEST_CASE(every_finding_is_a_rule) {
  const Json rules = Json::parse(document_of("sarif", {}))["runs"][0]["tool"]["driver"]["rules"];
  BOOST_CHECK_EQUAL(rules.size(), certstore::all_issue_kinds().size() + 1);
}

BOOST_AUTO_TEST_SUITE_END()
