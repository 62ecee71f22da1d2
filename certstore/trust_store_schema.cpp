#include "certstore/trust_store_schema.h"

#include "certstore/audit_chain.h"
#include "certstore/base/error.h"
#include "certstore/json_record.h"
#include "certstore/key_store_record.h"

#include <optional>
#include <string>

namespace certstore::trust_schema {
namespace {

constexpr std::string_view kHeader = "header";
// Of version 1: how many lines there are.
constexpr std::string_view kCount = "audit-count";

AuditRecord parse_line(ByteView bytes) {
  JsonRecord json(bytes, "audit entry");
  AuditRecord record;
  record.number = json.number("number");
  record.who.when = json.instant("time");
  record.event.action = json.text("action");
  record.event.detail = json.text("record");
  record.who.user = json.text("who");
  json.finish();
  return record;
}

// What the migration has to tell about the lines that it found.
std::string account_of(const std::vector<AuditRecord>& lines) {
  std::string text = "from schema 1, whose " + std::to_string(lines.size()) + " records had no chain";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].number == i + 1) continue;
    return text + "; the one in place " + std::to_string(i + 1) + " had number " +
           std::to_string(lines[i].number);
  }
  return text;
}

}  // namespace

Record header() {
  return {std::string(kHeader), to_bytes({{"schema", kPresent}})};
}

std::uint64_t read(const Transaction& transaction) {
  const std::optional<Bytes> header = transaction.get(kHeader);
  if (!header) throw Error(ErrorKind::store, "the trust store has no header", "put back a copy of the store");
  const std::uint64_t schema = JsonRecord(*header, kHeader).number("schema");
  if (schema != 1) require_known_schema(schema, kPresent, "trust store");
  return schema;
}

std::vector<AuditRecord> read_lines(const Transaction& transaction) {
  std::vector<AuditRecord> lines;
  transaction.visit(audit_records::kPrefix,
                    [&](std::string_view, ByteView json) { lines.push_back(parse_line(json)); });
  return lines;
}

void migrate(Transaction& transaction, const Actor& who) {
  const std::vector<AuditRecord> lines = read_lines(transaction);
  AuditHead head = new_audit_log();
  for (const Record& record : transaction.list(audit_records::kPrefix)) transaction.erase(record.first);
  for (const AuditRecord& line : lines) {
    const AuditRecord record = chained(head, line);
    transaction.put(audit_name(record.number), to_json(record));
    head = record.head();
  }
  transaction.erase(kCount);
  transaction.put(kHeader, header().second);
  transaction.put(audit_records::kHead, to_json(head));
  append_audit(transaction, {.action = "store migrate", .detail = account_of(lines)}, who, nullptr);
}

}  // namespace certstore::trust_schema
