#include "certstore/backup.h"
#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/file_digest.h"
#include "signer/audit_pen.h"
#include "signer/backup_text.h"
#include "signer/commands.h"
#include "signer/store_access.h"

#include <iostream>
#include <optional>

namespace signer {
namespace {

using certstore::Backup;
using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::StorePlace;
using certstore::cli::Arguments;

// The place is taken: what differs is the result, and nothing is changed.
ExitCode compare(const Arguments& arguments, const Backup& backup, const StorePlace& place) {
  const std::string folder = certstore::in_quotes(place.folder.string());
  if (!certstore::KeyStore::exists(place.keys()) && !certstore::LmdbEnvironment::exists(place.trust())) {
    throw Error(ErrorKind::store, folder + " is not empty, and holds no store",
                "restore into another place: --store DIR");
  }
  const auto lines = certstore::differences(backup, place);
  if (!arguments.quiet()) {
    for (const std::string& line : lines) std::cout << line << "\n";
  }
  if (!lines.empty()) {
    throw Error(ErrorKind::store, "there is another store at " + folder + "; nothing in it was changed",
                "move it away, or restore into another place: --store DIR");
  }
  if (!arguments.quiet()) std::cout << "the store has all that the backup has; nothing was changed\n";
  return ExitCode::accepted;
}

ExitCode restore(const Arguments& arguments) {
  const std::string& path = arguments.operands().front();
  const StorePlace place = place_of(arguments);
  const auto cost = arguments.value("kdf-cost");
  const auto wanted = cost ? parse_kdf_cost(*cost) : certstore::KdfCost{};
  auto file = certstore::InputFile::open(path);
  const certstore::Sha256 sha256 = certstore::sha256_of(file);
  const Backup backup(std::move(file), file_passphrase(arguments, false));
  const auto contents = certstore::check_backup(backup);
  if (!certstore::is_vacant(place)) return compare(arguments, backup, place);
  const auto tell = [&](const StorePlace& restored) {
    AuditPen pen(arguments, restored);
    pen.take_key(certstore::KeyStore::open(restored.keys(), certstore::OpenMode::read), backup.master_key());
    pen.write({.action = "backup restore", .file = path, .sha256 = sha256});
  };
  certstore::restore_backup(backup, place, {store_passphrase(arguments, true), wanted, tell});
  if (!arguments.quiet()) {
    std::cout << "store:        " << certstore::shell_quoted(place.folder.string()) << " (restored)\n";
    print_contents(contents, std::cout);
  }
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command backup_restore_command() {
  return {.name = "backup restore",
          .operands = "FILE",
          .summary = "make the store anew from a backup, or say what differs from it",
          .options = {certstore::cli::kStoreOption,
                      {"passphrase", '\0', "SOURCE", "new passphrase for the store"},
                      kFilePassphraseOption,
                      kKdfCostOption},
          .example = "pkgsign backup restore /media/safe/pkgtrust.backup",
          .exit_codes = "0 restored or the same, 1 damaged, or another store is there, 2 usage",
          .run = restore};
}

}  // namespace signer
