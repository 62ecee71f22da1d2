#include "verifier/trust_import_text.h"

#include "certstore/base/escape.h"
#include "verifier/report_text.h"
#include "verifier/trust_text.h"

#include <nlohmann/json.hpp>

#include <sstream>

namespace verifier {
namespace {

using certstore::BundleDifference;
using certstore::Certificate;
using certstore::CrlRecord;
using certstore::escaped;
using certstore::in_quotes;
using certstore::KeptBundle;
using certstore::to_rfc3339;
using certstore::TrustRecord;
using Json = nlohmann::ordered_json;

std::string allowed_by(const TrustRecord& record) {
  std::string text;
  for (const auto& allowed : record.allowed) {
    text += ", allows " + allowed.name + (allowed.until ? " until " + to_rfc3339(*allowed.until) : "");
  }
  return text;
}

// What it opens, on one line.
std::string terms_of(const TrustRecord& record) {
  std::string text = record.subject == TrustRecord::Subject::content ? "this file" : scope_of(record);
  if (record.kind == TrustRecord::Kind::retire) text = "retired";
  if (record.from != certstore::Instant{}) text += ", from " + to_rfc3339(record.from);
  text += record.until ? ", until " + to_rfc3339(*record.until) : ", no end";
  text += allowed_by(record);
  if (record.bound_required) text += ", bound only";
  return text;
}

void write_decision(std::string_view word, const TrustRecord& record, std::ostream& out) {
  out << word << "  " << escaped(record.label) << "\n";
  write_fact(out, 2, "subject", subject_of(record));
  write_fact(out, 2, "terms", terms_of(record));
  if (!record.reason.empty()) write_fact(out, 2, "reason", escaped(record.reason));
}

void write_all(std::string_view word, const std::vector<TrustRecord>& records, std::ostream& out) {
  for (const TrustRecord& record : records) write_decision(word, record, out);
}

bool same_keys(const KeptBundle& a, const KeptBundle& b) {
  if (a.threshold != b.threshold || a.keys.size() != b.keys.size()) return false;
  for (std::size_t i = 0; i < a.keys.size(); ++i) {
    if (a.keys[i].public_key_sha256() != b.keys[i].public_key_sha256()) return false;
  }
  return true;
}

void write_heading(const BundleDifference& found, const ImportFacts& facts, std::ostream& out) {
  const KeptBundle& after = found.after;
  out << "bundle " << in_quotes(after.name) << ", version " << after.version << ", until "
      << to_rfc3339(after.expires) << "\n";
  write_fact(out, 2, "file", escaped(facts.file));
  for (const Certificate& signer : facts.signers) {
    write_fact(out, 2, "signed by",
               escaped(signer.subject()) + ", sha256:" + certstore::to_hex(signer.sha256()));
  }
  write_fact(out, 2, "before",
             found.before ? "version " + std::to_string(found.before->version) + ", imported on " +
                                certstore::to_date(found.before->imported)
                          : "no version of it was imported");
  if (found.before && same_keys(*found.before, after)) return;
  write_fact(out, 2, "next one by",
             std::to_string(after.threshold) + " of these keys" + (found.before ? " (changed)" : ""));
  for (const Certificate& key : after.keys) {
    write_fact(out, 4, "key", escaped(key.subject()) + ", sha256:" + certstore::to_hex(key.sha256()));
  }
}

void write_policy(const BundleDifference& found, std::ostream& out) {
  if (!found.policy_changes()) return;
  if (!found.after.policy) {
    out << "policy  the one of the version before is withdrawn\n";
    return;
  }
  out << "policy  this store judges by it from now on, unless --policy names one\n";
  std::istringstream lines(*found.after.policy);
  for (std::string line; std::getline(lines, line);) out << "    " << escaped(line) << "\n";
}

Json record_json(const TrustRecord& record) {
  std::ostringstream line;
  write_record_json(record, {}, line);
  return Json::parse(line.str());
}

Json records_json(const std::vector<TrustRecord>& records) {
  Json array = Json::array();
  for (const TrustRecord& record : records) array.push_back(record_json(record));
  return array;
}

Json keys_json(const std::vector<Certificate>& keys) {
  Json array = Json::array();
  for (const Certificate& key : keys) {
    array.push_back({{"subject", escaped(key.subject())}, {"sha256", certstore::to_hex(key.sha256())}});
  }
  return array;
}

}  // namespace

void write_kept(const KeptBundle& kept, certstore::Instant now, std::ostream& out) {
  out << "bundle " << in_quotes(kept.name) << ", version " << kept.version << ", "
      << (now < kept.expires ? "until " : "ended on ") << to_rfc3339(kept.expires) << "\n";
  write_fact(out, 2, "imported", to_rfc3339(kept.imported) + " by " + escaped(kept.imported_by));
  write_fact(out, 2, "decisions", std::to_string(kept.records.size()));
  write_fact(out, 2, "policy", kept.policy ? "that of this store" : "none");
  write_fact(out, 2, "next one by", std::to_string(kept.threshold) + " of these keys");
  for (const Certificate& key : kept.keys) {
    write_fact(out, 4, "key", escaped(key.subject()) + ", sha256:" + certstore::to_hex(key.sha256()));
  }
}

void write_kept_json(const KeptBundle& kept, std::ostream& out) {
  const Json object = {{"schema", 1},
                       {"name", kept.name},
                       {"version", kept.version},
                       {"expires", to_rfc3339(kept.expires)},
                       {"document", certstore::to_hex(kept.document)},
                       {"imported", to_rfc3339(kept.imported)},
                       {"importedBy", escaped(kept.imported_by)},
                       {"records", kept.records},
                       {"policy", kept.policy ? Json(*kept.policy) : Json(nullptr)},
                       {"keys", keys_json(kept.keys)},
                       {"threshold", kept.threshold}};
  out << object.dump(-1, ' ', true) << "\n";
}

void write_forgetting(const BundleDifference& found, std::ostream& out) {
  out << "bundle " << in_quotes(found.after.name) << ", version " << found.after.version << "\n";
  write_all("withdraws", found.withdrawn, out);
  write_all("stays retired", found.still_retired, out);
  if (found.policy_changes()) out << "policy  it goes with the bundle: this store then judges by its own\n";
  out << "withdraws " << found.withdrawn.size()
      << "; retirements, revocation lists and what others say stay\n"
      << "its version and keys are forgotten: an older version could be imported again\n";
}

std::string summary_of(const BundleDifference& found) {
  return "adds " + std::to_string(found.added.size()) + ", changes " + std::to_string(found.changed.size()) +
         ", retires " + std::to_string(found.retired.size()) + ", withdraws " +
         std::to_string(found.withdrawn.size()) + ", leaves " + std::to_string(found.unchanged) +
         " as they are\nrevocation lists: " + std::to_string(found.lists.size()) + " new, " +
         std::to_string(found.lists_unchanged) + " there already, " + std::to_string(found.lists_older) +
         " older than the store's";
}

void write_difference(const BundleDifference& found, const ImportFacts& facts, std::ostream& out) {
  write_heading(found, facts, out);
  write_all("adds", found.added, out);
  for (const certstore::ChangedRecord& record : found.changed) {
    write_decision("changes", record.after, out);
    write_fact(out, 2, "before", terms_of(record.before));
  }
  write_all("retires", found.retired, out);
  for (const TrustRecord& record : found.overruled) {
    write_decision("overrules", record, out);
    write_fact(out, 2, "note",
               "record " + escaped(record.id) +
                   " was made here; it stays, and counts no more: the bundle retires "
                   "that key");
  }
  for (const TrustRecord& record : found.retired_here) {
    write_decision("is retired here", record, out);
    write_fact(out, 2, "note", "this store retired that key: the bundle's trust in it has no force");
  }
  write_all("withdraws", found.withdrawn, out);
  write_all("stays retired", found.still_retired, out);
  for (const CrlRecord& record : found.lists) {
    out << "revocation list  " << escaped(record.list.issuer()) << "\n";
    write_fact(out, 2, "number",
               record.list.number_hex() + " (hexadecimal), until " + to_rfc3339(record.list.next_update()));
  }
  write_policy(found, out);
  out << summary_of(found) << "\n";
}

void write_difference_json(const BundleDifference& found, const ImportFacts& facts, std::ostream& out) {
  Json changed = Json::array();
  for (const certstore::ChangedRecord& record : found.changed) {
    changed.push_back({{"before", record_json(record.before)}, {"after", record_json(record.after)}});
  }
  Json lists = Json::array();
  for (const CrlRecord& record : found.lists) {
    lists.push_back({{"id", certstore::id_of(record.list)},
                     {"issuer", escaped(record.list.issuer())},
                     {"number", record.list.number_hex()},
                     {"nextUpdate", to_rfc3339(record.list.next_update())}});
  }
  const Json object = {{"schema", 1},
                       {"file", escaped(facts.file)},
                       {"name", found.after.name},
                       {"version", found.after.version},
                       {"versionBefore", found.before ? Json(found.before->version) : Json(nullptr)},
                       {"expires", to_rfc3339(found.after.expires)},
                       {"document", certstore::to_hex(found.after.document)},
                       {"signers", keys_json(facts.signers)},
                       {"keys", keys_json(found.after.keys)},
                       {"threshold", found.after.threshold},
                       {"added", records_json(found.added)},
                       {"changed", std::move(changed)},
                       {"retired", records_json(found.retired)},
                       {"overruled", records_json(found.overruled)},
                       {"retiredHere", records_json(found.retired_here)},
                       {"withdrawn", records_json(found.withdrawn)},
                       {"stillRetired", records_json(found.still_retired)},
                       {"unchanged", found.unchanged},
                       {"revocationLists", std::move(lists)},
                       {"revocationListsUnchanged", found.lists_unchanged},
                       {"revocationListsOlder", found.lists_older},
                       {"policy", found.after.policy ? Json(*found.after.policy) : Json(nullptr)},
                       {"policyChanges", found.policy_changes()},
                       {"changes", !found.is_nothing()},
                       {"applied", facts.applied}};
  out << object.dump(-1, ' ', true) << "\n";
}

}  // namespace verifier
