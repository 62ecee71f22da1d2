#include "certstore/lmdb_environment.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/interrupt.h"
#include "certstore/base/limits.h"
#include "certstore/digest.h"
#include "certstore/lmdb_file.h"
#include "certstore/store_folder.h"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace certstore {
namespace {

constexpr unsigned kMaxReaders = 1024;
constexpr std::size_t kKeySize = 500;
constexpr std::size_t kChecksumSize = 16;

// The map is full: the change is undone, the file grows, the change runs again.
struct MapFull {};

[[noreturn]] void throw_lmdb(std::string_view action, const std::filesystem::path& file, int result) {
  if (result > 0) throw_errno(action, file.string(), result);
  throw Error(ErrorKind::store, "cannot " + std::string(action) + " " + in_quotes(file.string()) + ": " +
                                    escaped(mdb_strerror(result)));
}

void require(int result, std::string_view action, const std::filesystem::path& file) {
  if (result == MDB_MAP_FULL) throw MapFull{};
  if (result != MDB_SUCCESS) throw_lmdb(action, file, result);
}

MDB_val as_value(ByteView bytes) {
  // LMDB's interface is not const-correct; it does not write through these.
  return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())};
}

ByteView as_view(const MDB_val& value) {
  return {static_cast<const std::uint8_t*>(value.mv_data), value.mv_size};
}

Bytes checksum(ByteView key, ByteView value) {
  Bytes message;
  append_u32(message, static_cast<std::uint32_t>(key.size()));
  append(message, key);
  append(message, value);
  const Sha256 digest = sha256(message);
  return {digest.begin(), digest.begin() + kChecksumSize};
}

Bytes checked_value(ByteView key, ByteView stored, const std::filesystem::path& file) {
  const bool bounded =
      stored.size() >= kChecksumSize && stored.size() <= kChecksumSize + limits::kStoreRecord;
  if (bounded) {
    const ByteView value = stored.subspan(kChecksumSize);
    const Bytes expected = checksum(key, value);
    if (std::equal(expected.begin(), expected.end(), stored.begin())) return {value.begin(), value.end()};
  }
  throw_damaged(file, "the record " + in_quotes(as_text(key)) + " does not match its checksum");
}

// flock(2): released by the kernel when the process dies; a wait ends with Ctrl-C.
void lock(const FileDescriptor& descriptor, int operation, const std::filesystem::path& file) {
  while (::flock(descriptor.get(), operation) != 0) {
    if (errno != EINTR) throw_errno("lock", file.string(), errno);
    throw_if_interrupted();
  }
}

class Locked {
 public:
  Locked(const FileDescriptor& descriptor, int operation, const std::filesystem::path& file)
      : descriptor_(descriptor) {
    lock(descriptor_, operation, file);
  }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;
  ~Locked() { ::flock(descriptor_.get(), LOCK_UN); }

 private:
  const FileDescriptor& descriptor_;
};

std::filesystem::path lock_file_of(const std::filesystem::path& file) {
  return file.string() + "-lock";
}

std::filesystem::path unfinished_of(const std::filesystem::path& file) {
  return file.string() + ".new";
}

// Borrows the records.
LmdbEnvironment::Change put_all(const std::vector<Record>& records) {
  return [&records](Transaction& transaction) {
    for (const auto& [key, value] : records) transaction.put(key, value);
  };
}

// Whether LMDB can have its lock file; makes it where it is absent.
bool can_lock(const std::filesystem::path& file) {
  const std::filesystem::path path = lock_file_of(file);
  const FileDescriptor descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (descriptor.is_open()) return true;
  if (errno == EROFS || errno == EACCES || errno == EPERM) return false;
  throw_errno("open", path.string(), errno);
}

}  // namespace

void Transaction::Abort::operator()(MDB_txn* transaction) const {
  mdb_txn_abort(transaction);
}

