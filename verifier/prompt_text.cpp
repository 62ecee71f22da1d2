#include "verifier/prompt_text.h"

#include "certstore/base/bytes.h"
#include "certstore/base/escape.h"
#include "verifier/answers.h"
#include "verifier/report_text.h"

#include <algorithm>

namespace verifier {
namespace {

using certstore::in_quotes;
using certstore::Issue;

// So wide that a whole SHA-256 stands behind it in 80 columns.
constexpr std::size_t kLabelColumn = 15;
// Further signers and owners beyond these are counted; `d` shows all.
constexpr std::size_t kShown = 8;

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !continues_character(byte); }));
}

// The longest prefix of at most `room` characters, at least one.
std::string_view prefix(std::string_view text, std::size_t room) {
  std::size_t end = 0;
  for (std::size_t taken = 0; end < text.size() && (taken < room || taken == 0); ++taken) {
    ++end;
    while (end < text.size() && continues_character(text[end])) ++end;
  }
  return text.substr(0, end);
}

class Writer {
 public:
  Writer(const PromptPage& page, std::ostream& out) : page_(page), out_(out) {}

  void fact(std::size_t indent, std::string_view label, std::string_view value) {
    out_ << head(indent, label) << wrapped(value, kLabelColumn, kLabelColumn, page_.columns) << "\n";
  }
  void fact(std::size_t indent, std::string_view label, bool good, std::string_view value) {
    out_ << head(indent, label)
         << in_tone(page_.style, good ? Tone::good : Tone::doubtful,
                    wrapped(value, kLabelColumn, kLabelColumn, page_.columns))
         << "\n";
  }

 private:
  static std::string head(std::size_t indent, std::string_view label) {
    std::string text(indent, ' ');
    text += label;
    text.resize(std::max(kLabelColumn, text.size() + 1), ' ');
    return text;
  }
  const PromptPage& page_;
  std::ostream& out_;
};

std::string count_of(std::size_t count, std::string_view one, std::string_view more) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : more);
}

// Every finding about a signer that has an effect; that it is not trusted stands elsewhere.
void write_findings_about(const SignerReport& signer, Writer& writer) {
  for (const Issue& issue : signer.decision.issues) {
    const certstore::IssueKind& kind = certstore::kind_of(issue.code);
    const bool said = issue.code == certstore::IssueCode::untrusted_signer;
    if (kind.effect == certstore::Effect::none || said) continue;
    writer.fact(4, "finding", false,
                std::string(kind.id) + ": " + issue.detail + "; " + std::string(kind.meaning));
  }
}

void write_identity(const certstore::SignerIdentity& identity, certstore::Instant at, Writer& writer) {
  writer.fact(4, "sha256", certstore::to_hex(identity.sha256()));
  writer.fact(4, "key",
              std::string(certstore::name_of(identity.key_kind())) + ", " +
                  count_of(static_cast<std::size_t>(std::max(0, identity.key_bits())), "bit", "bits"));
  writer.fact(4, "key sha256", certstore::to_hex(identity.public_key_sha256()));
  const certstore::Certificate* const certificate = identity.certificate();
  if (certificate == nullptr) return;
  writer.fact(4, "valid", validity_of(*certificate, at));
  writer.fact(4, "issuer",
              certificate->is_self_signed() ? "itself: a self-signed certificate does not prove its origin"
                                            : in_quotes(certificate->issuer(), 0));
}

void write_one_signer(const Report& report, const SignerReport& signer, std::string_view label,
                      Writer& writer) {
  writer.fact(2, label, in_quotes(signer.identity.subject(), 0));
  write_identity(signer.identity, report.judged_at, writer);
  writer.fact(4, "digest", digests_of(signer));
  writer.fact(
      4, "covers",
      count_of(signer.elements, "element", "elements") + ", " + count_of(signer.entries, "entry", "entries"));
  writer.fact(4, "trusted", signer.decision.trusted,
              signer.decision.trusted ? "by " + signer.decision.trusted_by : "by nothing on this machine");
  writer.fact(4, "known", signer.decision.known_before ? "yes, from an earlier decision" : "no");
  write_findings_about(signer, writer);
}

void write_all_signers(const Report& report, const Question& question, Writer& writer) {
  std::vector<std::size_t> order = question.signers;
  for (std::size_t i = 0; i < report.signers.size(); ++i) {
    if (std::find(order.begin(), order.end(), i) == order.end()) order.push_back(i);
  }
  for (std::size_t i = 0; i < std::min(order.size(), kShown); ++i) {
    write_one_signer(report, report.signers[order[i]], i == 0 ? "exporter" : "signer too", writer);
  }
  if (order.size() > kShown) {
    writer.fact(2, "signers", count_of(order.size() - kShown, "more", "more") + "; d shows all");
  }
}

