#include "verifier/html_page.h"

#include "certstore/base/bytes.h"
#include "certstore/base/escape.h"
#include "certstore/base/who_acts.h"
#include "verifier/answers.h"
#include "verifier/batch_limits.h"
#include "verifier/html_tables.h"
#include "verifier/markup.h"
#include "verifier/report_parts.h"
#include "verifier/report_text.h"

namespace verifier {
namespace {

using certstore::escaped;
using certstore::Issue;
using certstore::IssueKind;
using pugi::xml_node;

// The class that colours a verdict.
const char* style_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::verified:
      return "good";
    case Verdict::untrusted:
    case Verdict::unsigned_package:
      return "doubtful";
    case Verdict::invalid:
      return "bad";
  }
  return "bad";
}

const char* mark_of(Verdict verdict) {
  return verdict == Verdict::verified ? "\u2713 " : verdict == Verdict::invalid ? "\u2717 " : "! ";
}

xml_node add_banner(xml_node page, const std::string& style, const std::string& word, const std::string& code,
                    std::string_view file) {
  const xml_node banner = add(page, "section", ("banner " + style).c_str());
  add(banner, "p", "verdict", word);
  add(banner, "p", "code", "exit code " + code);
  add(banner, "h2", "", escaped(file));
  return banner;
}

void add_verdict(xml_node page, const Report& report) {
  const Verdict verdict = report.verdict();
  const xml_node banner =
      add_banner(page, style_of(verdict), mark_of(verdict) + std::string(word_of(verdict)),
                 code_in_words(report), report.file);
  const xml_node facts = add(banner, "dl");
  if (!report.facts.name.empty()) add_fact(facts, "package", escaped(report.facts.name));
  add_fact(facts, "format", escaped(report.format));
  add_fact(facts, "size", count_of(report.size, "byte", "bytes"));
  if (report.sha256) add_fingerprint(facts, "file SHA-256", certstore::to_hex(*report.sha256));
  for (const std::string& beside : report.beside) add_fact(facts, "signature in", escaped(beside));
  add_fact(facts, "judged as of",
           certstore::to_rfc3339(report.judged_at) + (report.time_was_given ? " (--at-time)" : ""));
}

void add_answers(xml_node page, const Report& report) {
  const xml_node list = add(page, "ul", "answers");
  for (const AnswerLine& line : answer_lines(report)) {
    const xml_node item = add(list, "li", line.is_good ? "good" : "doubtful");
    add(item, "b", "", std::string(line.label));
    add_text(item, line.text);
  }
}

void add_finding(xml_node section, const IssueGroup& group, bool accepted) {
  const IssueKind& kind = certstore::kind_of(group.front()->code);
  const bool grave = kind.effect != certstore::Effect::none;
  const xml_node card = add(section, "div", "card");
  const xml_node title = add(card, "h4", "", std::string(kind.id));
  if (grave) add(title, "span", accepted ? "badge doubtful" : "badge bad", std::string(name_of(kind.effect)));
  add(card, "p", "", std::string(kind.meaning));
  const xml_node list = add(card, "ul");
  for (std::size_t i = 0; i < std::min(group.size(), limits::kPageSubjects); ++i) {
    const std::string subject = group[i]->subject.empty() ? "" : certstore::in_quotes(group[i]->subject);
    const std::string between = subject.empty() || group[i]->detail.empty() ? "" : ": ";
    add(list, "li", "", subject + between + group[i]->detail);
  }
  if (group.size() > limits::kPageSubjects) {
    add(list, "li", "soft",
        "and " + std::to_string(group.size() - limits::kPageSubjects) + " more; --format json lists all");
  }
  if (!grave) return;
  add(card, "p", "todo",
      "What to do: " + std::string(kind.remedy) +
          ". Who must act: " + std::string(words_for(certstore::who_acts(kind.code))) + ".");
}

// All of them, whoever they are about: these are the reasons for the verdict.
void add_findings(xml_node page, const Report& report) {
  certstore::Issues all = report.issues;
  for (const SignerReport& signer : report.signers) {
    all.insert(all.end(), signer.decision.issues.begin(), signer.decision.issues.end());
  }
  for (const ElementReport& element : report.elements) {
    all.insert(all.end(), element.issues.begin(), element.issues.end());
  }
  if (all.empty()) return;
  add(page, "h3", "", "Findings");
  const bool accepted = report.exit_code() == certstore::ExitCode::accepted;
  for (const IssueGroup& group : groups_by_kind(all)) add_finding(page, group, accepted);
}

