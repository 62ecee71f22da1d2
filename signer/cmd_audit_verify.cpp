#include "certstore/audit_file.h"
#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/statement_key.h"
#include "certstore/trust_store.h"
#include "signer/commands.h"
#include "signer/store_access.h"

#include <iostream>

namespace signer {
namespace {

using certstore::AuditState;
using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::InputFile;
using certstore::Sha256;
using certstore::TrustStore;
using certstore::cli::Arguments;

// What was written on paper, or the file that `audit head -o` made.
std::optional<certstore::SavedHead> saved_head(const Arguments& arguments) {
  const auto text = arguments.value("against");
  if (!text) return std::nullopt;
  std::error_code ignored;
  if (!std::filesystem::exists(*text, ignored)) return certstore::parse_saved_head(*text);
  const auto bytes = InputFile::open(*text).read_all(certstore::limits::kReplySize);
  return certstore::parse_saved_head(certstore::as_text(bytes));
}

// SHA-256 of the certificate of the store's statement key. Not proven to be the one that the passphrase
// opens: that is what `store check` does.
std::optional<Sha256> statement_signer(const Arguments& arguments) {
  const auto folder = place_of(arguments).keys();
  if (!certstore::KeyStore::exists(folder)) return std::nullopt;
  const auto identity =
      certstore::KeyStore::open(folder, certstore::OpenMode::read).find(certstore::kStatementKey);
  return identity ? std::optional(certstore::sha256(identity->certificate)) : std::nullopt;
}

// A file that goes on where a store could not be written follows a record of that store.
void require_follows(const TrustStore& store, AuditState& state) {
  if (state.records == 0 || state.start.number == 0 || store.audit_head().log != state.start.log) return;
  const auto json = store.snapshot().get(certstore::audit_name(state.start.number));
  if (json && certstore::parse_audit_record(*json).digest == state.start.digest) return;
  state.broken.push_back("the file does not follow record " + std::to_string(state.start.number) +
                         " of the store");
}

AuditState check_file(const Arguments& arguments, const std::string& path) {
  AuditState state = certstore::check_audit_file(InputFile::open(path), {.saved = saved_head(arguments)});
  const auto store = TrustStore::open_if_present(place_of(arguments).trust());
  if (store && store->has_audit_chain()) require_follows(*store, state);
  if (state.records == 0 && state.broken.empty()) state.broken.emplace_back("the file has no record");
  return state;
}

AuditState check_store(const Arguments& arguments) {
  const certstore::StorePlace place = place_of(arguments);
  const auto store = TrustStore::open_if_present(place.trust());
  if (!store) {
    throw Error(ErrorKind::store, "there is no audit log in " + certstore::in_quotes(place.folder.string()));
  }
  if (!store->has_audit_chain()) {
    throw Error(ErrorKind::store, "the audit log has no chain yet: an older version wrote it",
                "the next change of the store chains it");
  }
  return store->check_audit({.saved = saved_head(arguments), .signer = statement_signer(arguments)});
}

std::string records_text(std::uint64_t number) {
  return std::to_string(number) + (number == 1 ? " record" : " records");
}

void print_signed_head(const Arguments& arguments, const AuditState& state) {
  std::cout << "signed head:  ";
  if (!state.signed_head) {
    std::cout << "none: no key was opened yet\n";
    return;
  }
  const auto& head = *state.signed_head;
  const bool is_own = head.certificate.sha256() == statement_signer(arguments);
  std::cout << "record " << head.head.number << ", on " << certstore::to_rfc3339(head.time) << ", by SHA256 "
            << certstore::to_hex(head.certificate.sha256())
            << (is_own ? " (the statement key of this store)" : " (not a key of this store)") << "\n";
  const std::uint64_t after = state.last.number - head.head.number;
  if (after != 0) std::cout << "not signed:   " << records_text(after) << " after it\n";
}

void print(const Arguments& arguments, const AuditState& state) {
  for (const std::string& sentence : state.broken) std::cout << "broken:       " << sentence << "\n";
  if (!state.broken.empty()) return;
  std::cout << "audit log:    " << records_text(state.records) << ", each follows the one before\n";
  if (state.start.number != 0) std::cout << "begins after: record " << state.start.number << "\n";
  print_signed_head(arguments, state);
  if (arguments.has("against")) std::cout << "saved head:   the same\n";
}

ExitCode run(const Arguments& arguments) {
  const auto& files = arguments.operands();
  const AuditState state = files.empty() ? check_store(arguments) : check_file(arguments, files.front());
  if (!arguments.quiet()) print(arguments, state);
  return state.broken.empty() ? ExitCode::accepted : ExitCode::invalid;
}

}  // namespace

certstore::cli::Command audit_verify_command() {
  return {.name = "audit verify",
          .operands = "[FILE]",
          .summary = "follow the chain of the audit log, or of an exported one, and check its signed head",
          .options = {{"against", '\0', "HEAD",
                       "a head that was saved: NUMBER:SHA256, or the file of audit head"},
                      certstore::cli::kStoreOption},
          .example = "pkgsign audit verify --against /mnt/elsewhere/audit.head",
          .exit_codes = "0 whole, 13 broken, 1 no log or trouble, 2 usage",
          .run = run};
}

}  // namespace signer
