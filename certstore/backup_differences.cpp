#include "certstore/backup.h"
#include "certstore/base/escape.h"
#include "certstore/key_store_record.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace certstore {
namespace {

std::string sha256_text(const Bytes& certificate) {
  return to_hex(sha256(certificate));
}

// One identity of both: what is not the same, or nothing.
void compare_identity(const StoredIdentity& ours, const StoredIdentity& theirs,
                      std::vector<std::string>& found) {
  const std::string who = "identity " + in_quotes(ours.alias) + ": ";
  if (ours.bare_key || theirs.bare_key) {
    if (ours.bare_key != theirs.bare_key) found.push_back(who + "another key in the backup");
  } else if (ours.certificate != theirs.certificate) {
    found.push_back(who + "certificate SHA256 " + sha256_text(theirs.certificate) +
                    " in the backup, SHA256 " + sha256_text(ours.certificate) + " in the store");
  } else if (ours.chain != theirs.chain) {
    found.push_back(who + "the same certificate, another chain");
  }
}

void compare_keys(const Backup& backup, const StorePlace& place, std::vector<std::string>& found) {
  const auto keys = KeyStore::exists(place.keys())
                        ? std::optional(KeyStore::open(place.keys(), OpenMode::read))
                        : std::nullopt;
  std::set<std::string> seen;
  const std::string_view prefix = key_records::kIdentityPrefix;
  backup.visit(Backup::Part::keys, [&](std::string_view name, ByteView value) {
    if (!name.starts_with(prefix)) return;
    const std::string alias(name.substr(prefix.size()));
    seen.insert(alias);
    const std::optional<Bytes> ours = keys ? keys->snapshot().get(name) : std::nullopt;
    if (!ours) return found.push_back("identity " + in_quotes(alias) + ": only in the backup");
    compare_identity(parse_identity(*ours, alias).identity, parse_identity(value, alias).identity, found);
  });
  if (!keys) return;
  keys->snapshot().visit(prefix, [&](std::string_view name, ByteView) {
    const std::string alias(name.substr(prefix.size()));
    if (!seen.contains(alias)) found.push_back("identity " + in_quotes(alias) + ": only in the store");
  });
}

struct Tally {
  std::string what;
  std::string_view prefix;
  std::size_t only_backup = 0;
  std::size_t changed = 0;
  std::size_t both = 0;
  std::size_t store = 0;
};

void tell(const Tally& tally, std::vector<std::string>& found) {
  const std::size_t only_store = tally.store - tally.both;
  std::string text;
  const auto part = [&](std::size_t number, std::string_view words) {
    if (number != 0) text += (text.empty() ? "" : ", ") + std::to_string(number) + std::string(words);
  };
  part(tally.only_backup, " only in the backup");
  part(only_store, " only in the store");
  part(tally.changed, " not the same in both");
  if (!text.empty()) found.push_back(tally.what + ": " + text);
}

void compare_trust(const Backup& backup, const StorePlace& place, std::vector<std::string>& found) {
  const auto trust = TrustStore::open_if_present(place.trust());
  std::array<Tally, 4> tallies = {Tally{"trust records", trust_records::kRecordPrefix},
                                  Tally{"accepted serials", trust_records::kSerialPrefix},
                                  Tally{"revocation lists", crl_records::kListPrefix},
                                  Tally{"imported bundles", bundle_records::kPrefix}};
  backup.visit(Backup::Part::trust, [&](std::string_view name, ByteView value) {
    for (Tally& tally : tallies) {
      if (!name.starts_with(tally.prefix)) continue;
      const std::optional<Bytes> ours = trust ? trust->snapshot().get(name) : std::nullopt;
      tally.only_backup += ours ? 0 : 1;
      tally.both += ours ? 1 : 0;
      tally.changed += ours && !std::ranges::equal(*ours, value) ? 1 : 0;
    }
  });
  for (Tally& tally : tallies) {
    if (trust) trust->snapshot().visit(tally.prefix, [&](std::string_view, ByteView) { ++tally.store; });
    tell(tally, found);
  }
}

}  // namespace

std::vector<std::string> differences(const Backup& backup, const StorePlace& place) {
  std::vector<std::string> found;
  compare_keys(backup, place, found);
  compare_trust(backup, place, found);
  return found;
}

}  // namespace certstore
