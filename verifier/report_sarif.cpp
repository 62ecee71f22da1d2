#include "verifier/report_sarif.h"

#include "certstore/base/bytes.h"
#include "certstore/base/escape.h"
#include "verifier/answers.h"

#include <nlohmann/json.hpp>

namespace verifier {
namespace {

using Json = nlohmann::ordered_json;
using certstore::Effect;
using certstore::escaped;
using certstore::ExitCode;
using certstore::Issue;
using certstore::IssueKind;

std::string dump(const Json& json) {
  return json.dump(-1, ' ', true);
}

// SARIF 2.1.0 section 3.11.5 and 3.11.6: braces are placeholders and brackets are links, unless written so.
std::string message_text(std::string_view text) {
  std::string message;
  for (const char c : text) {
    if (c == '{' || c == '}') message += c;
    if (c == '[' || c == ']') message += '\\';
    message += c;
  }
  return message;
}

// RFC 3986: what is neither unreserved nor a slash is written as its bytes; so no name makes a scheme, a
// query or a fragment.
std::string uri_of(std::string_view file) {
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  // Two slashes at the begin would name a host.
  std::string uri = file.starts_with('/') ? "file://" : "";
  for (const char c : file) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      uri += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    uri += '%';
    uri += kHex[byte >> 4U];
    uri += kHex[byte & 15U];
  }
  return uri;
}

Json location_of(std::string_view file, std::string_view subject) {
  Json location = {{"physicalLocation", {{"artifactLocation", {{"uri", uri_of(file)}}}}}};
  if (!subject.empty()) {
    location["logicalLocations"] = Json::array({{{"fullyQualifiedName", escaped(subject)}}});
  }
  return location;
}

// The exit code decides what is an error: a stranger's finding beside a good signature is none.
std::string_view level_of(Effect effect, ExitCode code) {
  if (effect == Effect::none) return "note";
  return code == ExitCode::accepted ? "warning" : "error";
}

// The results of one report, with commas between.
class Results {
 public:
  explicit Results(const Report& report) : report_(report), code_(report.exit_code()) {}

  void add_all() {
    if (code_ != ExitCode::accepted) add_verdict();
    add(report_.issues, "");
    for (const SignerReport& signer : report_.signers) {
      add(signer.decision.issues, "signer " + escaped(signer.identity.subject()) +
                                      " (sha256:" + certstore::to_hex(signer.identity.sha256()) + "): ");
    }
    for (const ElementReport& element : report_.elements) {
      add(element.issues, "element " + certstore::in_quotes(element.element.name) + ": ");
    }
    add(report_.unprovable, "the format cannot prove: ");
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void add_verdict() {
    const std::string words = std::string(word_of(report_.verdict())) + ", exit code " +
                              std::to_string(static_cast<int>(code_)) + ": " + std::string(meaning_of(code_));
    append({{"ruleId", kNotAcceptedRule},
            {"ruleIndex", 0},
            {"level", "error"},
            {"message", {{"text", message_text(words)}}},
            {"locations", Json::array({location_of(report_.file, "")})}});
  }

  void add(const certstore::Issues& issues, const std::string& whose) {
    for (const Issue& issue : issues) {
      const IssueKind& kind = certstore::kind_of(issue.code);
      // The rules stand in the order of the table, after the one above.
      const auto index = &kind - certstore::all_issue_kinds().data() + 1;
      const std::string subject =
          issue.subject.empty() || !whose.empty() ? "" : certstore::in_quotes(issue.subject) + ": ";
      const std::string detail = issue.detail.empty() ? std::string(kind.meaning) : issue.detail;
      append({{"ruleId", kind.id},
              {"ruleIndex", index},
              {"level", level_of(kind.effect, code_)},
              {"message", {{"text", message_text(whose + subject + detail)}}},
              {"locations", Json::array({location_of(report_.file, issue.subject)})},
              {"properties", {{"effect", name_of(kind.effect)}}}});
    }
  }

  void append(const Json& result) { text_ += (text_.empty() ? "" : ",\n") + dump(result); }

  const Report& report_;
  ExitCode code_;
  std::string text_;
};

Json rule_of(std::string_view id, std::string_view meaning, std::string_view remedy, std::string_view level) {
  return {{"id", id},
          {"shortDescription", {{"text", message_text(meaning)}}},
          {"help", {{"text", message_text(remedy)}}},
          {"defaultConfiguration", {{"level", level}}}};
}

Json driver() {
  Json rules = Json::array();
  rules.push_back(rule_of(kNotAcceptedRule, "the package is not accepted",
                          "see the findings about the same file; do not use it before they are settled",
                          "error"));
  for (const IssueKind& kind : certstore::all_issue_kinds()) {
    rules.push_back(
        rule_of(kind.id, kind.meaning, kind.remedy, kind.effect == Effect::none ? "note" : "error"));
  }
  return {{"name", "pkgverify"}, {"version", PKGTRUST_VERSION}, {"rules", std::move(rules)}};
}

class SarifWriter final : public ReportWriter {
 public:
  ReportPiece piece(const Report& report) const override {
    Results results(report);
    results.add_all();
    Json artifact = {{"location", {{"uri", uri_of(report.file)}}}, {"length", report.size}};
    if (report.sha256) artifact["hashes"] = {{"sha-256", certstore::to_hex(*report.sha256)}};
    artifact["properties"] = {{"verdict", word_of(report.verdict())},
                              {"exitCode", static_cast<int>(report.exit_code())}};
    return {results.text(), dump(artifact)};
  }

  ReportPiece trouble(std::string_view file, const certstore::Error& error) const override {
    std::string words = error.what();
    if (!error.hint().empty()) words += "; hint: " + error.hint();
    const Json notification = {{"level", "error"},
                               {"message", {{"text", message_text(words)}}},
                               {"locations", Json::array({location_of(file, "")})}};
    return {{}, dump(notification), false};
  }

  void begin(std::ostream& out) override {
    out << R"({"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":)"
        << dump(driver()) << "},\n\"results\":[";
  }

  void put(ReportPiece piece, std::ostream& out) override {
    if (!piece.text.empty()) {
      out << (any_result_ ? ",\n" : "\n") << piece.text;
      any_result_ = true;
    }
    std::string& list = piece.judged ? artifacts_ : notifications_;
    list += (list.empty() ? "" : ",\n") + piece.aside;
  }

  void end(ExitCode code, std::ostream& out) override {
    out << "],\n\"artifacts\":[" << artifacts_ << R"(],"invocations":[{"executionSuccessful":)"
        << (notifications_.empty() ? "true" : "false") << R"(,"exitCode":)" << static_cast<int>(code)
        << R"(,"toolExecutionNotifications":[)" << notifications_ << "]}]}]}\n";
  }

 private:
  bool any_result_ = false;
  std::string artifacts_;
  std::string notifications_;
};

}  // namespace

std::unique_ptr<ReportWriter> sarif_writer() {
  return std::make_unique<SarifWriter>();
}

}  // namespace verifier