void add_signer(xml_node page, const Report& report, std::size_t number) {
  const SignerReport& signer = report.signers[number];
  const certstore::SignerIdentity& identity = signer.identity;
  const xml_node card = add(page, "div", "card");
  const xml_node title = add(card, "h4", "", std::to_string(number + 1) + ". " + escaped(identity.subject()));
  add(title, "span", signer.decision.trusted ? "badge good" : "badge doubtful",
      signer.decision.trusted ? "trusted" : "not trusted");
  const xml_node facts = add(card, "dl");
  add_fingerprint(facts, identity.certificate() == nullptr ? "SHA-256" : "certificate SHA-256",
                  certstore::to_hex(identity.sha256()));
  add_fact(facts, "key", key_of(identity));
  add_fingerprint(facts, "key SHA-256", certstore::to_hex(identity.public_key_sha256()));
  if (const certstore::Certificate* const certificate = identity.certificate(); certificate != nullptr) {
    add_fact(facts, "issuer",
             certificate->is_self_signed() ? "itself: a self-signed certificate does not prove its origin"
                                           : escaped(certificate->issuer()));
    add_fact(facts, "valid", validity_of(*certificate, report.judged_at));
  }
  if (signer.decision.stamped_at) {
    add_fact(facts, "stamped", certstore::to_rfc3339(*signer.decision.stamped_at) + ": judged as of then");
  }
  add_fact(facts, "digest", digests_of(signer));
  add_fact(
      facts, "covers",
      count_of(signer.entries, "entry", "entries") + ", " + count_of(signer.elements, "element", "elements"));
  add_fact(facts, "trusted by",
           signer.decision.trusted ? escaped(signer.decision.trusted_by) : "nothing on this machine");
  add_fact(facts, "known before", signer.decision.known_before ? "yes" : "no");
}

void add_signers(xml_node page, const Report& report) {
  if (report.signers.empty()) return;
  add(page, "h3", "", "Signers");
  for (std::size_t i = 0; i < report.signers.size(); ++i) add_signer(page, report, i);
  if (report.exit_code() != certstore::ExitCode::untrusted) return;
  add(page, "p", "", "To trust, once the fingerprint was compared with the sender by another way:");
  std::string lines;
  for (const std::string& line : approval_lines(report)) lines += (lines.empty() ? "" : "\n") + line;
  add(page, "pre", "", lines);
}

// Apart from our own words, since the package chooses the labels too.
void add_properties(xml_node page, const Report& report) {
  const auto& properties = report.facts.properties;
  if (properties.empty()) return;
  add(page, "h3", "", "What the package says of itself");
  const xml_node facts = add(add(page, "div", "card"), "dl");
  const std::size_t shown = std::min(properties.size(), limits::kPageRows);
  for (std::size_t i = 0; i < shown; ++i) {
    add_fact(facts, escaped(properties[i].first), escaped(properties[i].second));
  }
  if (shown < properties.size()) {
    add_fact(facts, "more", std::to_string(properties.size() - shown) + "; --format json lists all");
  }
}

void add_unprovable(xml_node page, const Report& report) {
  if (report.unprovable.empty()) return;
  add(page, "h3", "", "What the format cannot prove");
  const xml_node list = add(add(page, "div", "card"), "ul");
  for (const Issue& issue : report.unprovable) {
    add(list, "li", "",
        (issue.subject.empty() ? "" : certstore::in_quotes(issue.subject) + ": ") + issue.detail);
  }
}

std::string row(const std::string& style, const std::string& word, std::string_view file,
                const std::string& code) {
  pugi::xml_document cells;
  add(add(cells, "td"), "span", ("badge " + style).c_str(), word);
  add(cells, "td", "", escaped(file));
  add(cells, "td", "", code);
  return print(cells);
}

std::string code_of(const certstore::Error& error) {
  const certstore::ExitCode code = certstore::exit_code(error.kind());
  return std::to_string(static_cast<int>(code)) + ": " + std::string(meaning_of(code));
}

}  // namespace

std::string html_of(const Report& report) {
  pugi::xml_document page;
  add_verdict(page, report);
  add_answers(page, report);
  add_findings(page, report);
  add_signers(page, report);
  add_elements(page, report);
  add_owners(page, report);
  add_properties(page, report);
  add_unprovable(page, report);
  return print(page);
}

std::string html_of_trouble(std::string_view file, const certstore::Error& error) {
  pugi::xml_document page;
  const xml_node banner = add_banner(page, "bad", "not judged", code_of(error), file);
  add(banner, "p", "", error.what());
  if (!error.hint().empty()) add(banner, "p", "todo", error.hint());
  return print(page);
}

std::string html_row(const Report& report) {
  const Verdict verdict = report.verdict();
  return row(style_of(verdict), std::string(word_of(verdict)), report.file, code_in_words(report));
}

std::string html_row_of_trouble(std::string_view file, const certstore::Error& error) {
  return row("bad", "not judged", file, code_of(error));
}

}  // namespace verifier
