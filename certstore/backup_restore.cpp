#include "certstore/backup.h"
#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/key_store_record.h"
#include "certstore/store_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
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

// Folders that a fresh volume or a killed restore leaves behind, which are no store.
constexpr std::array<std::string_view, 2> kNoStore = {"lost+found", ".restore"};

// Nothing can take the place of a folder on which a file system is mounted: rename(2) gives EBUSY or EXDEV.
bool is_mount_point(const std::filesystem::path& folder) {
  struct statx own {};
  if (::statx(AT_FDCWD, folder.c_str(), 0, STATX_TYPE, &own) != 0) return false;
  struct statx parent {};
  if (::statx(AT_FDCWD, folder.parent_path().c_str(), 0, STATX_TYPE, &parent) != 0) return false;
  if ((own.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0 &&
      (own.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0) {
    return true;
  }
  return own.stx_dev_major != parent.stx_dev_major || own.stx_dev_minor != parent.stx_dev_minor;
}

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

void build(const Backup& backup, const Unfinished& unfinished, const RestoreTerms& terms) {
  restore_trust(backup, unfinished.place().trust());
  restore_keys(backup, unfinished.place().keys(), terms.passphrase, terms.cost);
  terms.before_naming(unfinished.place());
  sync(open_folder(unfinished.place().folder), unfinished.place().folder);
}

void move(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) throw_errno("restore", to.string(), errno);
}

// The keys come last: without them it is no store yet.
void restore_inside(const Backup& backup, const StorePlace& target, const RestoreTerms& terms) {
  const FileDescriptor folder = open_locked(target.folder);
  const Unfinished unfinished(target.folder / ".restore");
  build(backup, unfinished, terms);
  if (LmdbEnvironment::exists(unfinished.place().trust())) move(unfinished.place().trust(), target.trust());
  move(unfinished.place().keys(), target.keys());
  sync(folder, target.folder);
}

// Whole or not at all: rename(2) replaces an empty folder, and no other.
void restore_in_place(const Backup& backup, const StorePlace& target, const RestoreTerms& terms) {
  const std::filesystem::path parent = target.folder.parent_path();
  const FileDescriptor parent_folder = open_locked(parent);
  // Beside the place, in the same file system, so that it can be renamed.
  const Unfinished unfinished(parent / ("." + target.folder.filename().string() + ".restore"));
  build(backup, unfinished, terms);
  move(unfinished.place().folder, target.folder);
  sync(parent_folder, parent);
}

}  // namespace

bool is_vacant(const StorePlace& place) {
  std::error_code failure;
  const auto status = std::filesystem::status(place.folder, failure);
  if (status.type() == std::filesystem::file_type::not_found) {
    if (!std::filesystem::is_symlink(std::filesystem::symlink_status(place.folder, failure))) return true;
    throw Error(ErrorKind::store,
                in_quotes(place.folder.string()) + " is a link to a place that does not exist",
                "make that folder, or name another --store");
  }
  if (status.type() != std::filesystem::file_type::directory) {
    throw Error(ErrorKind::store, in_quotes(place.folder.string()) + " is not a folder");
  }
  std::filesystem::directory_iterator entries(place.folder, failure);
  if (failure) throw_errno("read", place.folder.string(), failure.value());
  return std::all_of(begin(entries), end(entries), [](const std::filesystem::directory_entry& entry) {
    return std::find(kNoStore.begin(), kNoStore.end(), entry.path().filename().string()) != kNoStore.end();
  });
}

void restore_backup(const Backup& backup, const StorePlace& place, const RestoreTerms& terms) {
  // A link to the place stays one.
  const StorePlace target{std::filesystem::weakly_canonical(place.folder), place.origin};
  make_store_folder({target.folder.parent_path(), place.origin});
  if (!is_vacant(target)) {
    throw Error(ErrorKind::store, in_quotes(target.folder.string()) + " is not empty",
                "a backup is restored where there is no store: name another --store");
  }
  std::error_code failure;
  const bool must_stay =
      std::filesystem::exists(target.folder, failure) &&
      (is_mount_point(target.folder) || !std::filesystem::is_empty(target.folder, failure));
  if (must_stay) return restore_inside(backup, target, terms);
  restore_in_place(backup, target, terms);
}

}  // namespace certstore
