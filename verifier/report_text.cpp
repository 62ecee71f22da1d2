#include "verifier/report_text.h"

#include "certstore/base/bytes.h"
#include "certstore/base/escape.h"
#include "verifier/report_parts.h"

#include <algorithm>

namespace verifier {
namespace {

using certstore::escaped;
using certstore::in_quotes;
using certstore::Issue;
using certstore::IssueKind;

constexpr std::size_t kLabelColumn = 20;
// How many findings of one kind, or owners, are shown without --verbose.
constexpr std::size_t kShown = 5;

Tone tone_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::verified:
      return Tone::good;
    case Verdict::untrusted:
    case Verdict::unsigned_package:
      return Tone::doubtful;
    case Verdict::invalid:
      return Tone::bad;
  }
  return Tone::bad;
}

// Where findings stand: their indentation, and what the lines above are about.
struct Place {
  std::size_t indent = 2;
  std::string_view subject;
};

void write_issue_group(const IssueGroup& group, const Place& place, const TextStyle& style,
                       std::ostream& out) {
  const std::size_t indent = place.indent;
  const IssueKind& kind = certstore::kind_of(group.front()->code);
  const bool grave = kind.effect != certstore::Effect::none;
  const std::string effect = grave ? " [" + std::string(name_of(kind.effect)) + "]" : "";
  write_fact(
      out, indent, "finding",
      in_tone(style, grave ? Tone::bad : Tone::quiet, kind.id) + effect + ": " + std::string(kind.meaning));
  const std::size_t shown = style.verbose ? group.size() : std::min(group.size(), kShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const Issue& issue = *group[i];
    const bool said = issue.subject.empty() || issue.subject == place.subject;
    std::string text = said ? "" : in_quotes(issue.subject, style.verbose ? 0 : 200);
    if (!issue.detail.empty()) text += (text.empty() ? "" : ": ") + issue.detail;
    if (!text.empty()) write_fact(out, indent + 2, "", text);
  }
  if (shown < group.size()) {
    write_fact(out, indent + 2, "",
               "and " + std::to_string(group.size() - shown) + " more; --verbose lists all");
  }
  if (grave) write_fact(out, indent + 2, "", "what to do: " + std::string(kind.remedy));
}

void write_issues(const certstore::Issues& issues, const Place& place, const TextStyle& style,
                  std::ostream& out) {
  for (const IssueGroup& group : groups_by_kind(issues)) write_issue_group(group, place, style, out);
}

std::string describe(const OwnerCount& owner) {
  return in_quotes(owner.claimed_name) + ": " + count_of(owner.elements, "element", "elements") +
         standings_of(owner) + (owner.trusted ? "; trusted" : "; not trusted");
}

// What only a certificate says.
void write_certificate(const certstore::Certificate& certificate, certstore::Instant at,
                       const TextStyle& style, std::ostream& out) {
  write_fact(out, 4, "issuer",
             certificate.is_self_signed() ? "itself: a self-signed certificate does not prove its origin"
                                          : escaped(certificate.issuer()));
  if (style.verbose) write_fact(out, 4, "serial", escaped(certificate.serial_hex()));
  write_fact(out, 4, "valid", validity_of(certificate, at));
}

}  // namespace

std::string validity_of(const certstore::Certificate& certificate, certstore::Instant at) {
  std::string text =
      certstore::to_date(certificate.not_before()) + " to " + certstore::to_date(certificate.not_after());
  if (at < certificate.not_before()) text += " (not begun)";
  if (at > certificate.not_after()) text += " (ended)";
  return text;
}

std::string digests_of(const SignerReport& signer) {
  std::string text;
  for (const auto digest : signer.digests) {
    text += (text.empty() ? "" : ", ") + std::string(certstore::name_of(digest));
  }
  return text;
}

void write_fact(std::ostream& out, std::size_t indent, std::string_view label, std::string_view value) {
  std::string line(indent, ' ');
  line += label;
  if (!label.empty() && line.size() < kLabelColumn) line.resize(kLabelColumn, ' ');
  if (!label.empty() && line.back() != ' ') line += ' ';
  if (label.empty()) line.resize(std::max(line.size(), kLabelColumn), ' ');
  out << line << value << "\n";
}

