#include "certstore/base/escape.h"
#include "certstore/record_match.h"
#include "certstore/trust_store.h"
#include "signer/commands.h"
#include "signer/overlap.h"
#include "signer/store_access.h"
#include "verifier/policy_source.h"
#include "verifier/trust_text.h"

#include <iostream>

namespace signer {
namespace {

using certstore::ExitCode;
using certstore::TrustRecord;
using certstore::cli::Arguments;

TrustRecord retirement_by(const Arguments& arguments, const certstore::SignerIdentity& signer,
                          certstore::Instant now) {
  TrustRecord record;
  record.kind = TrustRecord::Kind::retire;
  // By key: a certificate that is made for it later must not escape.
  certstore::set_subject(record, signer);
  record.reason = arguments.value("reason").value_or("");
  record.made_by = certstore::acting_at(now).user;
  record.made_at = now;
  if (const auto from = verifier::time_option(arguments, "effective")) record.from = *from;
  return record;
}

// The line that does the same elsewhere; nothing in it was chosen by anybody else.
std::string line_elsewhere(const TrustRecord& record) {
  std::string line = "pkgverify trust add --retire --signer sha256:" + certstore::to_hex(record.sha256);
  if (record.from != certstore::Instant{}) line += " --effective " + certstore::to_rfc3339(record.from);
  if (!record.reason.empty()) line += " --reason " + certstore::shell_quoted(record.reason);
  return line;
}

ExitCode run(const Arguments& arguments) {
  const std::string& alias = arguments.operands().front();
  const certstore::Instant now = certstore::now();
  const auto keys = open_keys(arguments, certstore::OpenMode::read);
  const auto identity = get_identity(keys, alias);
  const TrustRecord record = retirement_by(arguments, identity.signer(), now);
  auto trust = certstore::TrustStore::open_or_create(place_of(arguments).trust());
  const TrustRecord kept = trust.add(record, certstore::acting_at(now));
  if (arguments.quiet()) return ExitCode::accepted;
  std::cout << "retired  " << certstore::escaped(alias) << "\n";
  verifier::write_record(kept, std::cout);
  std::cout
      << "\nNothing is signed by this key any more here, and packages by it end with 16, the old ones too.\n"
      << "on each other machine:  " << line_elsewhere(kept) << "\n";
  const Overlap overlap = overlap_of(keys, identity, now);
  if (keys.default_alias(now) == alias) {
    std::cout << (overlap.successors.empty()
                      ? "it is still the default:  pkgsign cert renew --new-key same makes another"
                      : "it is still the default:  pkgsign cert default " +
                            certstore::shell_quoted(overlap.successors.front()))
              << "\n";
  }
  for (const std::string& line : verifier::undo_of_adding(kept, arguments.value("store").value_or(""))) {
    std::cout << "to undo:  " << line << "\n";
  }
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command cert_retire_command() {
  return {.name = "cert retire",
          .operands = "NAME",
          .summary = "give a key up: it signs nothing any more, and packages by it are refused",
          .options = {{"reason", '\0', "TEXT", "why"},
                      {"effective", '\0', "TIME", "when it begins (default: at once, and for all time)"},
                      certstore::cli::kStoreOption},
          .example = "pkgsign cert retire server --reason 'stolen laptop'",
          .exit_codes = "0 retired, 1 no such identity or trouble, 2 usage",
          .run = run};
}

}  // namespace signer