Transaction::Transaction(MDB_env* environment, unsigned flags, std::string file) : file_(std::move(file)) {
  MDB_txn* transaction = nullptr;
  int result = mdb_txn_begin(environment, nullptr, flags, &transaction);
  if (result == MDB_READERS_FULL) {
    int dead = 0;  // slots of killed readers
    require(mdb_reader_check(environment, &dead), "read", file_);
    result = mdb_txn_begin(environment, nullptr, flags, &transaction);
  }
  if (result == MDB_MAP_RESIZED) {  // another process made it grow
    require(mdb_env_set_mapsize(environment, 0), "map", file_);
    result = mdb_txn_begin(environment, nullptr, flags, &transaction);
  }
  require(result, "read", file_);
  transaction_.reset(transaction);
  require(mdb_dbi_open(transaction, nullptr, 0, &database_), "read", file_);
}

std::optional<Bytes> Transaction::get(std::string_view key) const {
  MDB_val name = as_value(as_bytes(key));
  MDB_val value{};
  const int result = mdb_get(transaction_.get(), database_, &name, &value);
  if (result == MDB_NOTFOUND) return std::nullopt;
  require(result, "read", file_);
  return checked_value(as_bytes(key), as_view(value), file_);
}

std::vector<Record> Transaction::list(std::string_view prefix) const {
  std::vector<Record> records;
  visit(prefix, [&](std::string_view key, ByteView value) {
    records.emplace_back(key, Bytes(value.begin(), value.end()));
  });
  return records;
}

void Transaction::visit(std::string_view prefix, const RecordVisitor& visitor) const {
  struct CloseCursor {
    void operator()(MDB_cursor* cursor) const { mdb_cursor_close(cursor); }
  };
  MDB_cursor* opened = nullptr;
  require(mdb_cursor_open(transaction_.get(), database_, &opened), "read", file_);
  const std::unique_ptr<MDB_cursor, CloseCursor> cursor(opened);
  MDB_val key = as_value(as_bytes(prefix));
  MDB_val value{};
  int result = mdb_cursor_get(cursor.get(), &key, &value, prefix.empty() ? MDB_FIRST : MDB_SET_RANGE);
  for (; result == MDB_SUCCESS; result = mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT)) {
    const std::string_view name = as_text(as_view(key));
    if (name.substr(0, prefix.size()) != prefix) return;
    visitor(name, checked_value(as_view(key), as_view(value), file_));
  }
  if (result != MDB_NOTFOUND) throw_lmdb("read", file_, result);
}

void Transaction::put(std::string_view key, ByteView value) {
  if (key.empty() || key.size() > kKeySize || value.size() > limits::kStoreRecord) {
    throw Error(ErrorKind::store, "the record " + in_quotes(key) + " is too large for the store");
  }
  Bytes stored = checksum(as_bytes(key), value);
  append(stored, value);
  MDB_val name = as_value(as_bytes(key));
  MDB_val content = as_value(stored);
  require(mdb_put(transaction_.get(), database_, &name, &content, 0), "write", file_);
}

void Transaction::erase(std::string_view key) {
  MDB_val name = as_value(as_bytes(key));
  const int result = mdb_del(transaction_.get(), database_, &name, nullptr);
  if (result != MDB_NOTFOUND) require(result, "write", file_);
}

void Transaction::commit() {
  // mdb_txn_commit frees the transaction whatever happens.
  require(mdb_txn_commit(transaction_.release()), "write", file_);
}

void LmdbEnvironment::Close::operator()(MDB_env* environment) const {
  mdb_env_close(environment);
}

LmdbEnvironment::LmdbEnvironment(std::filesystem::path folder, OpenMode mode)
    : folder_(std::move(folder)), file_(folder_ / "data.mdb"), mode_(mode) {}
LmdbEnvironment::LmdbEnvironment(LmdbEnvironment&&) noexcept = default;
LmdbEnvironment::~LmdbEnvironment() = default;

