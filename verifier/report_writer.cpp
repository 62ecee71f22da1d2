#include "verifier/report_writer.h"

#include "verifier/report_html.h"
#include "verifier/report_json.h"
#include "verifier/report_junit.h"
#include "verifier/report_sarif.h"
#include "verifier/report_text.h"

#include <array>
#include <sstream>

namespace verifier {
namespace {

using certstore::Error;

class TextWriter final : public ReportWriter {
 public:
  explicit TextWriter(const TextStyle& style) : style_(style) {}
  ReportPiece piece(const Report& report) const override {
    std::ostringstream text;
    write_text(report, style_, text);
    return {text.str(), {}};
  }
  // Standard error says why.
  ReportPiece trouble(std::string_view /*file*/, const Error& /*error*/) const override {
    return {{}, {}, false};
  }

 private:
  TextStyle style_;
};

class JsonWriter final : public ReportWriter {
 public:
  ReportPiece piece(const Report& report) const override {
    std::ostringstream text;
    write_json(report, {}, text);
    return {text.str(), {}};
  }
  ReportPiece trouble(std::string_view file, const Error& error) const override {
    std::ostringstream text;
    write_json_trouble(file, error, text);
    return {text.str(), {}, false};
  }
};

}  // namespace

std::span<const std::string_view> report_formats() {
  static constexpr std::array<std::string_view, 5> kWords = {"text", "json", "sarif", "junit", "html"};
  return kWords;
}

std::unique_ptr<ReportWriter> make_report_writer(std::string_view format, const TextStyle& style) {
  if (format == "text") return std::make_unique<TextWriter>(style);
  if (format == "json") return std::make_unique<JsonWriter>();
  if (format == "sarif") return sarif_writer();
  if (format == "junit") return junit_writer();
  if (format == "html") return html_writer();
  throw Error(certstore::ErrorKind::internal, "a report format without a writer");
}

}  // namespace verifier
