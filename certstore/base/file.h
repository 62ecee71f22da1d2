// Files: opened once and read by position; written beside their place and put there whole.
#pragma once

#include "certstore/base/bytes.h"

#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <string>

namespace certstore {

// Owns a file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  int release();

 private:
  int fd_ = -1;
};

// A regular file, opened once for reading. Reads are by position (pread), so threads may share it; a file cut
// short under us is an Error, never a signal (which mmap would give).
class InputFile {
 public:
  // Opens `path`; "-" spools standard input to an unlinked temporary file. Throws Error(io) when it is
  // absent, unreadable or not a regular file.
  static InputFile open(const std::filesystem::path& path);
  // Takes an open descriptor; `name` is what messages call it.
  InputFile(FileDescriptor descriptor, std::string name);

  [[nodiscard]] const std::string& name() const { return name_; }
  // Where it was opened; empty where that is no place, as for standard input.
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] int descriptor() const { return descriptor_.get(); }
  // Fills the whole of `out` from `offset`; throws Error(io) if the file ends before.
  void read_at(std::uint64_t offset, std::span<std::uint8_t> out) const;
  // Returns all bytes; throws Error(malformed) if there are more than `limit`.
  [[nodiscard]] Bytes read_all(std::size_t limit) const;
  // Throws Error(io) "changed while it was read" unless size, mtime and ctime are those of the opening.
  void require_unchanged() const;
  // The file as it would be if its bytes from `keep` on were these: for judging what is not written yet. It
  // has no path.
  [[nodiscard]] InputFile with_tail(std::uint64_t keep, Bytes tail) const;

 private:
  void read_own(std::uint64_t offset, std::span<std::uint8_t> out) const;
  FileDescriptor descriptor_;
  std::string name_;
  std::filesystem::path path_;
  std::uint64_t own_size_ = 0;  // of the bytes that are those of the descriptor; then come those of tail_
  Bytes tail_;
  std::uint64_t size_ = 0;
  struct stat opened_ {};
};

enum class Existing { refuse, replace };

// A new file that appears at its path whole, or not at all: written to an unnamed file in the target's folder
// (a kill leaves nothing behind where the file system has O_TMPFILE), fsynced, linked or renamed into place.
class AtomicFile {
 public:
  // Throws Error(io) if the folder is absent or not writable. Mode is subject to the umask.
  explicit AtomicFile(std::filesystem::path path, mode_t mode = 0666);
  AtomicFile(AtomicFile&&) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();  // discards what was not committed

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] int descriptor() const { return descriptor_.get(); }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  void write(ByteView bytes);
  // Copies `size` bytes of `from` at `offset`, in the kernel where it can.
  void copy(const InputFile& from, std::uint64_t offset, std::uint64_t size);
  // Takes the first `size` bytes of `from` over without copying them, where the file system can share them
  // (reflink) and nothing was written yet; else false.
  [[nodiscard]] bool share(const InputFile& from, std::uint64_t size);
  // A second descriptor on what was written so far, for reading it back before commit().
  [[nodiscard]] InputFile reopen() const;
  // Makes the file durable and visible. With Existing::refuse an existing path is an Error(io) and stays.
  void commit(Existing existing);

 private:
  std::filesystem::path path_;
  FileDescriptor folder_;
  FileDescriptor descriptor_;
  std::string temporary_name_;  // empty while the file has no name
  std::uint64_t size_ = 0;
};

}  // namespace certstore
