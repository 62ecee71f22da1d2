#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/trust_store.h"
#include "verifier/commands.h"
#include "verifier/judging_options.h"
#include "verifier/policy_source.h"
#include "verifier/report_text.h"
#include "verifier/trust_text.h"

#include <iostream>

namespace verifier {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::OpenMode;
using certstore::TrustRecord;
using certstore::TrustStore;
using certstore::cli::Arguments;

TrustStore open_store(const Arguments& arguments, OpenMode mode) {
  auto store = TrustStore::open_if_present(trust_folder(arguments), mode);
  if (!store) {
    throw Error(ErrorKind::store, "nothing is trusted yet: there is no store",
                "pkgverify trust add makes it");
  }
  return std::move(*store);
}

ExitCode list(const Arguments& arguments) {
  const bool json = wants_json(arguments);
  const auto store = TrustStore::open_if_present(trust_folder(arguments));
  // No store is an empty list.
  if (!store || arguments.quiet()) return ExitCode::accepted;
  for (const TrustRecord& record : store->list()) {
    if (json) {
      write_record_json(record, {}, std::cout);
    } else {
      write_record_line(record, std::cout);
    }
  }
  return ExitCode::accepted;
}

ExitCode show(const Arguments& arguments) {
  const bool json = wants_json(arguments);
  const TrustRecord record = open_store(arguments, OpenMode::read).find(arguments.operands().front());
  if (arguments.quiet()) return ExitCode::accepted;
  if (json) {
    write_record_json(record, {}, std::cout);
  } else {
    write_record(record, std::cout);
  }
  return ExitCode::accepted;
}

ExitCode remove(const Arguments& arguments) {
  const bool json = wants_json(arguments);
  TrustStore store = open_store(arguments, OpenMode::write);
  const TrustRecord meant = store.find(arguments.operands().front());
  if (meant.kind == TrustRecord::Kind::retire && !arguments.has("force")) {
    throw Error(
        ErrorKind::store,
        "record " + meant.id + " retires a key: without it, packages by that key could be accepted again",
        "only if it was made by mistake: --force");
  }
  const TrustRecord record = store.remove(meant.id, certstore::acting_at(certstore::now()));
  if (arguments.quiet()) return ExitCode::accepted;
  const std::vector<std::string> undo = undo_of_removing(record, arguments.value("store").value_or(""));
  if (json) {
    write_record_json(record, undo, std::cout);
    return ExitCode::accepted;
  }
  std::cout << "removed  " << certstore::escaped(record.label) << "\n";
  write_record(record, std::cout);
  std::cout << "to undo, paste:\n";
  for (const std::string& line : undo) std::cout << line << "\n";
  return ExitCode::accepted;
}

constexpr std::string_view kExitCodes = "0 done, 1 trouble (no such record), 2 usage";

}  // namespace

certstore::cli::Command trust_list_command() {
  return {.name = "trust list",
          .operands = "",
          .summary = "list the trust decisions of this machine",
          .options = {certstore::cli::kStoreOption, kTextOrJsonOption},
          .example = "pkgverify trust list",
          .exit_codes = kExitCodes,
          .run = list};
}

certstore::cli::Command trust_show_command() {
  return {.name = "trust show",
          .operands = "ID",
          .summary = "show one decision: who, what, why, until when",
          .options = {certstore::cli::kStoreOption, kTextOrJsonOption},
          .example = "pkgverify trust show 3f2a91",
          .exit_codes = kExitCodes,
          .run = show};
}

certstore::cli::Command trust_remove_command() {
  return {
      .name = "trust remove",
      .operands = "ID",
      .summary = "take a decision back; says how to undo that",
      .options = {{"force", 'f', "", "also a retirement"}, certstore::cli::kStoreOption, kTextOrJsonOption},
      .example = "pkgverify trust remove 3f2a91",
      .exit_codes = kExitCodes,
      .run = remove};
}

}  // namespace verifier
