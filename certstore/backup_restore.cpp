#include "certstore/backup.h"
#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/key_store_record.h"
#include "certstore/store_folder.h"

#include <sys/file.h>

#include <cerrno>
#include <cstdio>
#include <optional>

namespace certstore {
namespace {

FileDescriptor open_locked(const std::filesystem::path& folder) {
  FileDescriptor descriptor = open_folder(folder);
  if (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
    throw Error(ErrorKind::store, "somebody else works in " + in_quotes(folder.string()), "try again");
  }
  return descriptor;
}

// The folder in which the store is built, gone unless it became the store.
class Unfinished {
 public:
  explicit Unfinished(std::filesystem::path path) : path_(std::move(path)) {
    remove_leftover(path_);  // of a killed process: we hold the lock
    make_store_folder(place());
  }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  ~Unfinished() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] StorePlace place() const { return {path_, "restore"}; }

 private:
  std::filesystem::path path_;
};

// Everything as it was, but for the wrapping of the master key and the note of the last backup.
void restore_keys(const Backup& backup, const std::filesystem::path& folder, const SecretBytes& passphrase,
                  KdfCost cost) {
  std::optional<Bytes> header;
  const auto fill = [&](Transaction& transaction) {
    backup.visit(Backup::Part::keys, [&](std::string_view name, ByteView value) {
      if (name != key_records::kHeader) return transaction.put(name, value);
      if (!header) {
        KeyStoreHeader made = parse_key_store_header(value);
        made.key = wrap(backup.master_key(), passphrase, made.store, cost);
        header = to_record(made);
      }
      transaction.put(name, *header);
    });
    transaction.put(key_records::kBackup, to_record(backup.note()));
  };
  if (!LmdbEnvironment::create(folder, fill)) {
    throw Error(ErrorKind::store, "there is a key store at " + in_quotes(folder.string()) + " already");
  }
}

void restore_trust(const Backup& backup, const std::filesystem::path& folder) {
  bool any = false;
  backup.visit(Backup::Part::trust, [&](std::string_view, ByteView) { any = true; });
  if (!any) return;
  const auto fill = [&](Transaction& transaction) {
    backup.visit(Backup::Part::trust,
                 [&](std::string_view name, ByteView value) { transaction.put(name, value); });
  };
  if (!LmdbEnvironment::create(folder, fill)) {
    throw Error(ErrorKind::store, "there is a trust store at " + in_quotes(folder.string()) + " already");
  }
}

}  // namespace

bool is_vacant(const StorePlace& place) {
  std::error_code failure;
  const auto status = std::filesystem::status(place.folder, failure);
  if (status.type() == std::filesystem::file_type::not_found) return true;
  if (status.type() != std::filesystem::file_type::directory) {
    throw Error(ErrorKind::store, in_quotes(place.folder.string()) + " is not a folder");
  }
  const bool is_empty = std::filesystem::is_empty(place.folder, failure);
  if (failure) throw_errno("read", place.folder.string(), failure.value());
  return is_empty;
}

void restore_backup(const Backup& backup, const StorePlace& place, const SecretBytes& passphrase,
                    KdfCost cost) {
  // A link to the place stays one; the store beside it is in the same file system, so that it can be renamed.
  const std::filesystem::path target = std::filesystem::weakly_canonical(place.folder);
  const std::filesystem::path parent = target.parent_path();
  make_store_folder({parent, place.origin});
  const FileDescriptor parent_folder = open_locked(parent);
  if (!is_vacant({target, place.origin})) {
    throw Error(ErrorKind::store, in_quotes(target.string()) + " is not empty",
                "a backup is restored where there is no store: name another --store");
  }
  const Unfinished unfinished(parent / ("." + target.filename().string() + ".restore"));
  restore_trust(backup, unfinished.place().trust());
  restore_keys(backup, unfinished.place().keys(), passphrase, cost);
  sync(open_folder(unfinished.place().folder), unfinished.place().folder);
  // rename(2) replaces an empty folder, and no other.
  if (::rename(unfinished.place().folder.c_str(), target.c_str()) != 0) {
    throw_errno("restore", target.string(), errno);
  }
  sync(parent_folder, parent);
}

}  // namespace certstore
