#include "certstore/key_store_seal.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/digest.h"

namespace certstore {

SealedPlace roster_place(const KeyStoreHeader& header) {
  return {
      .store = header.store, .kind = "roster", .name = {}, .certificate = {}, .version = header.generation};
}

namespace {

// What the sealed key is for, as it stands open in the record.
Bytes public_part(const StoredIdentity& identity) {
  if (!identity.bare_key) return identity.certificate;
  Bytes part(identity.bare_key->id().begin(), identity.bare_key->id().end());
  append(part, identity.bare_key->spki());
  return part;
}

}  // namespace

SealedPlace place_of(const KeyStoreHeader& header, const IdentityRecord& record) {
  return {.store = header.store,
          .kind = record.identity.kind,
          .name = record.identity.alias,
          .certificate = sha256(public_part(record.identity)),
          .version = record.version};
}

Roster open_roster(const KeyStoreHeader& header, const MasterKey& key, ByteView sealed) {
  return parse_roster(unseal(key, roster_place(header), sealed).view());
}

SecretBytes open_sealed_key(const MasterKey& key, const KeyStoreHeader& header, const Roster& roster,
                            const IdentityRecord& record) {
  const auto version = roster.find(record.identity.alias);
  if (version == roster.end() || version->second != record.version) {
    throw Error(ErrorKind::store,
                "the record of " + in_quotes(record.identity.alias) + " was put back from the past",
                "put back a copy of the whole store");
  }
  return unseal(key, place_of(header, record), record.sealed_key);
}

}  // namespace certstore
