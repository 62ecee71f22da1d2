#include "certstore/audit_chain.h"
#include "certstore/backup.h"
#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/crl_record.h"
#include "certstore/key_store_record.h"
#include "certstore/key_store_seal.h"
#include "certstore/test_signature.h"
#include "certstore/trust_record_json.h"

#include <algorithm>
#include <map>
#include <optional>

namespace certstore {
namespace {

// Takes the records of the keys as they come: header, roster, then each identity.
class KeysCheck {
 public:
  explicit KeysCheck(const Backup& backup) : backup_(backup) {}

  void take(std::string_view name, ByteView value) {
    if (!header_) {
      if (name != key_records::kHeader) backup_.refuse("its keys have no header");
      header_ = parse_key_store_header(value);
    } else if (!roster_) {
      if (name != key_records::kRoster) backup_.refuse("its keys have no roster");
      roster_ = open_roster(*header_, backup_.master_key(), value);
    } else if (name.starts_with(key_records::kIdentityPrefix)) {
      take_identity(std::string(name.substr(key_records::kIdentityPrefix.size())), value);
    }
  }

  std::vector<TestedKey> finish() {
    if (!roster_) backup_.refuse("it holds no keys");
    if (roster_->size() != keys_.size()) backup_.refuse("an identity is missing in it");
    std::vector<Sha256> found;
    for (const TestedKey& key : keys_) found.push_back(key.signer.public_key_sha256());
    std::ranges::sort(found);
    found.erase(std::unique(found.begin(), found.end()), found.end());
    if (found != backup_.note().keys) backup_.refuse("its note names other keys than it holds");
    return std::move(keys_);
  }

 private:
  void take_identity(const std::string& alias, ByteView value) {
    const IdentityRecord record = parse_identity(value, alias);
    const SecretBytes pkcs8 = open_sealed_key(backup_.master_key(), *header_, *roster_, record);
    const SignerIdentity signer = record.identity.signer();
    require_signs(PrivateKey::from_pkcs8(pkcs8.view(), alias), signer, alias);
    keys_.push_back({alias, record.identity.kind, signer});
  }

  const Backup& backup_;
  std::optional<KeyStoreHeader> header_;
  std::optional<Roster> roster_;
  std::vector<TestedKey> keys_;
};

// Takes the records of the trust store as they come: the heads of the audit log before its records.
class TrustCheck {
 public:
  explicit TrustCheck(BackupContents& contents) : contents_(contents) {}

  void take(std::string_view name, ByteView value) {
    if (name.starts_with(trust_records::kRecordPrefix)) {
      static_cast<void>(parse_trust_record(value));
      ++contents_.trust_records;
    } else if (name.starts_with(trust_records::kSerialPrefix)) {
      ++contents_.serials;
    } else if (name.starts_with(bundle_records::kPrefix)) {
      static_cast<void>(parse_kept_bundle(value));
      ++contents_.bundles;
    } else if (name.starts_with(crl_records::kPrefix)) {
      // The lists came before, by the order of the names.
      const auto list = lists_.find(name.substr(crl_records::kPrefix.size()));
      static_cast<void>(parse_crl_record(value, list == lists_.end() ? ByteView() : list->second));
    } else if (name.starts_with(crl_records::kListPrefix)) {
      lists_.emplace(name.substr(crl_records::kListPrefix.size()), Bytes(value.begin(), value.end()));
    } else if (name == audit_records::kHead) {
      expectation_.head = parse_audit_head(value);
      expectation_.start = {expectation_.head->log, 0, {}};
    } else if (name == audit_records::kSignedHead) {
      expectation_.signed_heads = {parse_signed_head(value)};
    } else if (name.starts_with(audit_records::kPrefix)) {
      take_audit(audit_number(name), value);
    }
  }

  void finish() {
    // A store of an older schema has no chain, and no head.
    if (!expectation_.head) return;
    if (!audit_) audit_.emplace(expectation_);
    contents_.audit_breaks = audit_->finish();
  }

 private:
  void take_audit(std::uint64_t number, ByteView json) {
    ++contents_.audit_lines;
    if (!expectation_.head) return;
    if (!audit_) audit_.emplace(expectation_);
    audit_->take(number, json);
  }

  std::map<std::string, Bytes, std::less<>> lists_;
  BackupContents& contents_;
  AuditExpectation expectation_;
  std::optional<AuditCheck> audit_;
};

}  // namespace

BackupContents check_backup(const Backup& backup) {
  BackupContents contents;
  contents.note = backup.note();
  KeysCheck keys(backup);
  backup.visit(Backup::Part::keys, [&](std::string_view name, ByteView value) { keys.take(name, value); });
  contents.keys = keys.finish();
  TrustCheck trust(contents);
  backup.visit(Backup::Part::trust, [&](std::string_view name, ByteView value) { trust.take(name, value); });
  trust.finish();
  return contents;
}

}  // namespace certstore
