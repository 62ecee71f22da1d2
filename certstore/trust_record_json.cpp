#include "certstore/trust_record_json.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/certificate.h"
#include "certstore/json_record.h"

#include <algorithm>
#include <array>

namespace certstore {
namespace {

constexpr std::array kKinds = {TrustRecord::Kind::trust, TrustRecord::Kind::retire};
constexpr std::array kSubjects = {TrustRecord::Subject::certificate, TrustRecord::Subject::public_key,
                                  TrustRecord::Subject::bare_key, TrustRecord::Subject::content};
constexpr std::array kUses = {TrustRecord::Use::package, TrustRecord::Use::timestamp,
                              TrustRecord::Use::statement};
constexpr std::array kScopes = {TrustRecord::Scope::everything, TrustRecord::Scope::package_name,
                                TrustRecord::Scope::package_glob};
constexpr std::array kOrigins = {TrustRecord::Origin::command, TrustRecord::Origin::prompt,
                                 TrustRecord::Origin::bundle, TrustRecord::Origin::succession};

template <typename Enum, std::size_t count>
Enum take_word(JsonRecord& record, const char* field, const std::array<Enum, count>& values) {
  const std::string word = record.text(field);
  const auto found =
      std::find_if(values.begin(), values.end(), [&](Enum value) { return name_of(value) == word; });
  if (found == values.end()) record.refuse(in_quotes(field) + " is " + in_quotes(word));
  return *found;
}

// What the record decides; the id is made of this.
nlohmann::json decision(const TrustRecord& record) {
  nlohmann::json allowed = nlohmann::json::array();
  for (const AllowedWeakness& weakness : record.allowed) {
    nlohmann::json one = {{"name", weakness.name}};
    if (weakness.until) one["until"] = to_rfc3339(*weakness.until);
    allowed.push_back(one);
  }
  nlohmann::json object = {{"schema", 1},
                           {"kind", name_of(record.kind)},
                           {"subject", name_of(record.subject)},
                           {"sha256", to_hex(record.sha256)},
                           {"use", name_of(record.use)},
                           {"scope", name_of(record.scope)},
                           {"from", to_rfc3339(record.from)},
                           {"reason", record.reason},
                           {"compared", record.compared},
                           {"allowed", allowed},
                           {"boundRequired", record.bound_required}};
  if (!record.certificate.empty()) object["certificate"] = to_base64(record.certificate);
  if (record.bare_key) {
    object["bareKey"] = {{"spki", to_base64(record.bare_key->spki())},
                         {"keyId", to_hex(record.bare_key->id())}};
  }
  if (record.scope != TrustRecord::Scope::everything) object["scopeText"] = record.scope_text;
  if (record.until) object["until"] = to_rfc3339(*record.until);
  if (record.succession) {
    object["succession"] = {{"record", record.succession->record},
                            {"publicKey", to_hex(record.succession->public_key)},
                            {"document", to_hex(record.succession->document)}};
  }
  return object;
}

AllowedWeakness parse_weakness(const nlohmann::json& object) {
  JsonRecord record = JsonRecord::of(object, "trust record's weakness");
  AllowedWeakness weakness{.name = record.text("name"), .until = {}};
  if (record.has("until")) weakness.until = record.instant("until");
  record.finish();
  return weakness;
}

SucceededFrom parse_succession(const nlohmann::json& object) {
  JsonRecord record = JsonRecord::of(object, "trust record's succession");
  SucceededFrom from{.record = record.text("record"), .public_key = {}, .document = {}};
  record.hex("publicKey", from.public_key);
  record.hex("document", from.document);
  record.finish();
  return from;
}

BareKey parse_bare_key(const nlohmann::json& object) {
  JsonRecord record = JsonRecord::of(object, "trust record's bare key");
  const Bytes spki = record.base64("spki");
  KeyId id{};
  record.hex("keyId", id);
  record.finish();
  try {
    return BareKey::from_spki(spki, id, "the key of a trust record");
  } catch (const Error& error) {
    record.refuse(error.what());
  }
}

void parse_decision(JsonRecord& json, TrustRecord& record) {
  record.kind = take_word(json, "kind", kKinds);
  record.subject = take_word(json, "subject", kSubjects);
  json.hex("sha256", record.sha256);
  if (json.has("certificate")) record.certificate = json.base64("certificate");
  if (json.has("bareKey")) record.bare_key = parse_bare_key(json.object("bareKey"));
  record.use = take_word(json, "use", kUses);
  record.scope = take_word(json, "scope", kScopes);
  if (json.has("scopeText")) record.scope_text = json.text("scopeText");
  record.from = json.instant("from");
  if (json.has("until")) record.until = json.instant("until");
  record.reason = json.text("reason");
  record.compared = json.flag("compared");
  for (const nlohmann::json& weakness : json.array("allowed"))
    record.allowed.push_back(parse_weakness(weakness));
  if (json.has("succession")) record.succession = parse_succession(json.object("succession"));
  record.bound_required = json.flag("boundRequired");
}

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorKind::usage, "this cannot be a trust record: " + why);
}

}  // namespace

std::string_view name_of(TrustRecord::Kind kind) {
  switch (kind) {
    case TrustRecord::Kind::trust:
      return "trust";
    case TrustRecord::Kind::retire:
      return "retire";
  }
  throw Error(ErrorKind::internal, "a kind of trust record without a name");
}

