#include "certstore/trust_store.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/trust_store_names.h"

#include <utility>

namespace certstore {
namespace {

constexpr std::size_t kLeastPrefix = 4;

std::vector<CrlRecord> records_of(const Transaction& transaction, std::string_view prefix) {
  std::vector<CrlRecord> records;
  for (const auto& [name, json] : transaction.list(name_of_crl(prefix))) {
    const std::string id = name.substr(crl_records::kPrefix.size());
    const std::optional<Bytes> list = transaction.get(name_of_crl_list(id));
    if (!list)
      throw Error(ErrorKind::store, "the revocation list " + in_quotes(id) + " of the store is gone");
    CrlRecord record = parse_crl_record(json, *list);
    if (id_of(record.list) != id)
      throw Error(ErrorKind::store, "the revocation list " + in_quotes(id) + " has the id of another");
    records.push_back(std::move(record));
  }
  return records;
}

CrlRecord find_in(const Transaction& transaction, std::string_view prefix) {
  if (prefix.size() < kLeastPrefix) {
    throw Error(ErrorKind::usage, in_quotes(prefix) + " is too short for the id of a revocation list",
                "give at least " + std::to_string(kLeastPrefix) + " of its digits");
  }
  std::vector<CrlRecord> records = records_of(transaction, prefix);
  if (records.empty()) {
    throw Error(ErrorKind::store, "there is no revocation list " + in_quotes(prefix),
                "see 'pkgverify crl list'");
  }
  if (records.size() > 1) {
    throw Error(ErrorKind::store, "several revocation lists begin with " + in_quotes(prefix),
                "give more of its digits");
  }
  return std::move(records.front());
}

void require_newer(const Crl& list, const Crl& present) {
  if (list.is_after(present)) return;
  throw Error(ErrorKind::store,
              "the revocation list of " + in_quotes(list.issuer()) + " has number " + list.number_hex() +
                  " of " + to_date(list.this_update()) + ", and the store has number " +
                  present.number_hex() + " of " + to_date(present.this_update()),
              "an older list may not name who was revoked since; if the CA began anew: --force");
}

}  // namespace

std::string name_of_crl(std::string_view id) {
  return std::string(crl_records::kPrefix) + std::string(id);
}

std::string name_of_crl_list(std::string_view id) {
  return std::string(crl_records::kListPrefix) + std::string(id);
}

AuditEvent event_about(std::string_view action, const CrlRecord& record) {
  return {.action = std::string(action),
          .sha256 = record.list.sha256(),
          .alias = record.list.issuer(),
          .signer = record.chain.front().sha256(),
          .detail = "revocation list " + id_of(record.list) + ", number " + record.list.number_hex() +
                    " of " + to_rfc3339(record.list.this_update())};
}

std::vector<CrlRecord> TrustStore::crls() const {
  return records_of(environment_.read(), "");
}

CrlRecord TrustStore::find_crl(std::string_view prefix) const {
  return find_in(environment_.read(), prefix);
}

bool TrustStore::add_crl(const CrlRecord& record, bool force, const Actor& actor) {
  bool added = false;
  change(actor, [&](Transaction& transaction) {
    const std::string id = id_of(record.list);
    const std::vector<CrlRecord> present = records_of(transaction, id);
    added = present.empty() || present.front().list.sha256() != record.list.sha256();
    if (!added) return;
    if (!present.empty() && !force) require_newer(record.list, present.front().list);
    if (present.empty() && transaction.list(crl_records::kPrefix).size() >= limits::kCrls) {
      throw Error(ErrorKind::store, "the store has " + std::to_string(limits::kCrls) + " revocation lists",
                  "take one out: pkgverify crl remove");
    }
    CrlRecord kept = record;
    kept.added = actor.when;
    kept.added_by = actor.user;
    transaction.put(name_of_crl(id), to_json(kept));
    transaction.put(name_of_crl_list(id), kept.list.der());
    append_audit(transaction, event_about("crl add", kept), actor, nullptr);
  });
  return added;
}

CrlRecord TrustStore::remove_crl(std::string_view prefix, const Actor& actor) {
  std::optional<CrlRecord> removed;
  change(actor, [&](Transaction& transaction) {
    removed = find_in(transaction, prefix);
    transaction.erase(name_of_crl(id_of(removed->list)));
    transaction.erase(name_of_crl_list(id_of(removed->list)));
    append_audit(transaction, event_about("crl remove", *removed), actor, nullptr);
  });
  return std::move(*removed);
}

}  // namespace certstore
