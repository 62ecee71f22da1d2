#include "certstore/lmdb_file.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"

#include <fcntl.h>
#include <lmdb.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace certstore {
namespace {

// Of a meta page (LMDB 0.9, 64 bit, this machine's byte order): a page header of 16 bytes, then the meta.
constexpr std::size_t kMetaBytes = 16 + 136;
constexpr std::uint32_t kMagic = 0xBEEFC0DE;
constexpr std::uint32_t kVersion = 1;
constexpr std::uint16_t kMetaPageFlag = 8;
constexpr std::uint64_t kNoPage = ~std::uint64_t{0};

struct Meta {
  std::uint64_t page;
  std::uint64_t page_size;
  std::uint64_t map_size;
  std::uint64_t last_page;
  std::uint64_t transaction;
};

struct FileSize {
  std::uint64_t bytes;
  std::uint64_t page_size;
};

bool is_root(std::uint64_t root, std::uint64_t last_page) {
  return root == kNoPage || (root >= 2 && root <= last_page);
}

Meta parse_meta(ByteView bytes, const std::filesystem::path& file) {
  ByteReader reader(bytes, "meta page");
  Meta meta{};
  meta.page = reader.u64();
  reader.u16();
  const bool flagged = reader.u16() == kMetaPageFlag;
  reader.u32();
  const bool known = reader.u32() == kMagic && reader.u32() == kVersion;
  if (!flagged || !known) throw_damaged(file, "it is not an LMDB file of version 0.9");
  const std::uint64_t address = reader.u64();
  meta.map_size = reader.u64();
  meta.page_size = reader.u32();
  const std::uint16_t free_flags = reader.u16();
  reader.take(2 + 4 * 8);
  const std::uint64_t free_root = reader.u64();
  const std::uint32_t main_pad = reader.u32();
  const std::uint16_t main_flags = reader.u16();
  reader.take(2 + 4 * 8);
  const std::uint64_t main_root = reader.u64();
  meta.last_page = reader.u64();
  meta.transaction = reader.u64();
  // The flags that we give: MDB_INTEGERKEY for the free list, which LMDB sets itself, and none for the
  // records.
  const bool plain =
      address == 0 && free_flags == (MDB_INTEGERKEY | MDB_NOSUBDIR) && main_pad == 0 && main_flags == 0;
  if (!plain || !is_root(free_root, meta.last_page) || !is_root(main_root, meta.last_page)) {
    throw_damaged(file, "a meta page contradicts itself");
  }
  return meta;
}

Meta read_meta(const FileDescriptor& descriptor, std::uint64_t offset, const std::filesystem::path& file) {
  std::array<std::uint8_t, kMetaBytes> bytes{};
  const ssize_t got = ::pread(descriptor.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
  if (got < 0) throw_errno("read", file.string(), errno);
  if (static_cast<std::size_t>(got) != bytes.size()) throw_damaged(file, "it ends within a meta page");
  return parse_meta(bytes, file);
}

void require_fits(const Meta& meta, FileSize size, const std::filesystem::path& file) {
  if (meta.page_size != size.page_size) throw_damaged(file, "its meta pages contradict each other");
  if (meta.map_size > limits::kStoreMap || meta.map_size < 2 * size.page_size) {
    throw_damaged(file, "its meta page tells an impossible size");
  }
  if (meta.map_size > size.bytes || meta.last_page >= size.bytes / size.page_size) {
    throw_damaged(file, "it has " + std::to_string(size.bytes) + " bytes, and its meta page tells " +
                            std::to_string(meta.map_size));
  }
}

struct Walk {
  MDB_txn* transaction = nullptr;
  std::size_t last_page = 0;
  std::size_t pages = 2;  // the meta pages
};

// Calls `take` for each record; false if their number is not the one that the database tells. Damage can make
// a circle of pages: the walk ends at that number.
template <typename Take>
bool walk_database(Walk& walk, MDB_dbi database, Take take) {
  MDB_stat stat{};
  MDB_cursor* cursor = nullptr;
  if (mdb_stat(walk.transaction, database, &stat) != MDB_SUCCESS ||
      mdb_cursor_open(walk.transaction, database, &cursor) != MDB_SUCCESS ||
      stat.ms_entries > (walk.last_page + 1) * stat.ms_psize) {
    return false;
  }
  walk.pages += stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
  MDB_val key{};
  MDB_val value{};
  for (std::size_t i = 0; i < stat.ms_entries; ++i) {
    if (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) != MDB_SUCCESS || !take(key, value)) return false;
  }
  return mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == MDB_NOTFOUND;
}

// Touches every byte, and finds each record a second time by its key.
bool walk_records(Walk& walk, MDB_dbi database) {
  volatile std::uint8_t sum = 0;
  return walk_database(walk, database, [&](MDB_val key, const MDB_val& value) {
    MDB_val again{};
    if (mdb_get(walk.transaction, database, &key, &again) != MDB_SUCCESS || again.mv_data != value.mv_data)
      return false;
    for (const std::uint8_t byte : ByteView(static_cast<const std::uint8_t*>(value.mv_data), value.mv_size)) {
      sum = static_cast<std::uint8_t>(sum ^ byte);
    }
    return true;
  });
}

// The free list: lists of 8-byte page numbers, each with its length in front. A page that is listed and in
// use would be overwritten by the next writer.
bool walk_free_list(Walk& walk) {
  return walk_database(walk, 0, [&](const MDB_val&, const MDB_val& value) {
    ByteReader reader({static_cast<const std::uint8_t*>(value.mv_data), value.mv_size}, "free list");
    if (reader.left() < 8) return false;
    const std::uint64_t count = reader.u64();
    if (count > reader.left() / 8) return false;
    walk.pages += count;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t page = reader.u64();
      if (page < 2 || page > walk.last_page) return false;
    }
    return true;
  });
}

