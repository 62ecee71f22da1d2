#include "certstore/trust_bundle.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/cms_create.h"
#include "certstore/json_record.h"
#include "certstore/signed_head.h"
#include "certstore/trust_record_json.h"

#include <algorithm>
#include <set>

namespace certstore {
namespace {

// JSON as others read it has whole numbers to here, and something must be able to follow a version.
constexpr std::uint64_t kVersionMost = (std::uint64_t{1} << 53) - 2;
// Keys of one bundle: as many signers as one CMS file can have.
constexpr std::size_t kKeysMost = limits::kCmsSigners / 2;

std::string contradiction_in_keys(const TrustBundle& bundle) {
  if (bundle.keys.empty() || bundle.keys.size() > kKeysMost) return "it names no key, or too many";
  std::set<Sha256> keys;
  for (const Certificate& key : bundle.keys) {
    if (!is_statement_certificate(key))
      return in_quotes(key.subject()) + " is not the certificate of a statement key";
    if (!keys.insert(key.public_key_sha256()).second) return "it names one key twice";
  }
  if (bundle.threshold < 1 || bundle.threshold > keys.size()) {
    return "its keys cannot reach its threshold of " + std::to_string(bundle.threshold);
  }
  return {};
}

std::string contradiction_in(const TrustBundle& bundle) {
  if (bundle.name.empty() || bundle.name.size() > limits::kAliasSize || !is_utf8(bundle.name)) {
    return "its name is no name";
  }
  if (bundle.version < 1 || bundle.version > kVersionMost) return "nothing could follow its version";
  if (bundle.expires <= bundle.made) return "it ends before it begins";
  if (bundle.policy && !is_utf8(*bundle.policy)) return "its policy is not UTF-8";
  if (bundle.crls.size() > limits::kCrls) return "it has too many revocation lists";
  std::set<std::string> ids;
  for (const TrustRecord& record : bundle.records) {
    // It stands on a record of that store, which is not here.
    if (record.origin == TrustRecord::Origin::succession) return "a record in it follows from a succession";
    if (!ids.insert(id_of(record)).second) return "a record stands in it twice";
  }
  return contradiction_in_keys(bundle);
}

nlohmann::json json_of(const CrlRecord& record) {
  nlohmann::json chain = nlohmann::json::array();
  for (const Certificate& certificate : record.chain) chain.push_back(to_base64(certificate.der()));
  return {{"list", to_base64(record.list.der())}, {"chain", std::move(chain)}};
}

nlohmann::json json_of(const TrustRecord& record) {
  const Bytes json = to_json(record);
  return nlohmann::json::parse(json.begin(), json.end());
}

Certificate certificate_in(const nlohmann::json& item, std::string_view what) {
  if (!item.is_string())
    throw Error(ErrorKind::malformed, in_quotes(what) + " has a certificate that is none");
  return Certificate::from_der(from_base64(item.get<std::string>()), what);
}

CrlRecord crl_in(const nlohmann::json& item, std::string_view what) {
  JsonRecord fields = JsonRecord::of(item, what);
  const Crl list = Crl::from_der(fields.base64("list"), "a revocation list of the bundle");
  std::vector<Certificate> chain;
  for (const nlohmann::json& certificate : fields.array("chain"))
    chain.push_back(certificate_in(certificate, what));
  fields.finish();
  if (chain.empty() || chain.size() > limits::kCrlChain) fields.refuse("a revocation list has no issuer");
  if (!list.is_signed_by(chain.front())) fields.refuse("a revocation list is not signed by its issuer");
  return {.list = list, .chain = std::move(chain), .added_by = {}, .added = {}};
}

TrustBundle parse(ByteView document, std::string_view what) {
  JsonRecord json(document, what);
  if (json.number("schema") != 1) json.refuse("it was made by a newer pkgtrust");
  if (json.text("kind") != "bundle") json.refuse("it is for something else");
  TrustBundle found;
  found.name = json.text("name");
  found.version = json.number("version");
  found.made = json.instant("made");
  found.expires = json.instant("expires");
  const std::uint64_t threshold = json.number("threshold");
  if (threshold > kKeysMost) json.refuse("its threshold is out of reach");
  found.threshold = static_cast<unsigned>(threshold);
  for (const nlohmann::json& key : json.array("keys")) {
    if (found.keys.size() == kKeysMost) json.refuse("it names too many keys");
    found.keys.push_back(certificate_in(key, what));
  }
  for (const nlohmann::json& record : json.array("records")) {
    found.records.push_back(parse_trust_record(to_bytes(record)));
  }
  for (const nlohmann::json& crl : json.array("crls")) {
    if (found.crls.size() == limits::kCrls) json.refuse("it has too many revocation lists");
    found.crls.push_back(crl_in(crl, what));
  }
  if (json.has("policy")) found.policy = json.text("policy");
  json.finish();
  return found;
}

Error malformed(std::string_view what, const std::string& why) {
  return {ErrorKind::malformed, in_quotes(what) + " is not a trust bundle: " + why};
}

// The signer's certificate, once his signature is known to be good and to be for this.
Certificate checked(const cms::SignerInfo& signer, const cms::SignedData& data,
                    const std::vector<Certificate>& candidates, std::string_view what) {
  const Bytes content_digest = signer.digest ? digest(*signer.digest, *data.content) : Bytes();
  const cms::Answer answer = cms::check(
      signer, {.content_digest = content_digest, .candidates = candidates, .context = kBundleContext});
  if (const auto* const refusal = std::get_if<cms::Refusal>(&answer)) throw malformed(what, refusal->detail);
  const auto& good = std::get<cms::CheckedSigner>(answer);
  if (!good.has_signed_attributes()) throw malformed(what, "a signature on it says no purpose");
  if (!is_statement_certificate(good.certificate())) {
    throw malformed(what, in_quotes(good.certificate().subject()) + " signed it, which is no statement key");
  }
  if (!weakness_of(good.digest()).empty()) throw malformed(what, "it is signed with a weak digest");
  return good.certificate();
}

bool is_among(const Certificate& certificate, const std::vector<Sha256>& keys) {
  return std::any_of(keys.begin(), keys.end(), [&](const Sha256& key) {
    return key == certificate.sha256() || key == certificate.public_key_sha256();
  });
}

std::size_t count_among(const std::vector<Certificate>& signers, const std::vector<Sha256>& keys) {
  return static_cast<std::size_t>(std::count_if(
      signers.begin(), signers.end(), [&](const Certificate& signer) { return is_among(signer, keys); }));
}

std::string label_of(const TrustBundle& bundle) {
  return "the bundle " + in_quotes(bundle.name) + ", version " + std::to_string(bundle.version);
}

void require_signers(const SignedBundle& bundle, const BundleRoot& root) {
  const std::string label = label_of(bundle.bundle);
  for (const Certificate& signer : bundle.signers) {
    if (!is_among(signer, root.retired)) continue;
    throw Error(ErrorKind::exposed_key,
                label + ", is signed by a key that was retired: sha256:" + to_hex(signer.sha256()));
  }
  const std::size_t known = count_among(bundle.signers, root.keys);
  const std::size_t wanted = std::max<std::size_t>(root.threshold, 1);
  if (known < wanted) {
    throw Error(ErrorKind::untrusted,
                label + ", is signed by " + std::to_string(known) +
                    " of the keys that are trusted for it, and " + std::to_string(wanted) +
                    " must have signed",
                "after a change of keys the old ones sign once more (docs/bundles.md)");
  }
  std::vector<Sha256> own;
  for (const Certificate& key : bundle.bundle.keys) own.push_back(key.public_key_sha256());
  const std::size_t of_its_own = count_among(bundle.signers, own);
  if (of_its_own >= bundle.bundle.threshold) return;
  throw Error(ErrorKind::untrusted,
              label + ", is signed by " + std::to_string(of_its_own) + " of the keys that it names, and " +
                  std::to_string(bundle.bundle.threshold) + " must have signed",
              "pkgsign bundle sign, by the holders of the others");
}

}  // namespace

Bytes write_bundle(const TrustBundle& bundle) {
  const std::string contradiction = contradiction_in(bundle);
  if (!contradiction.empty())
    throw Error(ErrorKind::usage, "this cannot be a trust bundle: " + contradiction);
  nlohmann::json object = {{"schema", 1},
                           {"kind", "bundle"},
                           {"name", bundle.name},
                           {"version", bundle.version},
                           {"made", to_rfc3339(bundle.made)},
                           {"expires", to_rfc3339(bundle.expires)},
                           {"threshold", bundle.threshold},
                           {"keys", nlohmann::json::array()},
                           {"records", nlohmann::json::array()},
                           {"crls", nlohmann::json::array()}};
  for (const Certificate& key : bundle.keys) object["keys"].push_back(to_base64(key.der()));
  for (const TrustRecord& record : bundle.records) object["records"].push_back(json_of(record));
  for (const CrlRecord& crl : bundle.crls) object["crls"].push_back(json_of(crl));
  if (bundle.policy) object["policy"] = *bundle.policy;
  Bytes document = to_bytes(object);
  if (document.size() > limits::kStoreRecord) {
    throw Error(ErrorKind::usage, "this cannot be a trust bundle: it is longer than 1 MiB",
                "leave out revocation lists that are fetched anyway");
  }
  return document;
}

TrustBundle read_bundle(ByteView document, std::string_view what) {
  try {
    TrustBundle found = parse(document, what);
    const std::string contradiction = contradiction_in(found);
    if (!contradiction.empty()) throw malformed(what, contradiction);
    if (write_bundle(found) != Bytes(document.begin(), document.end())) {
      throw malformed(what, "its document is spelt in another way than ours");
    }
    return found;
  } catch (const Error& error) {
    // JSON, certificates and lists that cannot be read would be the store's trouble; this came from
    // elsewhere.
    if (error.kind() == ErrorKind::malformed) throw;
    throw malformed(what, error.what());
  }
}

bool is_bundle_draft(ByteView file) {
  return !file.empty() && file[0] == '{';
}

Bytes sign_bundle(ByteView file, std::string_view what, const Signer& signer, Instant time) {
  if (!is_statement_certificate(signer.certificate())) {
    throw Error(ErrorKind::key, in_quotes(signer.certificate().subject()) + " is no statement key");
  }
  const bool is_first = is_bundle_draft(file);
  Bytes document(file.begin(), file.end());
  if (is_first) {
    static_cast<void>(read_bundle(file, what));
  } else {
    const SignedBundle before = read_signed_bundle(file, what);
    if (is_among(signer.certificate(), [&] {
          std::vector<Sha256> keys;
          for (const Certificate& one : before.signers) keys.push_back(one.public_key_sha256());
          return keys;
        }())) {
      throw Error(ErrorKind::usage, in_quotes(what) + " is signed by this key already");
    }
    document = write_bundle(before.bundle);
  }
  const DigestAlgorithm algorithm = signer.usual_digest();
  const Bytes content_digest = digest(algorithm, document);
  const cms::Signing signing{.digest = algorithm,
                             .content_digest = content_digest,
                             .time = time,
                             .context = kBundleContext,
                             .content = document};
  Bytes made =
      is_first ? cms::create(signer, signing) : cms::add_signer(cms::der_of(file, what), signer, signing);
  static_cast<void>(read_signed_bundle(made, what));
  return made;
}

SignedBundle read_signed_bundle(ByteView file, std::string_view what) {
  if (is_bundle_draft(file)) throw malformed(what, "nobody has signed it yet; pkgsign bundle sign");
  const cms::SignedData data = cms::parse(file, what);
  if (!data.content || data.content_type != cms::kData) throw malformed(what, "it holds no document");
  SignedBundle found{
      .bundle = read_bundle(*data.content, what), .signers = {}, .document = sha256(*data.content)};
  if (data.signers.empty()) throw malformed(what, "nobody has signed it");
  std::vector<Certificate> candidates = found.bundle.keys;
  candidates.insert(candidates.end(), data.certificates.begin(), data.certificates.end());
  std::set<Sha256> keys;
  for (const cms::SignerInfo& signer : data.signers) {
    const Certificate certificate = checked(signer, data, candidates, what);
    if (keys.insert(certificate.public_key_sha256()).second) found.signers.push_back(certificate);
  }
  return found;
}

void require_acceptable(const SignedBundle& bundle, const BundleRoot& root) {
  require_signers(bundle, root);
  const std::string label = label_of(bundle.bundle);
  if (bundle.bundle.version < root.least_version) {
    throw Error(
        ErrorKind::policy,
        label + ", is older than version " + std::to_string(root.least_version) + ", which is the least here",
        "an older bundle may trust whom a newer one retired");
  }
  if (root.now >= bundle.bundle.expires) {
    throw Error(ErrorKind::dates, label + ", ended on " + to_rfc3339(bundle.bundle.expires),
                "ask for a newer one: who keeps this one in place may hide it");
  }
}

std::vector<TrustRecord> records_in_force(const TrustBundle& bundle) {
  std::vector<TrustRecord> records;
  for (TrustRecord record : bundle.records) {
    if (record.kind == TrustRecord::Kind::trust) {
      if (record.from > bundle.expires) continue;
      record.until = record.until ? std::min(*record.until, bundle.expires) : bundle.expires;
    }
    record.origin = TrustRecord::Origin::bundle;
    record.made_by = "bundle " + bundle.name;
    record.made_at = bundle.made;
    record.id = id_of(record);
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace certstore
