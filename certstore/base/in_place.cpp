#include "certstore/base/in_place.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/digest.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

namespace certstore {
namespace {

constexpr std::string_view kMagic = "pkgtrust in-place record 1\n";
// The first block of what is new is the header by which all behind it is found.
constexpr std::size_t kHead = 512;
// Of the bytes that stay, those by which the record knows its file.
constexpr std::uint64_t kWitness = 64 << 10;

struct Record {
  std::uint64_t old_size = 0;
  std::uint64_t new_size = 0;
  std::uint64_t keep = 0;
  Bytes witness;     // SHA-256 of the first and last bytes that stay
  Bytes new_digest;  // SHA-256 of the new tail
  Bytes old_tail;
};

std::filesystem::path record_path(const std::filesystem::path& path) {
  // The name is cut so that it fits NAME_MAX (255); the witness tells files apart.
  return path.parent_path() / ("." + path.filename().string().substr(0, 200) + ".in-place");
}

Bytes read_part(const InputFile& file, std::uint64_t offset, std::uint64_t size) {
  Bytes bytes(static_cast<std::size_t>(size));
  file.read_at(offset, bytes);
  return bytes;
}

Bytes witness_of(const InputFile& file, std::uint64_t keep) {
  const std::uint64_t part = std::min(kWitness, keep);
  Bytes bytes = read_part(file, 0, part);
  append(bytes, read_part(file, keep - part, part));
  return digest(DigestAlgorithm::sha256, bytes);
}

Bytes bytes_of(const Record& record) {
  Bytes bytes;
  append(bytes, as_bytes(kMagic));
  append_u64(bytes, record.old_size);
  append_u64(bytes, record.new_size);
  append_u64(bytes, record.keep);
  append(bytes, record.witness);
  append(bytes, record.new_digest);
  append(bytes, record.old_tail);
  append(bytes, digest(DigestAlgorithm::sha256, bytes));
  return bytes;
}

// Nothing for what is no whole record: it was never the last word, since the file is written only after it.
std::optional<Record> parse(ByteView bytes) {
  constexpr std::size_t kDigest = 32;
  constexpr std::size_t kFixed = kMagic.size() + 3 * sizeof(std::uint64_t) + 2 * kDigest;
  if (bytes.size() < kFixed + kDigest || as_text(bytes.first(kMagic.size())) != kMagic) return std::nullopt;
  const ByteView body = bytes.first(bytes.size() - kDigest);
  const Bytes sum = digest(DigestAlgorithm::sha256, body);
  if (!std::equal(sum.begin(), sum.end(), bytes.begin() + static_cast<std::ptrdiff_t>(body.size()))) {
    return std::nullopt;
  }
  ByteReader reader(body.subspan(kMagic.size()), "the record");
  Record record;
  record.old_size = reader.u64();
  record.new_size = reader.u64();
  record.keep = reader.u64();
  for (Bytes* const part : {&record.witness, &record.new_digest}) {
    const ByteView found = reader.take(kDigest);
    part->assign(found.begin(), found.end());
  }
  const ByteView old = reader.take(reader.left());
  record.old_tail.assign(old.begin(), old.end());
  const bool fits = record.keep <= record.old_size && record.keep <= record.new_size &&
                    record.old_size - record.keep == record.old_tail.size() &&
                    record.new_size - record.keep <= limits::kNewTail;
  return fits ? std::optional(record) : std::nullopt;
}

std::optional<Record> find_record(const std::filesystem::path& path) {
  const std::filesystem::path place = record_path(path);
  const FileDescriptor found(::open(place.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!found.is_open()) return std::nullopt;
  struct stat status {};
  if (::fstat(found.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  const InputFile file(FileDescriptor(::fcntl(found.get(), F_DUPFD_CLOEXEC, 0)), place.string());
  if (file.size() > limits::kNewTail + (1 << 10)) return std::nullopt;
  return parse(read_part(file, 0, file.size()));
}

InPlaceState state_of(const InputFile& file, const Record& record) {
  if (file.size() < record.keep || witness_of(file, record.keep) != record.witness) return InPlaceState::none;
  if (file.size() > std::max(record.old_size, record.new_size)) return InPlaceState::none;
  const Bytes tail = read_part(file, record.keep, file.size() - record.keep);
  if (tail == record.old_tail) return InPlaceState::before;
  if (digest(DigestAlgorithm::sha256, tail) == record.new_digest) return InPlaceState::after;
  return InPlaceState::interrupted;
}

void sync_folder_of(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const FileDescriptor open(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!open.is_open() || (::fsync(open.get()) != 0 && errno != EINVAL)) {
    throw_errno("write in", folder.string(), errno);
  }
}

void remove_record(const std::filesystem::path& path) {
  const std::filesystem::path place = record_path(path);
  if (::unlink(place.c_str()) != 0 && errno != ENOENT) throw_errno("remove", place.string(), errno);
  sync_folder_of(path);
}

// The file, open for writing, with no other of our kind at it.
class Writing {
 public:
  Writing(const std::filesystem::path& path, int flags) : path_(path) {
    descriptor_ = FileDescriptor(::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (!descriptor_.is_open()) throw_errno("write", path.string(), errno);
    if (::flock(descriptor_.get(), LOCK_EX | LOCK_NB) != 0) {
      throw Error(ErrorKind::io, in_quotes(path.string()) + " is being changed by another program",
                  "try again");
    }
  }
  [[nodiscard]] int descriptor() const { return descriptor_.get(); }

  void put(std::uint64_t offset, ByteView bytes) const {
    while (!bytes.empty()) {
      const ssize_t put = ::pwrite(descriptor_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) throw_errno("write", path_.string(), errno);
      offset += static_cast<std::uint64_t>(put);
      bytes = bytes.subspan(static_cast<std::size_t>(put));
    }
    sync();
  }
  void cut(std::uint64_t size) const {
    if (::ftruncate(descriptor_.get(), static_cast<off_t>(size)) != 0) {
      throw_errno("write", path_.string(), errno);
    }
    sync();
  }
  // Everything from `keep` on: content before the header that leads to it, the end of the file last.
  void replace_tail(std::uint64_t keep, ByteView tail) const {
    const std::size_t head = std::min(kHead, tail.size());
    put(keep + head, tail.subspan(head));
    put(keep, tail.first(head));
    cut(keep + tail.size());
  }

 private:
  void sync() const {
    if (::fsync(descriptor_.get()) != 0) throw_errno("write", path_.string(), errno);
  }
  const std::filesystem::path& path_;
  FileDescriptor descriptor_;
};

bool is_same_file(int one, int other) {
  struct stat a {};
  struct stat b {};
  return ::fstat(one, &a) == 0 && ::fstat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

void take_back(const Writing& writing, const Record& record, const Error& because) {
  try {
    writing.replace_tail(record.keep, record.old_tail);
  } catch (const Error&) {
    throw Error(because.kind(), std::string(because.what()) + ", nor what was there",
                "the record beside the file has it: pkgsign sign --in-place again brings it back");
  }
}

}  // namespace

InPlaceState in_place_state(const InputFile& file) {
  if (file.path().empty()) return InPlaceState::none;
  const auto record = find_record(file.path());
  return record ? state_of(file, *record) : InPlaceState::none;
}

bool is_one_file(const InputFile& file, const InputFile& other) {
  return is_same_file(file.descriptor(), other.descriptor());
}

void forget_in_place(const std::filesystem::path& path) {
  if (::access(record_path(path).c_str(), F_OK) == 0) remove_record(path);
}

bool can_write_in_place(const InputFile& file, std::uint64_t keep, ByteView tail) {
  struct stat status {};
  return !file.path().empty() && keep <= file.size() && file.size() - keep <= limits::kNewTail &&
         tail.size() <= limits::kNewTail && ::fstat(file.descriptor(), &status) == 0 &&
         status.st_nlink == 1 && ::access(file.path().c_str(), W_OK) == 0;
}

void write_in_place(const InputFile& file, std::uint64_t keep, ByteView tail) {
  const std::filesystem::path& path = file.path();
  const Writing writing(path, O_RDWR);
  if (!is_same_file(writing.descriptor(), file.descriptor())) {
    throw Error(ErrorKind::io, in_quotes(path.string()) + " was replaced while it was read", "try again");
  }
  Record record{file.size(),
                keep + tail.size(),
                keep,
                witness_of(file, keep),
                digest(DigestAlgorithm::sha256, tail),
                read_part(file, keep, file.size() - keep)};
  AtomicFile beside(record_path(path));
  beside.write(bytes_of(record));
  file.require_unchanged();
  beside.commit(Existing::replace);
  try {
    writing.replace_tail(keep, tail);
  } catch (const Error& error) {
    take_back(writing, record, error);
    remove_record(path);
    throw Error(error.kind(), error.what(), "the file is as it was");
  }
  remove_record(path);
}

InPlaceState repair_in_place(const std::filesystem::path& path) {
  const auto record = find_record(path);
  if (!record) return InPlaceState::none;
  InPlaceState state = InPlaceState::none;
  {
    const InputFile file = InputFile::open(path);
    state = state_of(file, *record);
  }
  if (state == InPlaceState::none) return state;  // of another file: not ours to remove
  if (state == InPlaceState::interrupted) Writing(path, O_RDWR).replace_tail(record->keep, record->old_tail);
  remove_record(path);
  return state;
}

}  // namespace certstore