bool walk_file(const char* file) {
  MDB_env* environment = nullptr;
  if (mdb_env_create(&environment) != MDB_SUCCESS) return false;
  if (mdb_env_open(environment, file, MDB_NOSUBDIR | MDB_RDONLY | MDB_NOLOCK, 0600) != MDB_SUCCESS)
    return false;
  MDB_envinfo information{};
  Walk walk;
  MDB_dbi database = 0;
  if (mdb_env_info(environment, &information) != MDB_SUCCESS ||
      mdb_txn_begin(environment, nullptr, MDB_RDONLY, &walk.transaction) != MDB_SUCCESS ||
      mdb_dbi_open(walk.transaction, nullptr, 0, &database) != MDB_SUCCESS) {
    return false;
  }
  walk.last_page = information.me_last_pgno;
  // Every page is in use or free, none is both.
  return walk_records(walk, database) && walk_free_list(walk) && walk.pages == walk.last_page + 1;
}

// Never returns. A damaged page may kill it by a signal, an assertion of LMDB, or an endless loop.
[[noreturn]] void run_child(const char* file) {
  for (const int signal : {SIGBUS, SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGXCPU}) ::signal(signal, SIG_DFL);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  const rlimit seconds{30, 30};
  ::setrlimit(RLIMIT_CPU, &seconds);
  const int silence = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (silence >= 0) ::dup2(silence, STDERR_FILENO);
  bool sound = false;
  try {
    sound = walk_file(file);
  } catch (const std::exception&) {
    sound = false;
  }
  ::_exit(sound ? 0 : 1);
}

}  // namespace

void throw_damaged(const std::filesystem::path& file, const std::string& what) {
  throw Error(ErrorKind::store, in_quotes(file.string()) + " is damaged: " + what,
              "nothing in it was changed; put back a copy of the store, or move " +
                  shell_quoted(file.parent_path().string()) + " away and start anew");
}

void require_sound_metas(const FileDescriptor& descriptor, const std::filesystem::path& file) {
  struct stat status {};
  if (::fstat(descriptor.get(), &status) != 0) throw_errno("read", file.string(), errno);
  if (!S_ISREG(status.st_mode)) throw_damaged(file, "it is not a regular file");
  FileSize size{static_cast<std::uint64_t>(status.st_size), 0};
  if (size.bytes == 0) throw_damaged(file, "it is empty");
  const Meta first = read_meta(descriptor, 0, file);
  size.page_size = first.page_size;
  // 512 is the least and 32768 the largest page of LMDB.
  const bool power_of_two = (size.page_size & (size.page_size - 1)) == 0;
  if (size.page_size < 512 || size.page_size > 32768 || !power_of_two || size.bytes % size.page_size != 0) {
    throw_damaged(file, "its size is not a number of pages");
  }
  const Meta second = read_meta(descriptor, size.page_size, file);
  require_fits(first, size, file);
  require_fits(second, size, file);
  // LMDB writes the meta pages in turn: the even transactions the first, the odd ones the second.
  const bool in_turn =
      first.transaction == second.transaction
          ? first.transaction == 0
          : first.transaction % 2 == 0 && second.transaction % 2 == 1 &&
                (first.transaction + 1 == second.transaction || second.transaction + 1 == first.transaction);
  if (first.page != 0 || second.page != 1 || !in_turn) {
    throw_damaged(file, "its meta pages contradict each other");
  }
}

bool child_can_walk(const std::filesystem::path& file) {
  const std::string name = file.string();
  const pid_t child = ::fork();
  if (child < 0) throw_errno("start a process to look at", name, errno);
  if (child == 0) run_child(name.c_str());
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw_errno("wait for the process that looks at", name, errno);
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool is_network_file_system(std::uint64_t type) {
  // NFS, SMB, CIFS, SMB2: statfs(2).
  constexpr std::array<std::uint64_t, 4> kNetwork = {0x6969, 0x517B, 0xFF534D42, 0xFE534D42};
  return std::find(kNetwork.begin(), kNetwork.end(), type & 0xFFFFFFFF) != kNetwork.end();
}

void require_local_file_system(const std::filesystem::path& folder) {
  struct statfs status {};
  if (::statfs(folder.c_str(), &status) != 0) throw_errno("use", folder.string(), errno);
  if (is_network_file_system(static_cast<std::uint64_t>(status.f_type))) {
    throw Error(
        ErrorKind::store,
        in_quotes(folder.string()) + " is on a network file system, where locks do not hold between machines",
        "put the store on a local disk: set PKGTRUST_STORE or use --store");
  }
}

}  // namespace certstore
