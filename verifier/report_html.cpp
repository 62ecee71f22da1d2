#include "verifier/report_html.h"

#include "verifier/batch_limits.h"
#include "verifier/html_page.h"

namespace verifier {
namespace {

using certstore::Error;
using certstore::ExitCode;

// Before it stands nothing that a package chose.
constexpr std::string_view kHead =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"generator\" content=\"pkgverify " PKGTRUST_VERSION "\">\n";

class HtmlWriter final : public ReportWriter {
 public:
  ReportPiece piece(const Report& report) const override {
    return {html_of(report), html_row(report), true, report.exit_code() == ExitCode::accepted};
  }
  ReportPiece trouble(std::string_view file, const Error& error) const override {
    return {html_of_trouble(file, error), html_row_of_trouble(file, error), false};
  }

  void require_room(std::size_t files) const override {
    if (files <= limits::kPageFiles) return;
    throw Error(certstore::ErrorKind::usage,
                "one page of HTML shows at most " + std::to_string(limits::kPageFiles) + " files, not " +
                    std::to_string(files),
                "--format junit or json has no such bound");
  }

  void put(ReportPiece piece, std::ostream& /*out*/) override { pieces_.push_back(std::move(piece)); }

  void end(ExitCode code, std::ostream& out) override {
    std::size_t accepted = 0;
    for (const ReportPiece& piece : pieces_) accepted += piece.accepted ? 1 : 0;
    const std::string sum =
        std::to_string(accepted) + " of " + std::to_string(pieces_.size()) + " files accepted";
    const bool one = pieces_.size() == 1;
    const std::string title = !one ? sum : accepted == 1 ? "accepted" : "not accepted";
    out << kHead << "<title>pkgverify: " << title << "</title>\n<style>" << html_style()
        << "</style></head>\n<body><main>\n";
    if (pieces_.size() > 1) write_sum(sum, code, out);
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      out << "<article class=\"package\" id=\"p" << i + 1 << "\">" << pieces_[i].text << "</article>\n";
    }
    out << "<footer>pkgverify " PKGTRUST_VERSION
           ". <code>pkgverify explain ID</code> says more about a finding. A self-signed certificate proves "
           "no "
           "origin: compare its fingerprint with the sender by another "
           "way.</footer>\n</main></body></html>\n";
  }

 private:
  void write_sum(const std::string& sum, ExitCode code, std::ostream& out) const {
    out << "<header><h1>" << sum << "</h1><p class=\"soft\">exit code " << static_cast<int>(code)
        << "</p></header>\n<div class=\"wide\"><table><thead><tr><th scope=\"col\"></th><th "
           "scope=\"col\">verdict"
           "</th><th scope=\"col\">file</th><th scope=\"col\">exit code</th></tr></thead><tbody>\n";
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      out << "<tr><td><a href=\"#p" << i + 1 << "\">" << i + 1 << "</a></td>" << pieces_[i].aside
          << "</tr>\n";
    }
    out << "</tbody></table></div>\n<p>&#160;</p>\n";
  }

  std::vector<ReportPiece> pieces_;
};

}  // namespace

std::unique_ptr<ReportWriter> html_writer() {
  return std::make_unique<HtmlWriter>();
}

}  // namespace verifier
