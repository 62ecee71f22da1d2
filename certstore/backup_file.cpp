#include "certstore/backup_file.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/interrupt.h"
#include "certstore/base/limits.h"
#include "certstore/digest.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

namespace certstore {
namespace {

constexpr std::string_view kMagic = "pkgtrust backup ";
constexpr std::string_view kVersion = "1\n";
constexpr std::size_t kSumSize = 32;
// Magic and version, passes, memory, salt, stream, proof of the passphrase, sum of all before it.
constexpr std::size_t kFixedSize = kMagic.size() + kVersion.size() + 8 + 8 + 16 + 24;
constexpr std::size_t kHeaderSize = kFixedSize + kSumSize + kSumSize;
constexpr std::size_t kPartSize = 64 << 10;
constexpr std::size_t kPartExtra = crypto_secretstream_xchacha20poly1305_ABYTES;
constexpr std::size_t kLengthSize = 4;
constexpr std::uint64_t kStreamKey = 1;
constexpr std::uint64_t kProofKey = 2;
static_assert(sizeof(BackupHeader::stream) == crypto_secretstream_xchacha20poly1305_HEADERBYTES);
static_assert(kSumSize == crypto_generichash_BYTES);

using State = crypto_secretstream_xchacha20poly1305_state;

// The state holds the key of the stream.
State* state_in(SecretBytes& memory) {
  return reinterpret_cast<State*>(memory.writable().data());
}

SecretBytes subkey(const SecretBytes& key, std::uint64_t number) {
  SecretBytes made(crypto_secretstream_xchacha20poly1305_KEYBYTES);
  if (crypto_kdf_derive_from_key(made.writable().data(), made.size(), number, "pkgtbkup",
                                 key.view().data()) != 0) {
    throw Error(ErrorKind::internal, "deriving a key of a backup failed");
  }
  return made;
}

// Shows that a passphrase is right without opening a part, and binds the file to one key.
Bytes proof_of(const SecretBytes& key, ByteView fixed) {
  const SecretBytes proof_key = subkey(key, kProofKey);
  Bytes proof(kSumSize);
  if (crypto_generichash(proof.data(), proof.size(), fixed.data(), fixed.size(), proof_key.view().data(),
                         proof_key.size()) != 0) {
    throw Error(ErrorKind::internal, "authenticating a backup failed");
  }
  return proof;
}

Bytes fixed_part(const BackupHeader& header) {
  Bytes bytes;
  append(bytes, as_bytes(kMagic));
  append(bytes, as_bytes(kVersion));
  append_u64(bytes, header.cost.passes);
  append_u64(bytes, header.cost.memory);
  append(bytes, header.salt);
  append(bytes, header.stream);
  return bytes;
}

}  // namespace

BackupWriter::BackupWriter(AtomicFile& file, const SecretBytes& passphrase, KdfCost cost)
    : file_(file), state_(sizeof(State)), part_(kPartSize) {
  require_within_bounds(cost);
  BackupHeader header;
  header.cost = cost;
  randombytes_buf(header.salt.data(), header.salt.size());
  const SecretBytes key = derive_key(passphrase, header.salt, cost);
  const SecretBytes stream_key = subkey(key, kStreamKey);
  if (crypto_secretstream_xchacha20poly1305_init_push(state_in(state_), header.stream.data(),
                                                      stream_key.view().data()) != 0) {
    throw Error(ErrorKind::internal, "starting a backup failed");
  }
  header_ = fixed_part(header);
  append(header_, proof_of(key, header_));
  append(header_, sha256(header_));
  file_.write(header_);
}

void BackupWriter::write(ByteView bytes) {
  while (!bytes.empty()) {
    // A full part is sealed when more follows: the last one, full or not, has the mark of the end.
    if (filled_ == kPartSize) seal_part(false);
    const ByteView piece = bytes.first(std::min(bytes.size(), kPartSize - filled_));
    std::copy(piece.begin(), piece.end(), part_.writable().begin() + static_cast<std::ptrdiff_t>(filled_));
    filled_ += piece.size();
    bytes = bytes.subspan(piece.size());
  }
}

void BackupWriter::finish() {
  seal_part(true);
}

void BackupWriter::seal_part(bool is_last) {
  throw_if_interrupted();
  const std::size_t size = filled_ + kPartExtra;
  Bytes sealed;
  append_u32(sealed, static_cast<std::uint32_t>(size));
  sealed.resize(kLengthSize + size);
  const unsigned char tag = is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
                                    : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
  if (crypto_secretstream_xchacha20poly1305_push(state_in(state_), sealed.data() + kLengthSize, nullptr,
                                                 part_.view().data(), filled_, header_.data(), header_.size(),
                                                 tag) != 0) {
    throw Error(ErrorKind::internal, "sealing a backup failed");
  }
  filled_ = 0;
  file_.write(sealed);
}

BackupFile::BackupFile(InputFile file, const SecretBytes& passphrase) : file_(std::move(file)) {
  read_header();
  const SecretBytes key = derive_key(passphrase, header_.salt, header_.cost);
  const Bytes proof = proof_of(key, ByteView(bound_).first(kFixedSize));
  if (sodium_memcmp(proof.data(), bound_.data() + kFixedSize, kSumSize) != 0) {
    throw Error(ErrorKind::passphrase, "the passphrase does not open the backup " + in_quotes(name()),
                "a backup has a passphrase of its own, given when it was made (--file-passphrase)");
  }
  key_ = subkey(key, kStreamKey);
}

void BackupFile::refuse(const std::string& why) const {
  throw Error(ErrorKind::store, "the backup " + in_quotes(name()) + " is damaged: " + why,
              "take another copy of it");
}

void BackupFile::read_header() {
  Bytes begin(kMagic.size());
  if (file_.size() >= begin.size()) file_.read_at(0, begin);
  if (as_text(begin) != kMagic) {
    throw Error(ErrorKind::store, in_quotes(name()) + " is not a backup: it does not begin as one",
                "pkgsign backup create -o FILE makes one");
  }
  if (file_.size() < kHeaderSize) refuse("it is cut short, in its header");
  bound_.resize(kHeaderSize);
  file_.read_at(0, bound_);
  ByteReader reader(bound_, "backup header");
  reader.take(kMagic.size());
  if (as_text(reader.take(kVersion.size())) != kVersion) {
    throw Error(ErrorKind::store, "the backup " + in_quotes(name()) + " is of a version that is not known",
                "it was made by a newer pkgtrust, or is damaged");
  }
  // Chance damage is told from a wrong passphrase; whoever changes it on purpose can make the sum anew, and
  // then it is the proof that fails.
  const Sha256 sum = sha256(ByteView(bound_).first(kHeaderSize - kSumSize));
  if (!std::equal(sum.begin(), sum.end(), bound_.end() - static_cast<std::ptrdiff_t>(kSumSize))) {
    refuse("its header was changed");
  }
  header_.cost.passes = reader.u64();
  header_.cost.memory = reader.u64();
  // A large cost would stop the machine, a small one be a gift to whoever guesses.
  if (!within_bounds(header_.cost)) refuse("its header asks for a passphrase cost that is out of bounds");
  std::ranges::copy(reader.take(header_.salt.size()), header_.salt.begin());
  std::ranges::copy(reader.take(header_.stream.size()), header_.stream.begin());
}

BackupFile::Reader::Reader(const BackupFile& backup)
    : backup_(backup), offset_(kHeaderSize), state_(sizeof(State)), part_(kPartSize) {
  if (crypto_secretstream_xchacha20poly1305_init_pull(state_in(state_), backup_.header_.stream.data(),
                                                      backup_.key_.view().data()) != 0) {
    throw Error(ErrorKind::internal, "starting to read a backup failed");
  }
}

void BackupFile::Reader::open_part() {
  throw_if_interrupted();
  const std::uint64_t left = backup_.file_.size() - offset_;
  const std::string place = "the part at byte " + std::to_string(offset_);
  if (left == 0) backup_.refuse("it is cut short, its end is missing");
  if (left < kLengthSize) backup_.refuse("it is cut short, in " + place);
  Bytes length(kLengthSize);
  backup_.file_.read_at(offset_, length);
  const std::uint32_t size = ByteReader(length, "part of a backup").u32();
  if (size < kPartExtra || size > kPartSize + kPartExtra) backup_.refuse(place + " was changed");
  if (size > left - kLengthSize) backup_.refuse("it is cut short, or " + place + " was changed");
  sealed_.resize(size);
  backup_.file_.read_at(offset_ + kLengthSize, sealed_);
  unsigned char tag = 0;
  unsigned long long written = 0;
  if (crypto_secretstream_xchacha20poly1305_pull(state_in(state_), part_.writable().data(), &written, &tag,
                                                 sealed_.data(), sealed_.size(), backup_.bound_.data(),
                                                 backup_.bound_.size()) != 0) {
    backup_.refuse(place + " was changed");
  }
  is_last_ = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  part_size_ = static_cast<std::size_t>(written);
  taken_ = 0;
  offset_ += kLengthSize + size;
}

void BackupFile::Reader::read(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    if (taken_ == part_size_) {
      if (is_last_) backup_.refuse("what is sealed in it ends too early");
      open_part();
      continue;
    }
    const ByteView piece = part_.view().subspan(taken_, std::min(out.size(), part_size_ - taken_));
    std::ranges::copy(piece, out.begin());
    taken_ += piece.size();
    out = out.subspan(piece.size());
  }
}

bool BackupFile::Reader::at_end() {
  while (taken_ == part_size_ && !is_last_) open_part();
  if (taken_ != part_size_) return false;
  const std::uint64_t more = backup_.file_.size() - offset_;
  if (more != 0) backup_.refuse(std::to_string(more) + " bytes follow its end");
  return true;
}

}  // namespace certstore
