#include "certstore/kept_bundle.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/json_record.h"

namespace certstore {
namespace {

std::string text_in(const nlohmann::json& item, const JsonRecord& record) {
  if (!item.is_string()) record.refuse("a list in it holds something else than text");
  return item.get<std::string>();
}

}  // namespace

std::string name_of_kept(std::string_view bundle) {
  return std::string(bundle_records::kPrefix) + to_hex(sha256(as_bytes(bundle)));
}

KeptBundle kept_bundle(const SignedBundle& bundle) {
  KeptBundle kept;
  kept.name = bundle.bundle.name;
  kept.version = bundle.bundle.version;
  kept.expires = bundle.bundle.expires;
  kept.document = bundle.document;
  kept.threshold = bundle.bundle.threshold;
  kept.keys = bundle.bundle.keys;
  for (const TrustRecord& record : records_in_force(bundle.bundle)) kept.records.push_back(record.id);
  kept.policy = bundle.bundle.policy;
  return kept;
}

Bytes to_json(const KeptBundle& kept) {
  nlohmann::json object = {{"schema", 1},
                           {"name", kept.name},
                           {"version", kept.version},
                           {"expires", to_rfc3339(kept.expires)},
                           {"document", to_hex(kept.document)},
                           {"threshold", kept.threshold},
                           {"keys", nlohmann::json::array()},
                           {"records", kept.records},
                           {"imported", to_rfc3339(kept.imported)},
                           {"importedBy", kept.imported_by}};
  for (const Certificate& key : kept.keys) object["keys"].push_back(to_base64(key.der()));
  if (kept.policy) object["policy"] = *kept.policy;
  return to_bytes(object);
}

KeptBundle parse_kept_bundle(ByteView bytes) {
  JsonRecord json(bytes, "imported bundle");
  if (json.number("schema") != 1) json.refuse("it was made by a newer pkgtrust");
  KeptBundle kept;
  kept.name = json.text("name");
  kept.version = json.number("version");
  kept.expires = json.instant("expires");
  json.hex("document", kept.document);
  const std::uint64_t threshold = json.number("threshold");
  for (const nlohmann::json& key : json.array("keys")) {
    kept.keys.push_back(
        Certificate::from_der(from_base64(text_in(key, json)), "the key of an imported bundle"));
  }
  if (threshold < 1 || threshold > kept.keys.size()) json.refuse("its threshold is out of reach");
  kept.threshold = static_cast<unsigned>(threshold);
  for (const nlohmann::json& id : json.array("records")) kept.records.push_back(text_in(id, json));
  if (json.has("policy")) kept.policy = json.text("policy");
  kept.imported = json.instant("imported");
  kept.imported_by = json.text("importedBy");
  json.finish();
  return kept;
}

BundleRoot root_of(const KeptBundle& kept, Instant now) {
  BundleRoot root;
  for (const Certificate& key : kept.keys) root.keys.push_back(key.public_key_sha256());
  root.threshold = kept.threshold;
  root.now = now;
  return root;
}

void require_follows(const KeptBundle& kept, const SignedBundle& bundle, std::uint64_t named_version) {
  const std::uint64_t version = bundle.bundle.version;
  const std::string label = "the bundle " + in_quotes(kept.name) + ", version " + std::to_string(version);
  if (version > kept.version) return;
  if (version < kept.version) {
    if (named_version == version) return;
    throw Error(
        ErrorKind::policy,
        label + ", is older than version " + std::to_string(kept.version) + ", which this store took on " +
            to_date(kept.imported),
        "an older bundle may trust whom a newer one retired; to go back on purpose: --bundle-min-version " +
            std::to_string(version));
  }
  if (bundle.document == kept.document) return;
  throw Error(ErrorKind::policy,
              label + ", is not the one of that version which this store took on " + to_date(kept.imported),
              "two bundles of one version: ask its signers which one they made");
}

}  // namespace certstore