LmdbEnvironment::Environment LmdbEnvironment::open_lmdb(const std::filesystem::path& file, unsigned flags,
                                                        std::uint64_t map_size) {
  MDB_env* created = nullptr;
  require(mdb_env_create(&created), "open", file);
  Environment environment(created);
  require(mdb_env_set_maxreaders(created, kMaxReaders), "open", file);
  if (map_size != 0) require(mdb_env_set_mapsize(created, map_size), "open", file);
  // MDB_NOTLS: a thread may hold several snapshots.
  require(mdb_env_open(created, file.c_str(), flags | MDB_NOSUBDIR | MDB_NOTLS, 0600), "open", file);
  return environment;
}

void LmdbEnvironment::build(const std::filesystem::path& file, const Change& fill) {
  for (std::uint64_t size = kFirstMapSize; size <= limits::kStoreMap; size *= 2) {
    remove_leftover(file);
    try {
      // MDB_NOLOCK: nobody else knows this file yet.
      const Environment environment = open_lmdb(file, MDB_NOLOCK, size);
      Transaction transaction(environment.get(), 0, file.string());
      fill(transaction);
      transaction.commit();
    } catch (const MapFull&) {
      continue;
    }
    const FileDescriptor descriptor(::open(file.c_str(), O_RDWR | O_CLOEXEC));
    if (!descriptor.is_open()) throw_errno("open", file.string(), errno);
    if (::ftruncate(descriptor.get(), static_cast<off_t>(size)) != 0)
      throw_errno("write", file.string(), errno);
    return sync(descriptor, file);
  }
  throw Error(ErrorKind::store, in_quotes(file.string()) + " is full");
}

