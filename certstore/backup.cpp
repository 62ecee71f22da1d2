#include "certstore/backup.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/file_digest.h"
#include "certstore/key_store_record.h"

#include <algorithm>
#include <set>
#include <utility>

namespace certstore {
namespace {

constexpr std::string_view kNote = "note";
constexpr std::string_view kMasterKey = "master-key";
constexpr std::string_view kKeysPrefix = "keys/";
constexpr std::string_view kTrustPrefix = "trust/";
// LMDB's names are bounded, and a prefix comes before.
constexpr std::size_t kNameSize = 512;
constexpr std::size_t kMasterKeySize = 32;

void write_record(BackupWriter& writer, std::string_view name, ByteView value) {
  Bytes sizes;
  append_u32(sizes, static_cast<std::uint32_t>(name.size()));
  append_u32(sizes, static_cast<std::uint32_t>(value.size()));
  writer.write(sizes);
  writer.write(as_bytes(name));
  writer.write(value);
}

struct RecordHead {
  std::string name;
  std::size_t value_size = 0;
};

RecordHead read_head(const BackupFile& file, BackupFile::Reader& reader) {
  Bytes sizes(8);
  reader.read(sizes);
  ByteReader numbers(sizes, "sizes of a record");
  const std::uint32_t name_size = numbers.u32();
  const std::uint32_t value_size = numbers.u32();
  if (name_size > kNameSize || value_size > limits::kStoreRecord) file.refuse("a record in it is too large");
  Bytes name(name_size);
  reader.read(name);
  return {std::string(as_text(name)), value_size};
}

Bytes read_value(BackupFile::Reader& reader, const RecordHead& head) {
  Bytes value(head.value_size);
  reader.read(value);
  return value;
}

BackupNote read_note(const BackupFile& file) {
  BackupFile::Reader reader(file);
  const RecordHead head = read_head(file, reader);
  if (head.name != kNote) file.refuse("it does not begin with its note");
  return parse_backup_note(read_value(reader, head), "backup note");
}

MasterKey read_master_key(const BackupFile& file) {
  BackupFile::Reader reader(file);
  static_cast<void>(read_value(reader, read_head(file, reader)));
  const RecordHead head = read_head(file, reader);
  if (head.name != kMasterKey || head.value_size != kMasterKeySize) file.refuse("it has no master key");
  SecretBytes key(head.value_size);
  reader.read(key.writable());
  return MasterKey(std::move(key));
}

BackupNote note_of(const Transaction& keys, Instant now) {
  std::set<Sha256> found;
  keys.visit(key_records::kIdentityPrefix, [&](std::string_view name, ByteView value) {
    const std::string alias(name.substr(key_records::kIdentityPrefix.size()));
    found.insert(parse_identity(value, alias).identity.signer().public_key_sha256());
  });
  return {.made = now, .keys = {found.begin(), found.end()}};
}

void write_keys(BackupWriter& writer, const Transaction& keys) {
  // Header and roster first: with them each identity can be judged as it comes.
  for (const std::string_view name : {key_records::kHeader, key_records::kRoster}) {
    const std::optional<Bytes> value = keys.get(name);
    if (!value) throw Error(ErrorKind::store, "the key store has no " + in_quotes(name));
    write_record(writer, std::string(kKeysPrefix) + std::string(name), *value);
  }
  keys.visit("", [&](std::string_view name, ByteView value) {
    // The note of the backup that is made now takes the place of the last one.
    if (name == key_records::kHeader || name == key_records::kRoster || name == key_records::kBackup) return;
    write_record(writer, std::string(kKeysPrefix) + std::string(name), value);
  });
}

void write_store(BackupWriter& writer, const BackupOrigin& origin, Instant now) {
  const Transaction keys = origin.keys.snapshot();
  write_record(writer, kNote, to_record(note_of(keys, now)));
  write_record(writer, kMasterKey, origin.key.bytes().view());
  write_keys(writer, keys);
  if (origin.trust != nullptr) {
    origin.trust->snapshot().visit("", [&](std::string_view name, ByteView value) {
      write_record(writer, std::string(kTrustPrefix) + std::string(name), value);
    });
  }
  writer.finish();
}

}  // namespace

Backup::Backup(InputFile file, const SecretBytes& passphrase)
    : file_(std::move(file), passphrase), note_(read_note(file_)), master_key_(read_master_key(file_)) {}

void Backup::visit(Part part, const RecordVisitor& visitor) const {
  const std::string_view wanted = part == Part::keys ? kKeysPrefix : kTrustPrefix;
  BackupFile::Reader reader(file_);
  std::size_t number = 0;
  while (!reader.at_end()) {
    const RecordHead head = read_head(file_, reader);
    if (++number <= 2) {  // the note and the master key, which the constructor read
      SecretBytes passed(head.value_size);
      reader.read(passed.writable());
      continue;
    }
    const Bytes value = read_value(reader, head);
    const std::string_view name = head.name;
    if (!name.starts_with(kKeysPrefix) && !name.starts_with(kTrustPrefix)) {
      refuse("it has a record " + in_quotes(name) + " that this version does not know");
    }
    if (name.starts_with(wanted)) visitor(name.substr(wanted.size()), value);
  }
}

BackupContents create_backup(const std::filesystem::path& path, const BackupOrigin& origin,
                             const BackupTerms& terms) {
  AtomicFile file(path, 0600);
  BackupWriter writer(file, terms.passphrase, terms.cost);
  write_store(writer, origin, terms.now);
  const BackupContents contents = check_backup(Backup(file.reopen(), terms.passphrase));
  terms.before_naming(sha256_of(file.reopen()));
  file.commit(Existing::refuse);
  return contents;
}

}  // namespace certstore
