#include "certstore/base/error.h"
#include "certstore/bundle_difference.h"
#include "certstore/json_record.h"
#include "certstore/trust_record_json.h"
#include "certstore/trust_store.h"
#include "certstore/trust_store_names.h"

namespace certstore {
namespace {

// All that a difference is made from: what rests under these names, with the names.
Sha256 digest_of_state(const Transaction& transaction) {
  Bytes digests;
  for (const std::string_view prefix : {trust_records::kRecordPrefix, crl_records::kPrefix,
                                        crl_records::kListPrefix, bundle_records::kPrefix}) {
    transaction.visit(prefix, [&](std::string_view name, ByteView value) {
      append(digests, sha256(as_bytes(name)));
      append(digests, sha256(value));
    });
  }
  return sha256(digests);
}

void put_record(Transaction& transaction, const TrustRecord& record, const Actor& actor) {
  transaction.put(name_of_record(record.id), to_json(record));
  append_audit(transaction, event_about("trust add", record), actor, nullptr);
}

void erase_record(Transaction& transaction, const TrustRecord& record, const Actor& actor) {
  transaction.erase(name_of_record(record.id));
  append_audit(transaction, event_about("trust remove", record), actor, nullptr);
}

void put_list(Transaction& transaction, CrlRecord record, const Actor& actor) {
  const std::string id = id_of(record.list);
  record.added = actor.when;
  record.added_by = actor.user;
  transaction.put(name_of_crl(id), to_json(record));
  transaction.put(name_of_crl_list(id), record.list.der());
  append_audit(transaction, event_about("crl add", record), actor, nullptr);
}

void require_as_agreed(const Transaction& transaction, const BundleDifference& agreed) {
  if (digest_of_state(transaction) == agreed.store) return;
  throw Error(ErrorKind::store, "the store was changed since the difference was shown", "look again");
}

std::string account_of(const BundleDifference& found) {
  std::string text = found.after.name + " version " + std::to_string(found.after.version);
  if (found.before) text += ", after version " + std::to_string(found.before->version);
  return text;
}

}  // namespace

std::vector<KeptBundle> TrustStore::bundles() const {
  std::vector<KeptBundle> kept;
  environment_.read().visit(bundle_records::kPrefix, [&](std::string_view, ByteView value) {
    kept.push_back(parse_kept_bundle(value));
  });
  return kept;
}

Sha256 TrustStore::digest_of_empty() {
  return sha256({});
}

TrustState TrustStore::state() const {
  // Read before and after: what a writer changes between the parts does not go into one difference.
  for (;;) {
    const Sha256 digest = digest_of_state(environment_.read());
    TrustState state{.records = list(), .crls = crls(), .bundles = bundles(), .digest = digest};
    if (digest_of_state(environment_.read()) == digest) return state;
  }
}

void TrustStore::import_bundle(const BundleDifference& agreed, const AuditEvent& event, const Actor& actor) {
  change(actor, [&](Transaction& transaction) {
    require_as_agreed(transaction, agreed);
    for (const ChangedRecord& record : agreed.changed) {
      erase_record(transaction, record.before, actor);
      put_record(transaction, record.after, actor);
    }
    for (const TrustRecord& record : agreed.withdrawn) erase_record(transaction, record, actor);
    for (const TrustRecord& record : agreed.added) put_record(transaction, record, actor);
    for (const TrustRecord& record : agreed.retired) put_record(transaction, record, actor);
    for (const CrlRecord& record : agreed.lists) put_list(transaction, record, actor);
    KeptBundle kept = agreed.after;
    kept.imported = actor.when;
    kept.imported_by = actor.user;
    transaction.put(name_of_kept(kept.name), to_json(kept));
    AuditEvent told = event;
    told.action = "trust import";
    told.detail = account_of(agreed);
    append_audit(transaction, told, actor, nullptr);
  });
}

void TrustStore::forget_bundle(const BundleDifference& agreed, const Actor& actor) {
  change(actor, [&](Transaction& transaction) {
    require_as_agreed(transaction, agreed);
    for (const TrustRecord& record : agreed.withdrawn) erase_record(transaction, record, actor);
    transaction.erase(name_of_kept(agreed.after.name));
    AuditEvent told;
    told.action = "trust forget";
    told.detail = agreed.after.name + " version " + std::to_string(agreed.after.version);
    append_audit(transaction, told, actor, nullptr);
  });
}

}  // namespace certstore
