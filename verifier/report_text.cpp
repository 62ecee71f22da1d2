#include "verifier/report_text.h"

#include "certstore/base/bytes.h"
#include "certstore/base/escape.h"
#include "verifier/answers.h"

#include <algorithm>
#include <map>

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

std::string count_of(std::size_t count, std::string_view singular, std::string_view plural) {
  return std::to_string(count) + " " + std::string(count == 1 ? singular : plural);
}

std::string content_answer(const Report& report, const Answers& answers) {
  if (report.verdict() == Verdict::unsigned_package) return "not verified: nothing in the package is signed";
  const std::string counts = std::to_string(report.entries_covered()) + " of " +
                             count_of(report.entries_to_cover(), "entry", "entries") + " as signed";
  return (answers.content_verified ? "verified: " : "not verified: ") + counts;
}

std::string trust_answer(const Report& report, const Answers& answers) {
  if (report.content_pin) return "this very file is accepted by record " + escaped(report.content_pin->id);
  if (report.signers.empty()) return "no signer";
  return answers.certificate_trusted ? "trusted" : "not trusted";
}

std::string bound_answer(const Report& report) {
  if (!report.facts.bound) return "no: the signatures do not say which entries belong together";
  if (report.facts.whole) return "yes: the file is signed as a whole";
  if (!report.facts.seal) return "yes: each signer lists the names of what it covers";
  return "yes: serial " + std::to_string(report.facts.seal->serial) + ", signed by its own account " +
         certstore::to_rfc3339(report.facts.seal->signed_at);
}

// Where findings stand: their indentation, and what the lines above are about.
struct Place {
  std::size_t indent = 2;
  std::string_view subject;
};

void write_issue_group(const std::vector<const Issue*>& group, const Place& place, const TextStyle& style,
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

// Groups by kind, the gravest effect first, otherwise as found.
void write_issues(const certstore::Issues& issues, const Place& place, const TextStyle& style,
                  std::ostream& out) {
  std::vector<std::vector<const Issue*>> groups;
  std::map<certstore::IssueCode, std::size_t> group_of;
  for (const Issue& issue : issues) {
    const auto [slot, is_new] = group_of.emplace(issue.code, groups.size());
    if (is_new) groups.emplace_back();
    groups[slot->second].push_back(&issue);
  }
  std::stable_sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) {
    return certstore::kind_of(a.front()->code).effect < certstore::kind_of(b.front()->code).effect;
  });
  for (const auto& group : groups) write_issue_group(group, place, style, out);
}

std::string describe(const OwnerCount& owner) {
  std::string text = in_quotes(owner.claimed_name) + ": " + count_of(owner.elements, "element", "elements");
  for (std::size_t i = 0; i < kOwnerStandings; ++i) {
    if (owner.standings.at(i) == 0) continue;
    text += ", " + std::to_string(owner.standings.at(i)) + " " +
            std::string(name_of(static_cast<formats::OwnerStanding>(i)));
  }
  return text + (owner.trusted ? "; trusted" : "; not trusted");
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
  const certstore::ExitCode code = report.exit_code();
  // A bare key's signature does not carry the key: without it nothing is known to be intact.
  const bool unchecked = code == certstore::ExitCode::untrusted && report.signers.empty();
  write_fact(out, 2, "exit code",
             std::to_string(static_cast<int>(code)) + ": " +
                 std::string(unchecked ? "nothing could be checked: the signer's key is not here"
                                       : meaning_of(code)));
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
  const Answers answer = answers(report);
  const auto toned = [&](bool good, const std::string& text) {
    return in_tone(style, good ? Tone::good : Tone::doubtful, text);
  };
  write_fact(out, 2, "content", toned(answer.content_verified, content_answer(report, answer)));
  if (!report.signers.empty()) {
    write_fact(out, 2, "certificate",
               toned(answer.certificate_valid, answer.certificate_valid ? "valid" : "not valid"));
  }
  if (!report.signers.empty() || report.content_pin) {
    write_fact(out, 2, "trust",
               toned(answer.certificate_trusted || report.content_pin, trust_answer(report, answer)));
  }
  if (report.signers.empty()) return;
  write_fact(out, 2, "known before", toned(answer.known_before, answer.known_before ? "yes" : "no"));
  write_fact(out, 2, "bound", toned(report.facts.bound, bound_answer(report)));
}

void write_signer(const Report& report, const SignerReport& signer, const TextStyle& style,
                  std::ostream& out) {
  const certstore::SignerIdentity& identity = signer.identity;
  write_fact(out, 2, "signer", escaped(identity.subject()));
  write_fact(out, 4, "sha256", certstore::to_hex(identity.sha256()));
  write_fact(out, 4, "key",
             std::string(certstore::name_of(identity.key_kind())) + " " +
                 count_of(static_cast<std::size_t>(std::max(0, identity.key_bits())), "bit", "bits") +
                 ", sha256 " + certstore::to_hex(identity.public_key_sha256()));
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
  if (!report.elements.empty()) write_fact(out, 2, "elements", std::to_string(report.elements.size()));
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
