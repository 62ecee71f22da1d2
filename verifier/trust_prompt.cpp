#include "verifier/trust_prompt.h"

#include "certstore/base/bytes.h"
#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/terminal.h"
#include "certstore/record_match.h"
#include "verifier/element_groups.h"
#include "verifier/report_parts.h"
#include "verifier/report_text.h"

#include <algorithm>
#include <iostream>

namespace verifier {
namespace {

using certstore::ask_line;
using certstore::Error;
using certstore::Instant;
using certstore::TrustRecord;

// Wrong replies to one question before it is given up: a script that babbles must not loop for ever.
constexpr int kAttempts = 5;

std::string trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kSpace) - first + 1));
}

// A fingerprint as people paste it: "SHA256:AB:CD:…", with spaces, in either case. Empty if it is none.
certstore::Bytes read_fingerprint(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  for (const std::string_view mark : {"sha256:", "sha-256:", "sha256 ", "sha-256 "}) {
    if (text.starts_with(mark)) text.erase(0, mark.size());
  }
  std::erase_if(text, [](char c) { return c == ':' || c == ' '; });
  const bool whole = text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
  return whole ? certstore::from_hex(text) : certstore::Bytes();
}

// One run of the prompt. Each question returns empty for "cancel".
class Dialogue {
 public:
  Dialogue(const PromptSubject& subject, Selection selection)
      : subject_(subject), selection_(std::move(selection)) {}

