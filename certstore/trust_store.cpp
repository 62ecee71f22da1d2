#include "certstore/trust_store.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/json_record.h"
#include "certstore/key_store_record.h"
#include "certstore/trust_record_json.h"

#include <algorithm>
#include <utility>

namespace certstore {
namespace {

constexpr std::uint64_t kTrustStoreSchema = 1;
constexpr std::size_t kLeastPrefix = 4;
constexpr std::string_view kHeader = "header";
constexpr std::string_view kRecordPrefix = trust_records::kRecordPrefix;
constexpr std::string_view kSerialPrefix = trust_records::kSerialPrefix;
constexpr std::string_view kAuditPrefix = trust_records::kAuditPrefix;
constexpr std::string_view kAuditCount = "audit-count";

std::string name_in(std::string_view prefix, std::string_view name) {
  return std::string(prefix) + std::string(name);
}

void require_known_header(const Transaction& transaction) {
  const std::optional<Bytes> header = transaction.get(kHeader);
  if (!header) throw Error(ErrorKind::store, "the trust store has no header", "put back a copy of the store");
  require_known_schema(JsonRecord(*header, "header").number("schema"), kTrustStoreSchema, "trust store");
}

std::vector<TrustRecord> records_of(const Transaction& transaction, std::string_view prefix) {
  std::vector<TrustRecord> records;
  for (const auto& [name, bytes] : transaction.list(name_in(kRecordPrefix, prefix))) {
    TrustRecord record = parse_trust_record(bytes);
    if (name != name_in(kRecordPrefix, record.id)) {
      throw Error(ErrorKind::store, "the trust record " + in_quotes(name) + " has the id of another");
    }
    records.push_back(std::move(record));
  }
  return records;
}

TrustRecord find_in(const Transaction& transaction, std::string_view prefix) {
  if (prefix.size() < kLeastPrefix) {
    throw Error(ErrorKind::usage, in_quotes(prefix) + " is too short for the id of a trust record",
                "give at least " + std::to_string(kLeastPrefix) + " of its digits");
  }
  std::vector<TrustRecord> records = records_of(transaction, prefix);
  if (records.empty()) {
    throw Error(ErrorKind::store, "there is no trust record " + in_quotes(prefix),
                "see 'pkgverify trust list'");
  }
  if (records.size() > 1) {
    throw Error(ErrorKind::store, "several trust records begin with " + in_quotes(prefix),
                "give more of its digits");
  }
  return std::move(records.front());
}

std::uint64_t audit_count(const Transaction& transaction) {
  const std::optional<Bytes> count = transaction.get(kAuditCount);
  return count ? ByteReader(*count, "number of audit entries").u64() : 0;
}

void append_audit(Transaction& transaction, AuditEntry entry) {
  entry.number = audit_count(transaction) + 1;
  Bytes count;
  append_u64(count, entry.number);
  transaction.put(kAuditCount, count);
  // Big-endian digits, so that LMDB's order is that of the numbers.
  Bytes digits(8);
  for (std::size_t i = 0; i < 8; ++i) digits[i] = static_cast<std::uint8_t>(entry.number >> (56 - 8 * i));
  transaction.put(name_in(kAuditPrefix, to_hex(digits)), to_bytes({{"number", entry.number},
                                                                   {"time", to_rfc3339(entry.time)},
                                                                   {"action", entry.action},
                                                                   {"record", entry.record},
                                                                   {"who", escaped(entry.who)}}));
}

AuditEntry parse_audit(ByteView bytes) {
  JsonRecord json(bytes, "audit entry");
  AuditEntry entry;
  entry.number = json.number("number");
  entry.time = json.instant("time");
  entry.action = json.text("action");
  entry.record = json.text("record");
  entry.who = json.text("who");
  json.finish();
  return entry;
}

// Of fixed length, whatever the package is called.
std::string serial_name(const SealedName& name) {
  Bytes message(name.signer.begin(), name.signer.end());
  append(message, as_bytes(name.package));
  return name_in(kSerialPrefix, to_hex(sha256(message)));
}

std::pair<SealedName, AcceptedSerial> parse_serial(ByteView bytes) {
  JsonRecord json(bytes, "accepted serial");
  std::pair<SealedName, AcceptedSerial> found;
  json.hex("signer", found.first.signer);
  found.first.package = as_text(json.base64("package"));
  found.second.serial = json.number("serial");
  found.second.accepted = json.instant("accepted");
  json.finish();
  return found;
}

// A package may be called anything: in base64 it is safe in JSON.
Bytes to_record(const SealedName& name, const AcceptedSerial& accepted) {
  return to_bytes({{"signer", to_hex(name.signer)},
                   {"package", to_base64(as_bytes(name.package))},
                   {"serial", accepted.serial},
                   {"accepted", to_rfc3339(accepted.accepted)}});
}

std::optional<AcceptedSerial> find_serial(const Transaction& transaction, const SealedName& name) {
  const std::optional<Bytes> bytes = transaction.get(serial_name(name));
  if (!bytes) return std::nullopt;
  return parse_serial(*bytes).second;
}

bool decides_the_same(TrustRecord a, const TrustRecord& b) {
  a.label = b.label;
  a.made_by = b.made_by;
  a.made_at = b.made_at;
  a.origin = b.origin;
  return a == b;
}

}  // namespace

TrustStore TrustStore::open_or_create(const std::filesystem::path& folder) {
  if (!LmdbEnvironment::exists(folder)) {
    // False when somebody else made it just now: as good.
    static_cast<void>(
        LmdbEnvironment::create(folder, {{std::string(kHeader), to_bytes({{"schema", kTrustStoreSchema}})}}));
  }
  TrustStore store(LmdbEnvironment::open(folder, OpenMode::write));
  require_known_header(store.environment_.read());
  return store;
}

std::optional<TrustStore> TrustStore::open_if_present(const std::filesystem::path& folder, OpenMode mode) {
  if (!LmdbEnvironment::exists(folder)) return std::nullopt;
  TrustStore store(LmdbEnvironment::open(folder, mode));
  require_known_header(store.environment_.read());
  return store;
}

std::vector<TrustRecord> TrustStore::list() const {
  std::vector<TrustRecord> records = records_of(environment_.read(), "");
  std::stable_sort(records.begin(), records.end(),
                   [](const TrustRecord& a, const TrustRecord& b) { return a.made_at < b.made_at; });
  return records;
}

TrustRecord TrustStore::find(std::string_view prefix) const {
  return find_in(environment_.read(), prefix);
}

TrustRecord TrustStore::add(const TrustRecord& record, const Actor& actor) {
  require_consistent(record);
  TrustRecord kept = record;
  kept.id = id_of(record);
  environment_.update([&](Transaction& transaction) {
    const std::string name = name_in(kRecordPrefix, kept.id);
    if (const std::optional<Bytes> present = transaction.get(name)) {
      TrustRecord other = parse_trust_record(*present);
      if (!decides_the_same(kept, other)) {
        throw Error(ErrorKind::store, "another trust record has the id " + in_quotes(kept.id),
                    "change its reason");
      }
      kept = std::move(other);
      return;
    }
    transaction.put(name, to_json(kept));
    append_audit(
        transaction,
        {.number = 0, .time = actor.when, .action = "trust add", .record = kept.id, .who = actor.who});
  });
  return kept;
}

TrustRecord TrustStore::remove(std::string_view prefix, const Actor& actor) {
  TrustRecord removed;
  environment_.update([&](Transaction& transaction) {
    removed = find_in(transaction, prefix);
    transaction.erase(name_in(kRecordPrefix, removed.id));
    append_audit(
        transaction,
        {.number = 0, .time = actor.when, .action = "trust remove", .record = removed.id, .who = actor.who});
  });
  return removed;
}

std::optional<AcceptedSerial> TrustStore::accepted_serial(const SealedName& name) const {
  return find_serial(environment_.read(), name);
}

std::vector<std::pair<SealedName, AcceptedSerial>> TrustStore::accepted_serials() const {
  std::vector<std::pair<SealedName, AcceptedSerial>> serials;
  for (const auto& [name, bytes] : environment_.read().list(kSerialPrefix))
    serials.push_back(parse_serial(bytes));
  return serials;
}

void TrustStore::raise_serial(const SealedName& name, std::uint64_t serial, const Actor& actor) {
  environment_.update([&](Transaction& transaction) {
    const std::optional<AcceptedSerial> present = find_serial(transaction, name);
    if (present && present->serial >= serial) return;
    transaction.put(serial_name(name), to_record(name, {.serial = serial, .accepted = actor.when}));
    append_audit(transaction, {.number = 0,
                               .time = actor.when,
                               .action = "serial " + std::to_string(serial),
                               .record = escaped(name.package),
                               .who = actor.who});
  });
}

void TrustStore::note(std::string_view action, std::string_view about, const Actor& actor) {
  environment_.update([&](Transaction& transaction) {
    append_audit(transaction, {.number = 0,
                               .time = actor.when,
                               .action = std::string(action),
                               .record = std::string(about),
                               .who = actor.who});
  });
}

std::vector<AuditEntry> TrustStore::audit_log() const {
  std::vector<AuditEntry> entries;
  for (const auto& [name, bytes] : environment_.read().list(kAuditPrefix)) {
    entries.push_back(parse_audit(bytes));
    if (entries.back().number != entries.size()) {
      throw Error(ErrorKind::store,
                  "the audit log has a gap before entry " + std::to_string(entries.back().number));
    }
  }
  return entries;
}

}  // namespace certstore