void write_verdict(const Report& report, const TextStyle& style, std::ostream& out) {
  const Verdict verdict = report.verdict();
  out << in_tone(style, tone_of(verdict), word_of(verdict)) << "  " << escaped(report.file);
  if (report.time_was_given) out << "  (judged at " << certstore::to_rfc3339(report.judged_at) << ")";
  out << "\n";
  write_fact(out, 2, "exit code", code_in_words(report));
  write_fact(out, 2, "format", escaped(report.format));
  for (const std::string& beside : report.beside) write_fact(out, 2, "signature in", escaped(beside));
  if (!report.facts.name.empty()) write_fact(out, 2, "package", escaped(report.facts.name));
  if (report.sha256) write_fact(out, 2, "file sha256", certstore::to_hex(*report.sha256));
  if (!style.verbose) return;
  write_fact(out, 2, "size", count_of(report.size, "byte", "bytes"));
  for (const auto& [name, value] : report.facts.properties) {
    write_fact(out, 2, "property", escaped(name) + " = " + escaped(value));
  }
}

void write_answers(const Report& report, const TextStyle& style, std::ostream& out) {
  for (const AnswerLine& line : answer_lines(report)) {
    write_fact(out, 2, line.label, in_tone(style, line.is_good ? Tone::good : Tone::doubtful, line.text));
  }
}

void write_signer(const Report& report, const SignerReport& signer, const TextStyle& style,
                  std::ostream& out) {
  const certstore::SignerIdentity& identity = signer.identity;
  write_fact(out, 2, "signer", escaped(identity.subject()));
  write_fact(out, 4, "sha256", certstore::to_hex(identity.sha256()));
  write_fact(out, 4, "key", key_of(identity) + ", sha256 " + certstore::to_hex(identity.public_key_sha256()));
  if (identity.certificate() != nullptr) {
    write_certificate(*identity.certificate(), report.judged_at, style, out);
  }
  if (signer.decision.stamped_at) {
    write_fact(out, 4, "stamped", certstore::to_rfc3339(*signer.decision.stamped_at) + ": judged as of then");
  }
  write_fact(out, 4, "digest", digests_of(signer));
  write_fact(
      out, 4, "covers",
      count_of(signer.entries, "entry", "entries") + ", " + count_of(signer.elements, "element", "elements"));
  write_fact(out, 4, "trusted by",
             signer.decision.trusted ? escaped(signer.decision.trusted_by) : "nothing on this machine");
  write_fact(out, 4, "known before", signer.decision.known_before ? "yes" : "no");
  write_issues(signer.decision.issues, {4, identity.subject()}, style, out);
}

void write_owners(const Report& report, const TextStyle& style, std::ostream& out) {
  if (report.element_count != 0) write_fact(out, 2, "elements", std::to_string(report.element_count));
  if (const std::size_t flagged = flagged_elements(report); flagged != 0) {
    write_fact(out, 2, "flagged",
               count_of(flagged, "element", "elements") + " last saved by an owner who is not trusted");
  }
  const std::vector<OwnerCount> owners = count_owners(report);
  const std::size_t shown = style.verbose ? owners.size() : std::min(owners.size(), kShown);
  std::size_t rest = 0;
  for (std::size_t i = 0; i < owners.size(); ++i) {
    if (i >= shown) {
      rest += owners[i].elements;
      continue;
    }
    write_fact(out, 2, "owner", describe(owners[i]));
    const auto& certificate = owners[i].certificate;
    if (certificate) write_fact(out, 4, "sha256", certstore::to_hex(certificate->sha256()));
  }
  if (shown < owners.size()) {
    write_fact(out, 2, "owner",
               "and " + std::to_string(owners.size() - shown) + " more with " +
                   count_of(rest, "element", "elements") + "; --verbose lists all");
  }
}

void write_findings(const Report& report, const TextStyle& style, std::ostream& out) {
  write_issues(report.issues, {}, style, out);
}

void write_unprovable(const Report& report, const TextStyle& /*style*/, std::ostream& out) {
  for (const Issue& issue : report.unprovable) {
    const std::string subject = issue.subject.empty() ? "" : in_quotes(issue.subject) + ": ";
    write_fact(out, 2, "cannot prove", subject + issue.detail);
  }
}

void write_text(const Report& report, const TextStyle& style, std::ostream& out) {
  write_verdict(report, style, out);
  write_answers(report, style, out);
  for (const SignerReport& signer : report.signers) write_signer(report, signer, style, out);
  write_owners(report, style, out);
  write_findings(report, style, out);
  write_unprovable(report, style, out);
}

}  // namespace verifier