  PromptAnswer run() {
    write_question(subject_.report, subject_.question, subject_.policy, subject_.page, std::cerr);
    warn_of_older();
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      write_menu();
      const auto reply = ask_line("answer [c]: ");
      const std::string answer = reply ? trimmed(*reply) : "c";
      if (answer.empty() || answer == "c") return cancelled();
      if (answer == "i" && is_possible()) return import_once();
      if (answer == "t" && may_trust() && is_possible()) return trust();
      if (answer == "d") write_details();
      if (answer == "s" && subject_.may_select) select();
      // Looking and choosing may go on as long as the person likes.
      if (answer == "d" || (answer == "s" && subject_.may_select)) attempt = -1;
    }
    return cancelled();
  }

 private:
  bool may_trust() const { return !subject_.question.signers.empty(); }
  const SignerReport& exporter() const {
    return subject_.report.signers.at(subject_.question.signers.front());
  }

  void say(const std::string& text) const { std::cerr << wrapped(text, 0, 2, subject_.page.columns) << "\n"; }
  void warn(const std::string& text) const { write_warning(text, subject_.page, std::cerr); }

  PromptAnswer cancelled() const { return {}; }

  void warn_of_older() const {
    if (subject_.changes.empty()) return;
    const auto older = std::ranges::count_if(subject_.report.elements, [&](const ElementReport& element) {
      return change_of(element, subject_.changes) == TreeChange::older;
    });
    if (older == 0) return;
    warn(count_of(static_cast<std::size_t>(older), "element is", "elements are") +
         " older than what is there: s lists them");
  }

  void write_menu() const {
    std::cerr << "\n  i  import once: the audit log will say who, when and which file\n";
    if (may_trust()) {
      std::cerr << "  t  import, and trust this provider: a record will say for what, until when\n"
                   "     and why, and be listed by pkgverify trust list\n";
    }
    if (subject_.may_select) std::cerr << "  s  choose elements (" << selected() << ")\n";
    std::cerr << "  d  details\n  c  cancel (Enter): nothing is imported\n";
  }

  std::string selected() const {
    const std::string all = std::to_string(subject_.report.elements.size());
    if (selection_.whole) return "all " + all + " and the package's own files";
    return std::to_string(selection_.elements.size()) + " of " + all;
  }

  void write_details() const {
    TextStyle style = subject_.page.style;
    style.verbose = true;
    write_text(subject_.report, style, std::cerr);
    write_elements(subject_.report, subject_.changes, subject_.page, std::cerr);
  }

  void select() {
    const std::vector<std::size_t> shown = numbered(group_elements(subject_.report));
    write_elements(subject_.report, subject_.changes, subject_.page, std::cerr);
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      const auto reply = ask_line("elements (1-3,7; all; none; Enter keeps): ");
      if (!reply || trimmed(*reply).empty()) return;
      try {
        selection_ = parse_selection(trimmed(*reply), shown);
        return;
      } catch (const Error& error) {
        if (error.kind() != certstore::ErrorKind::usage) throw;
        say(error.what());
      }
    }
  }

  // Whether the selection can be written at all: asked before anything is decided.
  bool is_possible() const {
    if (!selection_.whole && selection_.elements.empty()) {
      say("nothing is selected: s chooses elements, c cancels");
      return false;
    }
    if (subject_.changes.empty() || subject_.replace_changed) return true;
    const auto entries = entries_of(subject_.report, selection_);
    const auto changed = std::count_if(entries.begin(), entries.end(), [&](const ExtractedEntry& entry) {
      return would_replace(subject_.changes.at(entry.entry));
    });
    if (changed == 0) return true;
    say("files that are there and differ: " + std::to_string(changed) +
        "; only --force replaces them; s chooses other elements, d lists them");
    return false;
  }

  // The second, separate question: a weakness is typed by its name or it is not allowed.
  bool ask_weakness(const std::string& weakness, const std::string& what) const {
    warn("the signature is weak: " + weakness + ". Trusting a signer does not make it stronger.");
    const auto reply = ask_line("type " + weakness + " to " + what + ", Enter refuses: ");
    return reply && trimmed(*reply) == weakness;
  }

  PromptAnswer import_once() const {
    for (const std::string& weakness : subject_.question.weaknesses) {
      if (!ask_weakness(weakness, "import this once in spite of it")) return cancelled();
    }
    PromptAnswer answer;
    answer.kind = PromptAnswer::Kind::import_once;
    answer.selection = selection_;
    return answer;
  }

  // Empty: cancel. Else whether the fingerprint was compared.
  std::optional<bool> ask_fingerprint() const {
    const certstore::Sha256& own = exporter().identity.sha256();
    say("Paste the SHA-256 fingerprint that the sender gave you by another way (a call, a ticket). "
        "Enter: not compared, and the record will say so.");
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      const auto reply = ask_line("fingerprint: ");
      if (!reply) return std::nullopt;
      if (trimmed(*reply).empty()) return false;
      const certstore::Bytes given = read_fingerprint(trimmed(*reply));
      if (given.empty()) {
        say("that is no SHA-256 fingerprint: 64 hex digits are needed");
        continue;
      }
      if (std::equal(given.begin(), given.end(), own.begin(), own.end())) return true;
      warn("the fingerprint is another one: this package is not from that sender. Nothing is imported.");
      return std::nullopt;
    }
    return std::nullopt;
  }

  bool ask_scope(TrustRecord& record) const {
    const std::string& name = subject_.report.facts.name;
    if (!record.compared) {
      if (name.empty()) {
        say("The package has no signed name, so trust would hold for everything, and that needs the "
            "fingerprint.");
        return false;
      }
      say("Trust will hold for this package name only; for everything it needs the fingerprint.");
    }
    record.scope = TrustRecord::Scope::package_name;
    record.scope_text = name;
    if (!record.compared) return true;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      const auto reply = ask_line(name.empty() ? "scope, e for everything [cancel]: "
                                               : "scope: n this package name, e everything [n]: ");
      if (!reply) return false;
      const std::string answer = trimmed(*reply);
      if (answer == "e") {
        record.scope = TrustRecord::Scope::everything;
        record.scope_text.clear();
        return true;
      }
      if (answer.empty() || answer == "n") return !name.empty();
    }
    return false;
  }

  bool ask_end(TrustRecord& record) const {
    const Instant year = subject_.now + std::chrono::days(365);
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      const auto reply = ask_line("until [" + certstore::to_date(year) + "]: ");
      if (!reply) return false;
      record.until = year;
      if (trimmed(*reply).empty()) return true;
      try {
        record.until = certstore::parse_instant(trimmed(*reply));
        if (*record.until > subject_.now) return true;
        say("that has passed");
      } catch (const Error& error) {
        if (error.kind() != certstore::ErrorKind::malformed) throw;
        say("write a date as 2027-01-31");
      }
    }
    return false;
  }

  PromptAnswer trust() const {
    PromptAnswer answer;
    TrustRecord& record = answer.record;
    const certstore::SignerIdentity& identity = exporter().identity;
    certstore::set_subject(record, identity);
    record.origin = TrustRecord::Origin::prompt;
    // What was bound once must stay so: else the seal could be stripped.
    record.bound_required = subject_.report.facts.bound;
    const auto compared = ask_fingerprint();
    if (!compared) return cancelled();
    record.compared = *compared;
    if (!ask_scope(record) || !ask_end(record)) return cancelled();
    const auto reason = ask_line("why: ");
    if (!reason) return cancelled();
    record.reason = trimmed(*reason);
    for (const std::string& weakness : open_weaknesses(exporter())) {
      if (ask_weakness(weakness, "allow it for this provider until then")) {
        record.allowed.push_back({weakness, record.until});
      } else {
        answer.everything_allowed = false;
      }
    }
    answer.kind = PromptAnswer::Kind::trust;
    answer.selection = selection_;
    return answer;
  }

  const PromptSubject& subject_;
  Selection selection_;
};

}  // namespace

PromptAnswer ask_whom_to_trust(const PromptSubject& subject, Selection selection) {
  return Dialogue(subject, std::move(selection)).run();
}

}  // namespace verifier
