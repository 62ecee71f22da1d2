#include "verifier/trust_text.h"

#include "certstore/base/escape.h"
#include "certstore/certificate.h"
#include "certstore/minisign_text.h"
#include "certstore/trust_record_json.h"
#include "verifier/report_text.h"

#include <nlohmann/json.hpp>

namespace verifier {
namespace {

using certstore::escaped;
using certstore::in_quotes;
using certstore::TrustRecord;
using Json = nlohmann::ordered_json;

std::string_view noun_of(TrustRecord::Subject subject) {
  switch (subject) {
    case TrustRecord::Subject::certificate:
      return "certificate";
    case TrustRecord::Subject::public_key:
      return "public key";
    case TrustRecord::Subject::bare_key:
      return "bare key";
    case TrustRecord::Subject::content:
      return "file";
  }
  return "";
}

std::string end_of(const TrustRecord& record) {
  return record.until ? "until " + certstore::to_rfc3339(*record.until) : "no end";
}

std::string allowed_of(const certstore::AllowedWeakness& allowed) {
  return allowed.name + (allowed.until ? " until " + certstore::to_rfc3339(*allowed.until) : "");
}

// The value of an option for pasting. shell_quoted() makes "-x" an operand "./-x", which a value is not.
std::string option_word(std::string_view option, std::string_view value) {
  std::string quoted = certstore::shell_quoted(value);
  if (value.starts_with('-')) quoted.erase(quoted.find("./-"), 2);
  return " --" + std::string(option) + "=" + quoted;
}

std::string store_word(std::string_view store) {
  return store.empty() ? "" : option_word("store", store);
}

// The command with the file that it reads behind it.
std::vector<std::string> pasted(const std::string& command, std::string_view file) {
  std::vector<std::string> lines = {command + " - <<'END'"};
  for (std::size_t start = 0; start < file.size();) {
    const std::size_t end = std::min(file.find('\n', start), file.size());
    lines.emplace_back(file.substr(start, end - start));
    start = end + 1;
  }
  lines.emplace_back("END");
  return lines;
}

Json text_or_null(const std::string& text) {
  if (text.empty()) return nullptr;
  return certstore::is_utf8(text) ? text : escaped(text);
}

}  // namespace

std::string subject_of(const TrustRecord& record) {
  return std::string(noun_of(record.subject)) + " sha256:" + certstore::to_hex(record.sha256);
}

std::string scope_of(const TrustRecord& record) {
  switch (record.scope) {
    case TrustRecord::Scope::everything:
      return "every package";
    case TrustRecord::Scope::package_name:
      return "the package " + in_quotes(record.scope_text, 0);
    case TrustRecord::Scope::package_glob:
      return "packages matching " + in_quotes(record.scope_text, 0);
  }
  return "";
}

void write_record_line(const TrustRecord& record, std::ostream& out) {
  out << escaped(record.id) << "  " << name_of(record.kind) << "  " << subject_of(record) << "  "
      << end_of(record) << "  " << in_quotes(record.label) << "\n";
}

void write_record(const TrustRecord& record, std::ostream& out) {
  write_fact(out, 2, "record", escaped(record.id));
  write_fact(out, 2, "decision", name_of(record.kind));
  write_fact(out, 2, "subject", subject_of(record));
  write_fact(out, 2, "known as", escaped(record.label));
  write_fact(out, 2, "use", name_of(record.use));
  if (record.bare_key) write_fact(out, 2, "key id", certstore::to_text(record.bare_key->id()));
  if (record.subject != TrustRecord::Subject::content) write_fact(out, 2, "scope", scope_of(record));
  if (record.from != certstore::Instant{}) write_fact(out, 2, "from", certstore::to_rfc3339(record.from));
  write_fact(out, 2, "until", record.until ? certstore::to_rfc3339(*record.until) : "no end");
  for (const auto& allowed : record.allowed) write_fact(out, 2, "allows", allowed_of(allowed));
  if (record.bound_required)
    write_fact(out, 2, "bound", "required: unbound packages of this signer do not count");
  if (record.succession) {
    write_fact(out, 2, "succession", "of the signer in record " + escaped(record.succession->record));
    write_fact(out, 2, "document", "sha256:" + certstore::to_hex(record.succession->document));
    if (record.until == record.from) write_fact(out, 2, "note", "void: two successors of one key were shown");
  }
  write_fact(
      out, 2, "compared",
      record.compared ? "yes: the fingerprint came by another way" : "no: the fingerprint was not compared");
  write_fact(out, 2, "reason", record.reason.empty() ? "none given" : escaped(record.reason));
  write_fact(out, 2, "made",
             certstore::to_rfc3339(record.made_at) + " by " + escaped(record.made_by) + ", " +
                 std::string(name_of(record.origin)));
}

void write_record_json(const TrustRecord& record, const std::vector<std::string>& undo, std::ostream& out) {
  Json json = {{"schema", 1},
               {"id", text_or_null(record.id)},
               {"decision", name_of(record.kind)},
               {"subject", name_of(record.subject)},
               {"sha256", certstore::to_hex(record.sha256)},
               {"keyId", record.bare_key ? Json(certstore::to_text(record.bare_key->id())) : Json(nullptr)},
               {"label", text_or_null(record.label)},
               {"use", name_of(record.use)},
               {"scope", name_of(record.scope)},
               {"scopeText", text_or_null(record.scope_text)},
               {"from", certstore::to_rfc3339(record.from)},
               {"until", record.until ? Json(certstore::to_rfc3339(*record.until)) : Json(nullptr)},
               {"reason", text_or_null(record.reason)},
               {"madeBy", text_or_null(record.made_by)},
               {"madeAt", certstore::to_rfc3339(record.made_at)},
               {"origin", name_of(record.origin)},
               {"compared", record.compared},
               {"allowed", Json::array()},
               {"boundRequired", record.bound_required}};
  for (const auto& allowed : record.allowed) {
    json["allowed"].push_back(
        {{"name", allowed.name},
         {"until", allowed.until ? Json(certstore::to_rfc3339(*allowed.until)) : Json(nullptr)}});
  }
  if (record.succession) {
    json["succession"] = {{"record", text_or_null(record.succession->record)},
                          {"publicKey", certstore::to_hex(record.succession->public_key)},
                          {"document", certstore::to_hex(record.succession->document)}};
  }
  if (!undo.empty()) json["undo"] = undo;
  out << json.dump(-1, ' ', true) << "\n";
}

std::vector<std::string> undo_of_adding(const TrustRecord& record, std::string_view store) {
  const bool retire = record.kind == TrustRecord::Kind::retire;
  return {"pkgverify trust remove" + store_word(store) + (retire ? " --force " : " ") +
          certstore::shell_quoted(record.id)};
}

std::vector<std::string> undo_of_removing(const TrustRecord& record, std::string_view store) {
  // Typed as `trust add` it would be a decision that nobody took.
  if (record.succession) {
    return {"pkgverify trust follow --follow-succession" + store_word(store) + " SUCCESSION-FILE"};
  }
  std::string line = "pkgverify trust add" + store_word(store);
  if (record.kind == TrustRecord::Kind::retire) line += " --retire";
  if (record.use != TrustRecord::Use::package) line += option_word("use", name_of(record.use));
  if (record.scope == TrustRecord::Scope::package_name) line += option_word("name", record.scope_text);
  if (record.scope == TrustRecord::Scope::package_glob) line += option_word("glob", record.scope_text);
  if (record.kind == TrustRecord::Kind::retire && record.from != certstore::Instant{}) {
    line += option_word("effective", certstore::to_rfc3339(record.from));
  }
  if (record.until) line += option_word("until", certstore::to_rfc3339(*record.until));
  if (!record.reason.empty()) line += option_word("reason", record.reason);
  for (const auto& allowed : record.allowed) {
    line += option_word("allow-weak",
                        allowed.name + (allowed.until ? ":" + certstore::to_rfc3339(*allowed.until) : ""));
  }
  if (record.bound_required) line += " --bound";
  if (record.subject == TrustRecord::Subject::content) return {line + option_word("file", record.label)};
  if (record.compared) {
    const certstore::Sha256 shown =
        record.certificate.empty() ? record.sha256 : certstore::sha256(record.certificate);
    line += " --compared=sha256:" + certstore::to_hex(shown);
  }
  if (record.bare_key) return pasted(line, certstore::to_minisign_public_key(*record.bare_key));
  if (record.certificate.empty() && record.kind == TrustRecord::Kind::retire) {
    return {line + option_word("signer", "sha256:" + certstore::to_hex(record.sha256))};
  }
  if (record.certificate.empty()) return {line + " CERT-FILE"};
  return pasted(line, to_pem(certstore::Certificate::from_der(record.certificate, record.label)));
}

}  // namespace verifier
