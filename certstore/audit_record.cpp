#include "certstore/audit_record.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/json_record.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

namespace certstore {
namespace {

constexpr std::string_view kContext = "pkgtrust audit record 1\n";
constexpr std::string_view kWhat = "audit record";

void append_field(Bytes& message, ByteView field) {
  append_u32(message, static_cast<std::uint32_t>(field.size()));
  append(message, field);
}

void append_field(Bytes& message, std::string_view field) {
  append_field(message, as_bytes(field));
}

void append_field(Bytes& message, const std::optional<Sha256>& field) {
  append_field(message, field ? ByteView(*field) : ByteView());
}

void append_number(Bytes& message, std::uint64_t number) {
  append_u32(message, 8);
  append_u64(message, number);
}

void put(nlohmann::json& object, const char* field, const std::string& text) {
  if (!text.empty()) object[field] = text;
}

void put(nlohmann::json& object, const char* field, const std::optional<Sha256>& digest) {
  if (digest) object[field] = to_hex(*digest);
}

std::string take_text(JsonRecord& json, const char* field) {
  return json.has(field) ? json.text(field) : std::string();
}

std::optional<Sha256> take_digest(JsonRecord& json, const char* field) {
  if (!json.has(field)) return std::nullopt;
  Sha256 digest{};
  json.hex(field, digest);
  return digest;
}

AuditRecord parse_fields(JsonRecord& json) {
  if (json.number("schema") != 1) json.refuse("it is of a newer schema");
  AuditRecord record;
  json.hex("log", record.log);
  record.number = json.number("number");
  json.hex("previous", record.previous);
  json.hex("digest", record.digest);
  record.who.when = json.instant("time");
  if (json.has("uid")) record.who.uid = json.number("uid");
  record.who.user = json.text("user");
  record.who.host = json.text("host");
  record.event.action = json.text("action");
  record.event.file = take_text(json, "file");
  record.event.sha256 = take_digest(json, "sha256");
  record.event.alias = take_text(json, "alias");
  record.event.signer = take_digest(json, "signer");
  record.event.detail = take_text(json, "detail");
  record.head_signed = json.flag("headSigned");
  json.finish();
  return record;
}

}  // namespace

AuditHead new_audit_log() {
  AuditHead head;
  randombytes_buf(head.log.data(), head.log.size());
  return head;
}

AuditRecord chained(const AuditHead& head, AuditRecord record) {
  record.log = head.log;
  record.number = head.number + 1;
  record.previous = head.digest;
  record.digest = digest_of(record);
  return record;
}

AuditRecord next_record(const AuditHead& head, const AuditEvent& event, const Actor& who, bool head_signed) {
  AuditRecord record;
  record.event = event;
  record.who = {who.uid, escaped(who.user), escaped(who.host), who.when};
  record.head_signed = head_signed;
  for (std::string* text :
       {&record.event.action, &record.event.file, &record.event.alias, &record.event.detail}) {
    *text = escaped(*text);
  }
  return chained(head, std::move(record));
}

Sha256 digest_of(const AuditRecord& record) {
  Bytes message;
  append(message, as_bytes(kContext));
  append_field(message, record.log);
  append_number(message, record.number);
  append_field(message, ByteView(record.previous));
  append_field(message, to_rfc3339(record.who.when));
  if (record.who.uid) {
    append_number(message, *record.who.uid);
  } else {
    append_field(message, ByteView());
  }
  append_field(message, record.who.user);
  append_field(message, record.who.host);
  append_field(message, record.event.action);
  append_field(message, record.event.file);
  append_field(message, record.event.sha256);
  append_field(message, record.event.alias);
  append_field(message, record.event.signer);
  append_field(message, record.event.detail);
  append_number(message, record.head_signed ? 1 : 0);
  return sha256(message);
}

Bytes to_json(const AuditRecord& record) {
  nlohmann::json object = {{"schema", 1},
                           {"log", to_hex(record.log)},
                           {"number", record.number},
                           {"previous", to_hex(record.previous)},
                           {"digest", to_hex(record.digest)},
                           {"time", to_rfc3339(record.who.when)},
                           {"user", record.who.user},
                           {"host", record.who.host},
                           {"action", record.event.action},
                           {"headSigned", record.head_signed}};
  if (record.who.uid) object["uid"] = *record.who.uid;
  put(object, "file", record.event.file);
  put(object, "sha256", record.event.sha256);
  put(object, "alias", record.event.alias);
  put(object, "signer", record.event.signer);
  put(object, "detail", record.event.detail);
  return to_bytes(object);
}

AuditRecord parse_audit_record(ByteView bytes) {
  JsonRecord json(bytes, kWhat);
  AuditRecord record = parse_fields(json);
  // Another spelling of the same record is a change too: a capital hex digit, a blank, an escape.
  if (!std::ranges::equal(to_json(record), bytes)) json.refuse("it is not spelled as it was written");
  return record;
}

}  // namespace certstore