std::string_view name_of(TrustRecord::Subject subject) {
  switch (subject) {
    case TrustRecord::Subject::certificate:
      return "certificate";
    case TrustRecord::Subject::public_key:
      return "public-key";
    case TrustRecord::Subject::bare_key:
      return "bare-key";
    case TrustRecord::Subject::content:
      return "content";
  }
  throw Error(ErrorKind::internal, "a subject of trust without a name");
}

std::string_view name_of(TrustRecord::Use use) {
  switch (use) {
    case TrustRecord::Use::package:
      return "package";
    case TrustRecord::Use::timestamp:
      return "timestamp";
    case TrustRecord::Use::statement:
      return "statement";
  }
  throw Error(ErrorKind::internal, "a use of trust without a name");
}

std::string_view name_of(TrustRecord::Scope scope) {
  switch (scope) {
    case TrustRecord::Scope::everything:
      return "everything";
    case TrustRecord::Scope::package_name:
      return "name";
    case TrustRecord::Scope::package_glob:
      return "glob";
  }
  throw Error(ErrorKind::internal, "a scope of trust without a name");
}

std::string_view name_of(TrustRecord::Origin origin) {
  switch (origin) {
    case TrustRecord::Origin::command:
      return "command";
    case TrustRecord::Origin::prompt:
      return "prompt";
    case TrustRecord::Origin::bundle:
      return "bundle";
    case TrustRecord::Origin::succession:
      return "succession";
  }
  throw Error(ErrorKind::internal, "an origin of trust without a name");
}

// Whether the certificate is the one that the record names, or one of the key that it names.
bool holds_what_it_names(const TrustRecord& record) {
  switch (record.subject) {
    case TrustRecord::Subject::certificate:
      return sha256(record.certificate) == record.sha256;
    case TrustRecord::Subject::public_key:
      return Certificate::from_der(record.certificate, "the certificate of a trust record")
                 .public_key_sha256() == record.sha256;
    case TrustRecord::Subject::bare_key:
    case TrustRecord::Subject::content:
      return false;
  }
  return false;
}

// A minisign signature does not carry its key: the record does.
void require_consistent_key(const TrustRecord& record) {
  const bool of_bare_key = record.subject == TrustRecord::Subject::bare_key;
  if (of_bare_key != record.bare_key.has_value() && record.subject != TrustRecord::Subject::public_key) {
    refuse("a record about a bare key holds it, and no other does");
  }
  if (!record.bare_key) return;
  if (record.bare_key->sha256() != record.sha256 || !record.certificate.empty()) {
    refuse("its key is not the one that it names");
  }
  if (record.use != TrustRecord::Use::package) refuse("a bare key signs packages only");
}

void require_consistent(const TrustRecord& record) {
  if ((record.scope == TrustRecord::Scope::everything) != record.scope_text.empty()) {
    refuse("its scope and the scope's name contradict each other");
  }
  // A retired certificate may be known by its fingerprint alone.
  const bool names_certificate = record.subject == TrustRecord::Subject::certificate;
  if (record.certificate.empty() && names_certificate && record.kind == TrustRecord::Kind::trust) {
    refuse("a record about a certificate holds it");
  }
  if (!record.certificate.empty() &&
      (record.certificate.size() > limits::kCertificateSize || !holds_what_it_names(record))) {
    refuse("its certificate is not the one that it names");
  }
  require_consistent_key(record);
  if (record.succession.has_value() != (record.origin == TrustRecord::Origin::succession)) {
    refuse("its origin and its succession contradict each other");
  }
  if (record.until && *record.until < record.from) refuse("it ends before it begins");
  for (std::size_t i = 0; i < record.allowed.size(); ++i) {
    const std::string& name = record.allowed[i].name;
    const bool known = std::find(kWeaknesses.begin(), kWeaknesses.end(), name) != kWeaknesses.end();
    const bool twice =
        std::any_of(record.allowed.begin() + static_cast<std::ptrdiff_t>(i) + 1, record.allowed.end(),
                    [&](const AllowedWeakness& other) { return other.name == name; });
    if (!known || twice) refuse(in_quotes(name) + (known ? " is allowed twice" : " is not a weakness"));
  }
  for (const std::string& text : {record.label, record.scope_text, record.reason, record.made_by}) {
    if (!is_utf8(text)) refuse(in_quotes(text) + " is not UTF-8");
  }
}

std::string id_of(const TrustRecord& record) {
  const Sha256 digest = sha256(to_bytes(decision(record)));
  return to_hex(ByteView(digest).first(8));
}

Bytes to_json(const TrustRecord& record) {
  nlohmann::json object = decision(record);
  object["label"] = record.label;
  object["madeBy"] = record.made_by;
  object["madeAt"] = to_rfc3339(record.made_at);
  object["origin"] = name_of(record.origin);
  return to_bytes(object);
}

TrustRecord parse_trust_record(ByteView bytes) {
  JsonRecord json(bytes, "trust record");
  if (json.number("schema") != 1) json.refuse("it was made by a newer pkgtrust");
  TrustRecord record;
  parse_decision(json, record);
  record.label = json.text("label");
  record.made_by = json.text("madeBy");
  record.made_at = json.instant("madeAt");
  record.origin = take_word(json, "origin", kOrigins);
  json.finish();
  try {
    require_consistent(record);
  } catch (const Error& error) {
    json.refuse(error.what());
  }
  record.id = id_of(record);
  return record;
}

}  // namespace certstore
