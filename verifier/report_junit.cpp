#include "verifier/report_junit.h"

#include "certstore/base/escape.h"
#include "verifier/answers.h"
#include "verifier/markup.h"
#include "verifier/report_text.h"

#include <sstream>

namespace verifier {
namespace {

using certstore::escaped;
using certstore::ExitCode;

// The suite of one file; the schema wants its counts at its begin, so that one of all files could not be
// written as they come.
class Suite {
 public:
  Suite(std::string_view file, bool failed, bool in_error) {
    const std::string name = escaped(file);
    pugi::xml_node suite = add(document_, "testsuite");
    suite.append_attribute("name").set_value(name.c_str());
    suite.append_attribute("tests").set_value(1);
    suite.append_attribute("failures").set_value(failed ? 1 : 0);
    suite.append_attribute("errors").set_value(in_error ? 1 : 0);
    case_ = add(suite, "testcase");
    case_.append_attribute("classname").set_value("pkgverify.check");
    case_.append_attribute("name").set_value(name.c_str());
  }

  void add_outcome(const char* element, const std::string& type, const std::string& message,
                   const std::string& text) {
    pugi::xml_node node = add(case_, element);
    node.append_attribute("type").set_value(type.c_str());
    node.append_attribute("message").set_value(message.c_str());
    add_text(node, text);
  }
  void add_output(const std::string& text) { add(case_, "system-out", "", text); }
  [[nodiscard]] std::string text() const { return print(document_) + "\n"; }

 private:
  pugi::xml_document document_;
  pugi::xml_node case_;
};

class JunitWriter final : public ReportWriter {
 public:
  ReportPiece piece(const Report& report) const override {
    std::ostringstream text;
    write_text(report, {}, text);
    const ExitCode code = report.exit_code();
    Suite suite(report.file, code != ExitCode::accepted, false);
    if (code == ExitCode::accepted) {
      suite.add_output(text.str());
    } else {
      suite.add_outcome(
          "failure", std::string(word_of(report.verdict())),
          "exit code " + std::to_string(static_cast<int>(code)) + ": " + std::string(meaning_of(code)),
          text.str());
    }
    return {suite.text(), {}};
  }

  ReportPiece trouble(std::string_view file, const certstore::Error& error) const override {
    Suite suite(file, false, true);
    const int code = static_cast<int>(certstore::exit_code(error.kind()));
    suite.add_outcome("error", "exit code " + std::to_string(code), error.what(), error.hint());
    return {suite.text(), {}, false};
  }

  void begin(std::ostream& out) override {
    out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"pkgverify check\">\n";
  }
  void end(ExitCode /*code*/, std::ostream& out) override { out << "</testsuites>\n"; }
};

}  // namespace

std::unique_ptr<ReportWriter> junit_writer() {
  return std::make_unique<JunitWriter>();
}

}  // namespace verifier