void write_all_owners(const Report& report, Writer& writer) {
  const std::vector<OwnerCount> owners = count_owners(report);
  for (std::size_t i = 0; i < std::min(owners.size(), kShown); ++i) {
    const OwnerCount& owner = owners[i];
    std::string text = in_quotes(owner.claimed_name) + ": " + count_of(owner.elements, "element", "elements");
    for (std::size_t standing = 0; standing < kOwnerStandings; ++standing) {
      if (owner.standings.at(standing) == 0) continue;
      text += ", " + std::to_string(owner.standings.at(standing)) + " " +
              std::string(name_of(static_cast<formats::OwnerStanding>(standing)));
    }
    writer.fact(2, "owner", owner.trusted, text + (owner.trusted ? "; trusted" : "; not trusted"));
    if (owner.certificate) writer.fact(4, "sha256", certstore::to_hex(owner.certificate->sha256()));
  }
  if (owners.size() > kShown) {
    writer.fact(2, "owners", count_of(owners.size() - kShown, "more", "more") + "; d shows all");
  }
}

void write_four_answers(const Report& report, Writer& writer) {
  const Answers answer = answers(report);
  writer.fact(2, "content", answer.content_verified,
              (answer.content_verified ? "verified: " : "not verified: ") +
                  std::to_string(report.entries_covered()) + " of " +
                  count_of(report.entries_to_cover(), "entry", "entries") + " as signed");
  writer.fact(2, "certificate", answer.certificate_valid, answer.certificate_valid ? "valid" : "not valid");
  writer.fact(2, "trusted", answer.certificate_trusted, answer.certificate_trusted ? "yes" : "no");
  writer.fact(2, "known before", answer.known_before, answer.known_before ? "yes" : "no");
}

}  // namespace

std::string wrapped(std::string_view text, std::size_t start, std::size_t indent, std::size_t columns) {
  const std::size_t width = std::max<std::size_t>(columns, indent + 20);
  std::string out;
  std::size_t column = start;
  bool at_start = true;
  const auto break_line = [&] {
    out += "\n" + std::string(indent, ' ');
    column = indent;
    at_start = true;
  };
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t end = std::min(text.find(' ', position), text.size());
    std::string_view word = text.substr(position, end - position);
    position = end + 1;
    if (!at_start && column + 1 + characters(word) > width) break_line();
    if (!at_start) {
      out += ' ';
      ++column;
    }
    while (column + characters(word) > width) {
      const std::string_view piece = prefix(word, width - column);
      out += piece;
      word.remove_prefix(piece.size());
      break_line();
    }
    out += word;
    column += characters(word);
    at_start = false;
  }
  return out;
}

TreeChange change_of(const ElementReport& element, const std::vector<TreeChange>& changes) {
  std::size_t added = 0;
  for (const std::size_t entry : element.element.entries) {
    if (would_replace(changes.at(entry))) return changes[entry];  // older: all that differ are
    if (changes.at(entry) == TreeChange::added) ++added;
  }
  if (added == 0) return TreeChange::same;
  return added == element.element.entries.size() ? TreeChange::added : TreeChange::changed;
}

std::string_view name_of(TreeChange change) {
  switch (change) {
    case TreeChange::added:
      return "new";
    case TreeChange::same:
      return "same";
    case TreeChange::changed:
      return "changed";
    case TreeChange::older:
      return "older";
  }
  return "";
}

void write_question(const Report& report, const Question& question, const certstore::TrustPolicy& policy,
                    const PromptPage& page, std::ostream& out) {
  Writer writer(page, out);
  const certstore::ExitCode code = report.exit_code();
  const std::string headline = std::string(word_of(report.verdict())) + " (exit code " +
                               std::to_string(static_cast<int>(code)) + "): " + std::string(meaning_of(code));
  out << "\n" << in_tone(page.style, Tone::doubtful, wrapped(headline, 0, 2, page.columns)) << "\n";
  writer.fact(2, "package", report.facts.name.empty() ? "(unnamed)" : in_quotes(report.facts.name, 0));
  writer.fact(2, "file", in_quotes(report.file, 0));
  write_four_answers(report, writer);
  write_all_signers(report, question, writer);
  for (const std::size_t signer : question.signers) {
    for (const std::string& sentence : namesakes(report, report.signers[signer], policy)) {
      write_warning(sentence, page, out);
    }
  }
  for (const std::string& sentence : lookalikes(report, question)) write_warning(sentence, page, out);
  writer.fact(2, "elements", std::to_string(report.elements.size()));
  write_all_owners(report, writer);
  writer.fact(2, "bound", report.facts.bound,
              report.facts.seal    ? "yes, serial " + std::to_string(report.facts.seal->serial)
              : report.facts.bound ? "yes: each signer lists the names of what it covers"
                                   : "no: the signatures do not say which entries belong together");
  for (const Issue& issue : report.unprovable) {
    const std::string subject = issue.subject.empty() ? "" : in_quotes(issue.subject) + ": ";
    writer.fact(2, "cannot prove", subject + issue.detail);
  }
}

void write_warning(std::string_view sentence, const PromptPage& page, std::ostream& out) {
  const std::string text = "WARNING: " + std::string(sentence);
  out << "  " << in_tone(page.style, Tone::bad, wrapped(text, 2, 4, page.columns)) << "\n";
}

}  // namespace verifier
