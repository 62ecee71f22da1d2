#include "certstore/backup.h"
#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "signer/audit_pen.h"
#include "signer/backup_text.h"
#include "signer/commands.h"
#include "signer/store_access.h"

#include <iostream>
#include <optional>

namespace signer {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::SecretBytes;
using certstore::cli::Arguments;

// Before passphrases are typed; commit() refuses it again.
std::filesystem::path free_path(const Arguments& arguments) {
  const auto path = arguments.value("output");
  if (!path) throw Error(ErrorKind::usage, "a backup needs a file", "-o FILE");
  if (*path == "-") throw Error(ErrorKind::usage, "a backup is read back, which standard output cannot be");
  if (std::filesystem::exists(std::filesystem::symlink_status(*path))) {
    throw Error(ErrorKind::io, certstore::in_quotes(*path) + " exists",
                "choose another name: a backup replaces nothing");
  }
  return *path;
}

certstore::BackupContents make(const Arguments& arguments, const std::filesystem::path& path) {
  const auto cost = arguments.value("kdf-cost");
  const auto wanted = cost ? std::optional(parse_kdf_cost(*cost)) : std::nullopt;
  const auto keys = open_keys(arguments, certstore::OpenMode::read);
  const SecretBytes stores = store_passphrase(arguments);
  const auto master = keys.unlock(stores);
  const SecretBytes passphrase = file_passphrase(arguments, true);
  if (passphrase.equals(stores)) {
    std::cerr << arguments.tool() << ": warning: the backup has the passphrase of the store: who learns one "
              << "has both\n";
  }
  // A store that cannot be written any more is one to be backed up soon.
  AuditPen pen(arguments, place_of(arguments), AuditPen::Unwritable::warn);
  pen.take_key(keys, master);
  const auto tell = [&](const certstore::Sha256& sha256) {
    pen.write({.action = "backup create", .file = path.string(), .sha256 = sha256});
  };
  return certstore::create_backup(path, {keys, master, pen.trust()},
                                  {passphrase, wanted.value_or(keys.cost()), certstore::now(), tell});
}

// The backup is made; a store that cannot be written only goes on reminding.
void remember(const Arguments& arguments, const certstore::BackupNote& note) {
  try {
    open_keys(arguments, certstore::OpenMode::write).remember_backup(note);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::store && error.kind() != ErrorKind::io) throw;
    std::cerr << arguments.tool() << ": warning: the store does not remember this backup: " << error.what()
              << "\n";
  }
}

ExitCode create(const Arguments& arguments) {
  const std::filesystem::path path = free_path(arguments);
  const auto contents = make(arguments, path);
  remember(arguments, contents.note);
  if (!arguments.quiet()) {
    std::cout << "backup:       " << certstore::shell_quoted(path.string())
              << " (written, read back, every key tried)\n";
    print_contents(contents, std::cout);
  }
  return ExitCode::accepted;
}

ExitCode verify(const Arguments& arguments) {
  const std::string& path = arguments.operands().front();
  auto file = certstore::InputFile::open(path);
  const certstore::Backup backup(std::move(file), file_passphrase(arguments, false));
  const auto contents = certstore::check_backup(backup);
  if (!arguments.quiet()) {
    std::cout << "backup:       " << certstore::shell_quoted(path)
              << " (sound: every byte unsealed, every key made a signature that was checked)\n";
    print_contents(contents, std::cout);
  }
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command backup_create_command() {
  return {.name = "backup create",
          .operands = "",
          .summary = "write the whole store into one encrypted file, and try every key in it",
          .options = {{"output", 'o', "FILE", "the backup; one that exists is not replaced"},
                      certstore::cli::kStoreOption,
                      certstore::cli::kPassphraseOption,
                      kFilePassphraseOption,
                      kAuditToOption,
                      {"kdf-cost", '\0', "COST", "of the backup's passphrase (default: the store's)"}},
          .example = "pkgsign backup create -o /media/safe/pkgtrust.backup",
          .exit_codes = "0 made and checked, 1 wrong passphrase, the file exists, or trouble, 2 usage",
          .run = create};
}

certstore::cli::Command backup_verify_command() {
  return {.name = "backup verify",
          .operands = "FILE",
          .summary = "unseal a backup, and sign and check with every key in it",
          .options = {kFilePassphraseOption},
          .example = "pkgsign backup verify /media/safe/pkgtrust.backup",
          .exit_codes = "0 sound, 1 damaged, wrong passphrase or not a backup, 2 usage",
          .run = verify};
}

}  // namespace signer
