#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "certstore/trust_store.h"
#include "signer/commands.h"
#include "signer/store_access.h"
#include "verifier/policy_source.h"

#include <array>
#include <iostream>

namespace signer {
namespace {

using certstore::AuditRecord;
using certstore::Bytes;
using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::TrustStore;
using certstore::cli::Arguments;

constexpr std::array<std::string_view, 2> kTextOrJson = {"text", "json"};

TrustStore open_log(const Arguments& arguments) {
  const certstore::StorePlace place = place_of(arguments);
  auto store = TrustStore::open_if_present(place.trust());
  if (store) return std::move(*store);
  throw Error(ErrorKind::store, "there is no audit log in " + certstore::in_quotes(place.folder.string()),
              "it begins with pkgsign init or pkgverify trust add");
}

TrustStore open_chain(const Arguments& arguments) {
  TrustStore store = open_log(arguments);
  if (store.has_audit_chain()) return store;
  throw Error(ErrorKind::store, "the audit log has no chain yet: an older version wrote it",
              "the next change of the store chains it; pkgsign audit list shows its records");
}

// "trust" is every decision, "trust add" only those.
bool is_of_action(const AuditRecord& record, const std::string& action) {
  return record.event.action == action || record.event.action.starts_with(action + " ");
}

// The text of a record was escaped when it was made.
void print_line(const AuditRecord& record, std::ostream& out) {
  const certstore::AuditEvent& event = record.event;
  out << record.number << "  " << certstore::to_rfc3339(record.who.when) << "  " << event.action;
  if (!event.file.empty()) out << "  '" << event.file << "'";
  if (event.sha256) out << "  sha256:" << certstore::to_hex(*event.sha256);
  if (!event.alias.empty()) out << "  of '" << event.alias << "'";
  if (event.signer) out << "  signer sha256:" << certstore::to_hex(*event.signer);
  if (!event.detail.empty()) out << "  (" << event.detail << ")";
  out << "  by " << record.who.user;
  if (record.who.uid) out << " (uid " << *record.who.uid << ")";
  if (!record.who.host.empty()) out << " on " << record.who.host;
  out << "\n";
}

ExitCode list(const Arguments& arguments) {
  const bool as_json = arguments.word("format", kTextOrJson) == "json";
  const auto since = verifier::time_option(arguments, "since");
  const auto action = arguments.value("action");
  for (const AuditRecord& record : open_log(arguments).audit_log()) {
    if (arguments.quiet() || (since && record.who.when < *since)) continue;
    if (action && !is_of_action(record, *action)) continue;
    if (as_json) {
      std::cout << certstore::as_text(certstore::to_json(record)) << "\n";
    } else {
      print_line(record, std::cout);
    }
  }
  return ExitCode::accepted;
}

void write_file(const Arguments& arguments, const std::string& path, const Bytes& bytes) {
  certstore::AtomicFile file(path);
  file.write(bytes);
  file.commit(arguments.has("force") ? certstore::Existing::replace : certstore::Existing::refuse);
  if (!arguments.quiet()) std::cout << "wrote " << certstore::shell_quoted(path) << "\n";
}

// As it rests: what is broken is evidence.
Bytes exported(const TrustStore& store) {
  Bytes lines;
  const auto append_line = [&](certstore::ByteView json) {
    certstore::append(lines, json);
    lines.push_back('\n');
  };
  const certstore::Transaction transaction = store.snapshot();
  const auto head = transaction.get(certstore::audit_records::kSignedHead);
  const std::string signed_record =
      head ? certstore::audit_name(find_signed_head(transaction)->head.number) : "";
  transaction.visit(certstore::audit_records::kPrefix, [&](std::string_view name, certstore::ByteView json) {
    append_line(json);
    if (name == signed_record) append_line(*head);
  });
  return lines;
}

ExitCode export_log(const Arguments& arguments) {
  const Bytes lines = exported(open_chain(arguments));
  const auto path = arguments.value("output").value_or("-");
  if (path != "-") {
    write_file(arguments, path, lines);
  } else {
    std::cout << certstore::as_text(lines);
  }
  return ExitCode::accepted;
}

ExitCode head(const Arguments& arguments) {
  const certstore::AuditHead last = open_chain(arguments).audit_head();
  if (last.number == 0) throw Error(ErrorKind::store, "the audit log is empty: it has no head");
  if (const auto path = arguments.value("output")) {
    Bytes line = certstore::to_json(last);
    line.push_back('\n');
    write_file(arguments, *path, line);
  } else {
    std::cout << certstore::to_text(last) << "\n";
  }
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command audit_list_command() {
  return {.name = "audit list",
          .operands = "",
          .summary = "show who did what with the keys and the trust of this store, and when",
          .options = {{"since", '\0', "TIME", "from 2027-01-31 or 2027-01-31T12:00:00Z on"},
                      {"action", '\0', "NAME", "only these: sign, cert, 'trust add' ..."},
                      {"format", '\0', "NAME", "text or json (one object a line)"},
                      certstore::cli::kStoreOption},
          .example = "pkgsign audit list --since 2026-11-01 --action sign",
          .exit_codes = "0 listed, 1 no log or damaged, 2 usage",
          .run = list};
}

certstore::cli::Command audit_export_command() {
  return {.name = "audit export",
          .operands = "",
          .summary = "write the whole audit log with its chain and its last signed head, one object a line",
          .options = {{"output", 'o', "FILE", "where to (default: standard output)"},
                      certstore::cli::kStoreOption,
                      certstore::cli::kForceOption},
          .example = "pkgsign audit export -o audit.ndjson && pkgsign audit verify audit.ndjson",
          .exit_codes = "0 written, 1 no log, the file exists or trouble, 2 usage",
          .run = export_log};
}

certstore::cli::Command audit_head_command() {
  return {.name = "audit head",
          .operands = "",
          .summary = "say the number and digest of the last record, to be kept elsewhere",
          .options = {{"output", 'o', "FILE", "write it with the log's id, for audit verify --against"},
                      certstore::cli::kStoreOption,
                      certstore::cli::kForceOption},
          .example = "pkgsign audit head -o /mnt/elsewhere/audit.head",
          .exit_codes = "0 said, 1 no log, the file exists or trouble, 2 usage",
          .run = head};
}

}  // namespace signer
