#include "certstore/trust_store.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/json_record.h"
#include "certstore/trust_record_json.h"
#include "certstore/trust_store_names.h"
#include "certstore/trust_store_schema.h"

#include <algorithm>
#include <utility>

namespace certstore {
namespace {

constexpr std::size_t kLeastPrefix = 4;
constexpr std::string_view kRecordPrefix = trust_records::kRecordPrefix;
constexpr std::string_view kSerialPrefix = trust_records::kSerialPrefix;

std::string name_in(std::string_view prefix, std::string_view name) {
  return std::string(prefix) + std::string(name);
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

std::string name_of_record(std::string_view id) {
  return name_in(kRecordPrefix, id);
}

// What is decided about whom: the certificate or the file.
AuditEvent event_about(std::string_view action, const TrustRecord& record) {
  AuditEvent event{.action = std::string(action)};
  if (record.subject == TrustRecord::Subject::content) {
    event.file = record.label;
    event.sha256 = record.sha256;
  } else {
    event.alias = record.label;
    event.signer = record.sha256;
  }
  event.detail =
      std::string(name_of(record.kind)) + " " + record.id + ", by " + std::string(name_of(record.origin));
  return event;
}

TrustStore TrustStore::open_or_create(const std::filesystem::path& folder) {
  if (!LmdbEnvironment::exists(folder)) {
    // False when somebody else made it just now: as good.
    static_cast<void>(LmdbEnvironment::create(folder, {trust_schema::header()}));
  }
  TrustStore store(LmdbEnvironment::open(folder, OpenMode::write));
  static_cast<void>(trust_schema::read(store.environment_.read()));
  return store;
}

std::optional<TrustStore> TrustStore::open_if_present(const std::filesystem::path& folder, OpenMode mode) {
  if (!LmdbEnvironment::exists(folder)) return std::nullopt;
  TrustStore store(LmdbEnvironment::open(folder, mode));
  static_cast<void>(trust_schema::read(store.environment_.read()));
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
  change(actor, [&](Transaction& transaction) {
    const std::string name = name_in(kRecordPrefix, kept.id);
    if (const std::optional<Bytes> present = transaction.get(name)) {
      TrustRecord other = parse_trust_record(*present);
      if (!decides_the_same(kept, other)) {
        throw Error(ErrorKind::store, "another trust record has the id " + in_quotes(kept.id),
                    "change its reason");
      }
      // What a person decides too does not go with the bundle that said it first.
      if (other.origin != TrustRecord::Origin::bundle || kept.origin == other.origin) {
        kept = std::move(other);
        return;
      }
    }
    transaction.put(name, to_json(kept));
    append_audit(transaction, event_about("trust add", kept), actor, nullptr);
  });
  return kept;
}

TrustRecord TrustStore::remove(std::string_view prefix, const Actor& actor) {
  TrustRecord removed;
  change(actor, [&](Transaction& transaction) {
    removed = find_in(transaction, prefix);
    transaction.erase(name_in(kRecordPrefix, removed.id));
    append_audit(transaction, event_about("trust remove", removed), actor, nullptr);
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
  change(actor, [&](Transaction& transaction) {
    const std::optional<AcceptedSerial> present = find_serial(transaction, name);
    if (present && present->serial >= serial) return;
    transaction.put(serial_name(name), to_record(name, {.serial = serial, .accepted = actor.when}));
    append_audit(transaction,
                 {.action = "serial",
                  .signer = name.signer,
                  .detail = std::to_string(serial) + " of the package " + name.package},
                 actor, nullptr);
  });
}

void TrustStore::change(const Actor& actor, const LmdbEnvironment::Change& change) {
  environment_.update([&](Transaction& transaction) {
    if (trust_schema::read(transaction) != trust_schema::kPresent) {
      environment_.keep_copy(transaction, trust_schema::kCopySuffix);
      trust_schema::migrate(transaction, actor);
    }
    change(transaction);
  });
}

std::optional<std::string> TrustStore::note(const AuditEvent& event, const Actor& actor,
                                            const HeadSigner* signer) {
  std::optional<std::string> broken;
  change(actor, [&](Transaction& transaction) { broken = append_audit(transaction, event, actor, signer); });
  return broken;
}

std::vector<AuditRecord> TrustStore::audit_log() const {
  const Transaction transaction = environment_.read();
  if (trust_schema::read(transaction) != trust_schema::kPresent) return trust_schema::read_lines(transaction);
  std::vector<AuditRecord> records;
  transaction.visit(audit_records::kPrefix,
                    [&](std::string_view, ByteView json) { records.push_back(parse_audit_record(json)); });
  return records;
}

bool TrustStore::has_audit_chain() const {
  return trust_schema::read(environment_.read()) == trust_schema::kPresent;
}

AuditHead TrustStore::audit_head() const {
  const Transaction transaction = environment_.read();
  const bool has_chain = trust_schema::read(transaction) == trust_schema::kPresent;
  const auto head = has_chain ? find_audit_head(transaction) : std::nullopt;
  return head ? *head : new_audit_log();
}

AuditState TrustStore::check_audit(const AuditExpectation& expectation) const {
  return certstore::check_audit(environment_.read(), expectation);
}

void TrustStore::require_whole() const {
  for (const CrlRecord& record : crls()) {
    if (!record.list.is_signed_by(record.chain.front()))
      throw Error(ErrorKind::store,
                  "the revocation list " + in_quotes(id_of(record.list)) + " is not signed");
  }
  environment_.read().visit("", [](std::string_view name, ByteView value) {
    if (name.starts_with(kRecordPrefix)) return static_cast<void>(parse_trust_record(value));
    if (name.starts_with(kSerialPrefix)) {
      const auto [sealed, accepted] = parse_serial(value);
      if (name == serial_name(sealed)) return;
      throw Error(ErrorKind::store, "the accepted serial of " + in_quotes(sealed.package) + " is misplaced");
    }
    if (name.starts_with(bundle_records::kPrefix)) {
      const KeptBundle kept = parse_kept_bundle(value);
      if (name == name_of_kept(kept.name)) return;
      throw Error(ErrorKind::store, "the imported bundle " + in_quotes(kept.name) + " is misplaced");
    }
    if (name.starts_with(crl_records::kPrefix) || name.starts_with(crl_records::kListPrefix)) return;
    if (name.starts_with("audit") || name == trust_schema::header().first) return;
    throw Error(ErrorKind::store,
                "the trust store has a record " + in_quotes(name) + " that this version does not know");
  });
}

void TrustStore::compact() {
  environment_.rewrite([](Transaction&) {});
}

}  // namespace certstore