bool LmdbEnvironment::exists(const std::filesystem::path& folder) {
  struct stat status {};
  if (::lstat(folder.c_str(), &status) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  throw_errno("open", folder.string(), errno);
}

bool LmdbEnvironment::create(const std::filesystem::path& folder, const std::vector<Record>& records) {
  return create(folder, put_all(records));
}

bool LmdbEnvironment::create(const std::filesystem::path& folder, const Change& fill) {
  const std::filesystem::path parent = folder.parent_path();
  require_local_file_system(parent);
  const FileDescriptor parent_folder = open_folder(parent);
  const Locked alone(parent_folder, LOCK_EX, parent);
  if (exists(folder)) return false;
  // Under the lock, a folder of this name is what a killed process left.
  const std::filesystem::path unfinished = parent / ("." + folder.filename().string() + ".new");
  remove_leftover(unfinished);
  if (::mkdir(unfinished.c_str(), 0700) != 0) throw_errno("make", unfinished.string(), errno);
  const std::filesystem::path file = unfinished / "data.mdb";
  build(file, fill);
  static_cast<void>(can_lock(file));  // so that a later reader who is root does not make and own it
  sync(open_folder(unfinished), unfinished);
  if (::rename(unfinished.c_str(), folder.c_str()) != 0) throw_errno("make", folder.string(), errno);
  sync(parent_folder, parent);
  return true;
}

LmdbEnvironment LmdbEnvironment::open(const std::filesystem::path& folder, OpenMode mode) {
  if (!exists(folder)) throw Error(ErrorKind::store, "there is no store at " + in_quotes(folder.string()));
  require_local_file_system(folder);
  LmdbEnvironment environment(folder, mode);
  environment.use_lock_ = open_folder(folder);
  lock(environment.use_lock_, LOCK_SH, folder);
  environment.open_file();
  return environment;
}

void LmdbEnvironment::require_sound() const {
  require_sound_metas(write_lock_, file_);
  if (!child_can_walk(file_)) throw_damaged(file_, "a page of it cannot be read");
}

void LmdbEnvironment::open_file() {
  const int access = mode_ == OpenMode::read ? O_RDONLY : O_RDWR;
  write_lock_ = FileDescriptor(::open(file_.c_str(), access | O_CLOEXEC | O_NONBLOCK));
  if (!write_lock_.is_open()) {
    if (errno == ENOENT) throw_damaged(file_, "it is not there");
    if (mode_ == OpenMode::write && (errno == EROFS || errno == EACCES || errno == EPERM)) {
      throw Error(ErrorKind::store, "the store " + in_quotes(folder_.string()) + " is read-only");
    }
    throw_errno("open", file_.string(), errno);
  }
  // The first look is without a lock, so that readers never wait; beside a writer it may find trouble where
  // there is none, so the second one stops writers.
  try {
    require_sound();
  } catch (const Error&) {
    const Locked still(write_lock_, LOCK_SH, file_);
    require_sound();
  }
  // Nobody replaces the file while we hold the folder: a file of this name is what a killed process left.
  if (mode_ == OpenMode::write) remove_leftover(unfinished_of(file_));
  unsigned flags = mode_ == OpenMode::read ? MDB_RDONLY : 0;
  if (mode_ == OpenMode::read && !can_lock(file_)) {
    // Without LMDB's reader table a writer could reuse the pages that we read; our lock makes writers wait
    // instead.
    flags |= MDB_NOLOCK;
    lock(write_lock_, LOCK_SH, file_);
  }
  environment_ = open_lmdb(file_, flags, 0);
}

Transaction LmdbEnvironment::read() const {
  return {environment_.get(), MDB_RDONLY, file_.string()};
}

void LmdbEnvironment::require_writable() const {
  if (mode_ != OpenMode::write)
    throw Error(ErrorKind::internal, "a store that was opened to read is written");
}

void LmdbEnvironment::grow() {
  MDB_envinfo information{};
  require(mdb_env_info(environment_.get(), &information), "read", file_);
  const std::uint64_t size = std::uint64_t{information.me_mapsize} * 2;
  if (size > limits::kStoreMap) throw Error(ErrorKind::store, in_quotes(file_.string()) + " is full");
  // The file first: no meta page may tell more than the file has.
  struct stat status {};
  if (::fstat(write_lock_.get(), &status) != 0) throw_errno("read", file_.string(), errno);
  if (static_cast<std::uint64_t>(status.st_size) < size &&
      ::ftruncate(write_lock_.get(), static_cast<off_t>(size)) != 0) {
    throw_errno("write", file_.string(), errno);
  }
  require(mdb_env_set_mapsize(environment_.get(), size), "map", file_);
}

void LmdbEnvironment::write(const Change& change) {
  const Locked alone(write_lock_, LOCK_EX, file_);
  for (;;) {
    try {
      Transaction transaction(environment_.get(), 0, file_.string());
      return change(transaction);
    } catch (const MapFull&) {
      grow();
    }
  }
}

void LmdbEnvironment::update(const Change& change) {
  require_writable();
  write([&](Transaction& transaction) {
    change(transaction);
    transaction.commit();
  });
}

void LmdbEnvironment::keep_copy(const Transaction& transaction, std::string_view suffix) const {
  const std::filesystem::path copy = file_.string() + std::string(suffix);
  const std::vector<Record> records = transaction.list("");
  build(unfinished_of(copy), put_all(records));
  if (::rename(unfinished_of(copy).c_str(), copy.c_str()) != 0) throw_errno("make", copy.string(), errno);
  sync(use_lock_, folder_);
}

void LmdbEnvironment::replace_file(const Change& change) {
  // The change is tried on the old file and not committed; the new one gets only what is left, for a record
  // that was put and erased leaves its bytes in the page.
  std::vector<Record> records;
  write([&](Transaction& transaction) {
    change(transaction);
    records = transaction.list("");
  });
  const std::filesystem::path unfinished = unfinished_of(file_);
  build(unfinished, put_all(records));
  environment_.reset();
  if (::rename(unfinished.c_str(), file_.c_str()) != 0) throw_errno("replace", file_.string(), errno);
  sync(use_lock_, folder_);
}

void LmdbEnvironment::rewrite(const Change& change) {
  require_writable();
  // Replacing the file under an open environment would leave that one writing into an unlinked file.
  environment_.reset();
  try {
    lock(use_lock_, LOCK_EX, folder_);
    open_file();
    replace_file(change);
  } catch (const Error&) {
    lock(use_lock_, LOCK_SH, folder_);
    if (!environment_) open_file();
    throw;
  }
  lock(use_lock_, LOCK_SH, folder_);
  open_file();
}

}  // namespace certstore
