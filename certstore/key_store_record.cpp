#include "certstore/key_store_record.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/json_record.h"

namespace certstore {

void require_known_schema(std::uint64_t schema, std::uint64_t known, std::string_view what) {
  if (schema == known) return;
  throw Error(ErrorKind::store,
              "the " + std::string(what) + " has schema " + std::to_string(schema) + ", this version knows " +
                  std::to_string(known),
              schema > known ? "it was made by a newer pkgtrust: use that one" : "");
}

Bytes to_record(const KeyStoreHeader& header) {
  return to_bytes({{"schema", kKeyStoreSchema},
                   {"store", to_hex(header.store)},
                   {"generation", header.generation},
                   {"kdf", "argon2id"},
                   {"passes", header.key.cost.passes},
                   {"memory", header.key.cost.memory},
                   {"salt", to_hex(header.key.salt)},
                   {"key", to_base64(header.key.sealed)}});
}

KeyStoreHeader parse_key_store_header(ByteView bytes) {
  JsonRecord record(bytes, "header");
  // First: a newer schema may have any other field.
  require_known_schema(record.number("schema"), kKeyStoreSchema, "key store");
  KeyStoreHeader header;
  record.hex("store", header.store);
  header.generation = record.number("generation");
  if (record.text("kdf") != "argon2id") record.refuse("its key derivation is not known");
  header.key.cost = {record.number("passes"), record.number("memory")};
  record.hex("salt", header.key.salt);
  header.key.sealed = record.base64("key");
  record.finish();
  return header;
}

Bytes to_record(const Roster& roster) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [alias, version] : roster) object[alias] = version;
  return to_bytes(object);
}

Roster parse_roster(ByteView bytes) {
  JsonRecord record(bytes, "roster");
  Roster roster;
  const nlohmann::json object = nlohmann::json::parse(bytes.begin(), bytes.end());
  for (const auto& [alias, version] : object.items()) roster[alias] = record.number(alias.c_str());
  record.finish();
  return roster;
}

namespace {

void read_bare_key(JsonRecord& record, StoredIdentity& identity) {
  KeyId id{};
  record.hex("keyId", id);
  try {
    identity.bare_key = BareKey::from_spki(record.base64("publicKey"), id, identity.alias);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::malformed) throw;
    record.refuse(error.what());
  }
}

void read_certificates(JsonRecord& record, StoredIdentity& identity) {
  identity.certificate = record.base64("certificate");
  const nlohmann::json chain = record.array("chain");
  if (chain.size() > limits::kCertificates) record.refuse("its chain is too long");
  for (const nlohmann::json& certificate : chain) {
    if (!certificate.is_string()) record.refuse("its chain holds something else than certificates");
    identity.chain.push_back(from_base64(certificate.get<std::string>()));
  }
}

}  // namespace

Bytes to_record(const IdentityRecord& record) {
  nlohmann::json object = {{"kind", record.identity.kind},
                           {"created", to_rfc3339(record.identity.created)},
                           {"version", record.version},
                           {"key", to_base64(record.sealed_key)}};
  if (const auto& bare_key = record.identity.bare_key) {
    object["publicKey"] = to_base64(bare_key->spki());
    object["keyId"] = to_hex(bare_key->id());
  } else {
    nlohmann::json chain = nlohmann::json::array();
    for (const Bytes& certificate : record.identity.chain) chain.push_back(to_base64(certificate));
    object["certificate"] = to_base64(record.identity.certificate);
    object["chain"] = chain;
  }
  if (record.identity.succeeds) object["succeeds"] = to_hex(*record.identity.succeeds);
  return to_bytes(object);
}

IdentityRecord parse_identity(ByteView bytes, const std::string& alias) {
  JsonRecord record(bytes, "identity " + in_quotes(alias));
  IdentityRecord parsed;
  parsed.identity.alias = alias;
  parsed.identity.kind = record.text("kind");
  if (parsed.identity.kind == kMinisignKey) {
    read_bare_key(record, parsed.identity);
  } else {
    read_certificates(record, parsed.identity);
  }
  parsed.identity.created = record.instant("created");
  parsed.version = record.number("version");
  parsed.sealed_key = record.base64("key");
  if (record.has("succeeds")) record.hex("succeeds", parsed.identity.succeeds.emplace());
  record.finish();
  return parsed;
}

Bytes to_default_record(const DefaultAlias& chosen) {
  nlohmann::json object = {{"alias", chosen.alias}};
  if (!chosen.next.empty()) {
    object["next"] = chosen.next;
    object["from"] = to_rfc3339(chosen.from);
  }
  return to_bytes(object);
}

DefaultAlias parse_default_record(ByteView bytes) {
  JsonRecord record(bytes, "default");
  DefaultAlias chosen;
  chosen.alias = record.text("alias");
  if (record.has("next")) {
    chosen.next = record.text("next");
    chosen.from = record.instant("from");
  }
  record.finish();
  return chosen;
}

}  // namespace certstore
