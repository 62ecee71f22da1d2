// One folder with an LMDB file in it: a small ordered map of records that survives a kill at any moment,
// serves many readers beside one writer, and refuses a damaged file before LMDB maps it. Not shared between
// threads, and not opened twice in one process (POSIX locks of LMDB). docs/keystore.md tells the layout and
// the locks.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/file.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct MDB_env;
struct MDB_txn;

namespace certstore {

enum class OpenMode { read, write };

using Record = std::pair<std::string, Bytes>;
// Both views are valid only during the call.
using RecordVisitor = std::function<void(std::string_view key, ByteView value)>;

// A transaction; aborted by its destructor unless commit() was called. Keys have 1 to 500 bytes, values at
// most limits::kStoreRecord. Every value rests with a checksum over key and value; one that does not match is
// Error(store).
class Transaction {
 public:
  Transaction(Transaction&&) noexcept = default;
  Transaction& operator=(Transaction&&) = delete;

  [[nodiscard]] std::optional<Bytes> get(std::string_view key) const;
  // All records whose key begins with `prefix`, in the order of the keys.
  [[nodiscard]] std::vector<Record> list(std::string_view prefix) const;
  // The same, one after the other; nothing may be put or erased meanwhile.
  void visit(std::string_view prefix, const RecordVisitor& visitor) const;
  void put(std::string_view key, ByteView value);
  void erase(std::string_view key);  // nothing happens where there is none

 private:
  friend class LmdbEnvironment;
  struct Abort {
    void operator()(MDB_txn* transaction) const;
  };
  Transaction(MDB_env* environment, unsigned flags, std::string file);
  void commit();

  std::unique_ptr<MDB_txn, Abort> transaction_;
  std::string file_;
  unsigned database_ = 0;
};

class LmdbEnvironment {
 public:
  using Change = std::function<void(Transaction&)>;

  // Makes `folder` (0700) with these records; it appears whole or not at all. Returns false, and changes
  // nothing, if it is there already.
  [[nodiscard]] static bool create(const std::filesystem::path& folder, const std::vector<Record>& records);
  // The same with what `fill` puts; it runs again when the file was too small.
  [[nodiscard]] static bool create(const std::filesystem::path& folder, const Change& fill);
  // Whether there is such a folder.
  [[nodiscard]] static bool exists(const std::filesystem::path& folder);
  // Throws Error(store) when the folder is absent, on a network file system, or its file is damaged (no byte
  // of it is changed then), and, to write, when it is read-only.
  static LmdbEnvironment open(const std::filesystem::path& folder, OpenMode mode);

  LmdbEnvironment(LmdbEnvironment&&) noexcept;
  LmdbEnvironment& operator=(LmdbEnvironment&&) = delete;
  ~LmdbEnvironment();

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  // A snapshot. End it before update() or rewrite().
  [[nodiscard]] Transaction read() const;
  // Runs `change` and commits; waits for another writer. `change` runs again after the file had to grow. What
  // `change` throws leaves the old state.
  void update(const Change& change);
  // The same, into a new file that holds nothing but the records and replaces the old one: bytes of removed
  // records are not in it. Waits until nobody else has the environment open.
  void rewrite(const Change& change);
  // Leaves a copy of what `transaction` sees beside the file, under its name with `suffix`; replaces an older
  // one. For use in a change that an older version could not read any more.
  void keep_copy(const Transaction& transaction, std::string_view suffix) const;

 private:
  struct Close {
    void operator()(MDB_env* environment) const;
  };
  using Environment = std::unique_ptr<MDB_env, Close>;

  LmdbEnvironment(std::filesystem::path folder, OpenMode mode);
  static Environment open_lmdb(const std::filesystem::path& file, unsigned flags, std::uint64_t map_size);
  static void build(const std::filesystem::path& file, const Change& fill);
  void open_file();
  void require_sound() const;
  void replace_file(const Change& change);
  void require_writable() const;
  void write(const Change& change);
  void grow();

  std::filesystem::path folder_;
  std::filesystem::path file_;
  OpenMode mode_;
  FileDescriptor use_lock_;  // the folder: shared by every user, exclusive for whoever replaces the file
  FileDescriptor
      write_lock_;  // the file: exclusive while writing, shared by readers that cannot have LMDB's locks
  Environment environment_;
};

}  // namespace certstore
