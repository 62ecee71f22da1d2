// What programs read: always JSON, whatever a package chose, with the product's names and ours.
#include "verifier/report_json.h"
#include "certstore/base/escape.h"
#include "tests/unit/reports.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>

using certstore::IssueCode;
using verifier::Report;
using Json = nlohmann::json;

namespace {

std::string line_of(const Report& report) {
  std::ostringstream out;
  verifier::write_json(report, {.entries = true}, out);
  return out.str();
}

Json json_of(const Report& report) {
  return Json::parse(line_of(report));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(report_json)

BOOST_AUTO_TEST_CASE(a_report_is_one_line_of_schema_1) {
  const std::string line = line_of(tests::plain_report());
  BOOST_CHECK_EQUAL(std::count(line.begin(), line.end(), '\n'), 1);
  BOOST_CHECK_EQUAL(Json::parse(line)["schema"], 1);
}

BOOST_AUTO_TEST_CASE(the_verdict_and_its_code_agree_with_the_report) {
  const Json json = json_of(tests::plain_report());
  BOOST_CHECK_EQUAL(json["verdict"], "untrusted");
  BOOST_CHECK_EQUAL(json["exitCode"], 11);
  BOOST_CHECK_EQUAL(json_of(Report{})["verdict"], "unsigned");
}

BOOST_AUTO_TEST_CASE(the_four_answers_carry_the_names_of_the_product) {
  const Json json = json_of(tests::plain_report());
  BOOST_CHECK_EQUAL(json["contentVerified"], true);
  BOOST_CHECK_EQUAL(json["certificateValid"], true);
  BOOST_CHECK_EQUAL(json["certificateTrusted"], false);
  BOOST_CHECK_EQUAL(json["certificateUnknown"], true);
}

BOOST_AUTO_TEST_CASE(elements_carry_the_names_of_the_product) {
  const Json element = json_of(tests::plain_report())["importElementDetails"][0];
  BOOST_CHECK_EQUAL(element["id"], "1");
  BOOST_CHECK_EQUAL(element["type"], "Workflow");
  BOOST_CHECK_EQUAL(element["fileObjectName"], "Reboot a host");
  BOOST_CHECK_EQUAL(element["fileCategory"], "Library/Hosts");
  BOOST_CHECK_EQUAL(element["fileObjectVersion"], "1.2.0");
  BOOST_CHECK_EQUAL(element["owner"]["standing"], "certificate absent");
}

BOOST_AUTO_TEST_CASE(issues_have_the_ids_of_the_text) {
  const Json issues = json_of(tests::plain_report())["signers"][0]["issues"];
  BOOST_CHECK_EQUAL(issues[0]["id"], "untrusted-signer");
  BOOST_CHECK_EQUAL(issues[1]["id"], "weak-digest");
  BOOST_CHECK_EQUAL(issues[1]["effect"], "policy");
}

BOOST_AUTO_TEST_CASE(a_text_that_is_utf_8_comes_back_as_it_was) {
  for (const std::string& hostile : tests::hostile_texts()) {
    const std::string wanted = certstore::is_utf8(hostile) ? hostile : certstore::escaped(hostile);
    const Json json = json_of(tests::hostile_report(hostile));
    BOOST_CHECK(json["file"] == wanted);
    BOOST_CHECK(json["packageName"] == wanted);
    BOOST_CHECK(json["importElementDetails"][0]["fileObjectName"] == wanted);
    BOOST_CHECK(json["entryDetails"][0]["name"] == wanted);
  }
}

BOOST_AUTO_TEST_CASE(a_line_is_printable_ascii_whatever_a_package_chose) {
  for (const std::string& hostile : tests::hostile_texts()) {
    const std::string line = line_of(tests::hostile_report(hostile));
    BOOST_CHECK(std::all_of(line.begin(), line.end() - 1, [](char c) { return c >= 0x20 && c < 0x7f; }));
  }
}

BOOST_AUTO_TEST_CASE(a_file_in_trouble_has_no_verdict) {
  std::ostringstream out;
  verifier::write_json_trouble(
      "\xff", certstore::Error(certstore::ErrorKind::io, "cannot read it", "try again"), out);
  const Json json = Json::parse(out.str());
  BOOST_CHECK(!json.contains("verdict"));
  BOOST_CHECK_EQUAL(json["exitCode"], 1);
  BOOST_CHECK_EQUAL(json["file"], "\\xff");
  BOOST_CHECK_EQUAL(json["error"]["hint"], "try again");
}

BOOST_AUTO_TEST_CASE(a_content_pin_is_named_and_is_no_trust_in_the_certificate) {
  Report report = tests::plain_report();
  report.content_pin.emplace();
  report.content_pin->id = "abcd";
  const Json json = json_of(report);
  BOOST_CHECK_EQUAL(json["exitCode"], 0);
  BOOST_CHECK_EQUAL(json["contentPin"]["record"], "abcd");
  BOOST_CHECK_EQUAL(json["certificateTrusted"], false);
}

BOOST_AUTO_TEST_SUITE_END()
