// One file sealed under a passphrase, written and read front to back in bounded memory. Knows nothing of what
// is in it. docs/keystore.md, "Backup and recovery", has the layout.
#pragma once

#include "certstore/base/file.h"
#include "certstore/base/secret.h"
#include "certstore/seal.h"

#include <cstdint>
#include <string_view>

namespace certstore {

// What stands before the sealed parts. All of it is bound to each part.
struct BackupHeader {
  KdfCost cost;
  std::array<std::uint8_t, 16> salt{};
  std::array<std::uint8_t, 24> stream{};  // where the key stream begins
};

class BackupWriter {
 public:
  // Writes the header. Throws Error(usage) for a cost out of bounds.
  BackupWriter(AtomicFile& file, const SecretBytes& passphrase, KdfCost cost);
  void write(ByteView bytes);
  // Seals what is left with the mark of the end; nothing is written after it.
  void finish();

 private:
  void seal_part(bool is_last);

  AtomicFile& file_;
  Bytes header_;
  SecretBytes state_;
  SecretBytes part_;  // plain bytes that are not sealed yet
  std::size_t filled_ = 0;
};

// A backup file whose header was checked and whose passphrase is right.
class BackupFile {
 public:
  // Throws Error(store) for a file that is none, of a newer version, or damaged in its header (before
  // Argon2id runs), and Error(passphrase) if and only if the header is sound and the passphrase another.
  BackupFile(InputFile file, const SecretBytes& passphrase);

  // Reads the file front to back, as often as it is made.
  class Reader {
   public:
    explicit Reader(const BackupFile& backup);
    // Fills `out`. Throws Error(store) telling what is wrong: changed bytes, cut short, or it ends before.
    void read(std::span<std::uint8_t> out);
    // Whether all was read, up to the mark of the end; throws Error(store) if bytes follow that.
    [[nodiscard]] bool at_end();

   private:
    void open_part();

    const BackupFile& backup_;
    std::uint64_t offset_;
    SecretBytes state_;
    Bytes sealed_;
    SecretBytes part_;
    std::size_t part_size_ = 0;
    std::size_t taken_ = 0;
    bool is_last_ = false;
  };

  [[nodiscard]] const std::string& name() const { return file_.name(); }
  [[noreturn]] void refuse(const std::string& why) const;

 private:
  void read_header();

  InputFile file_;
  Bytes bound_;
  BackupHeader header_;
  SecretBytes key_;
};

}  // namespace certstore
