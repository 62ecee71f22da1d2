// One change of a store, as a program of its own that a test can kill: store_writer CHANGE STORE
#include "tests/store/imported_bundles.h"

#include <unistd.h>

#include <iostream>
#include <map>

using namespace certstore;
using namespace store_fixtures;

namespace {

using Change = void (*)(const std::filesystem::path& store);

KeyStore open_keys(const std::filesystem::path& store) {
  return KeyStore::open(store / "keys", OpenMode::write);
}

void create(const std::filesystem::path& store) {
  KeyStore::create(store / "keys", secret("old"), kCheap);
}

void add(const std::filesystem::path& store) {
  KeyStore keys = open_keys(store);
  keys.add_identity(keys.unlock(secret("old")), identity("added"), secret("key of added"));
}

// More than the file has room for, in one transaction.
void grow(const std::filesystem::path& store) {
  LmdbEnvironment::open(store / "keys", OpenMode::write).update([](Transaction& transaction) {
    for (int i = 0; i < 30; ++i) transaction.put("filling " + std::to_string(i), Bytes(100'000, 1));
  });
}

void remove(const std::filesystem::path& store) {
  KeyStore keys = open_keys(store);
  keys.remove_identity(keys.unlock(secret("old")), "server");
}

void change(const std::filesystem::path& store) {
  open_keys(store).change_passphrase(secret("old"), secret("new"), {.cost = kCheap, .rekey = false});
}

void rekey(const std::filesystem::path& store) {
  open_keys(store).change_passphrase(secret("old"), secret("new"), {.cost = kCheap, .rekey = true});
}

void trust(const std::filesystem::path& store) {
  TrustStore::open_or_create(store / "trust").add(trust_record("killed"), actor());
}

// Removes one record, adds another, and remembers the bundle.
void import_bundle(const std::filesystem::path& store) {
  TrustStore records = TrustStore::open_or_create(store / "trust");
  const SignedBundle next = bundle_of("second", 2);
  records.import_bundle(difference(next, records.state()), {.file = "site.bundle"}, actor());
}

// Until somebody kills it.
void trust_on(const std::filesystem::path& store) {
  TrustStore records = TrustStore::open_or_create(store / "trust");
  for (std::size_t i = records.list().size();; ++i) records.add(trust_record(std::to_string(i)), actor());
}

// Back and forth, until somebody kills it.
void change_on(const std::filesystem::path& store) {
  KeyStore keys = open_keys(store);
  for (;;) {
    for (const auto& [from, to] : {std::pair{"old", "new"}, {"new", "old"}}) {
      try {
        keys.change_passphrase(secret(from), secret(to), {.cost = kCheap, .rekey = true});
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::passphrase) throw;  // it was killed after an odd number of changes
      }
    }
  }
}

const std::map<std::string, Change>& changes() {
  static const std::map<std::string, Change> all = {{"create", create},     {"add", add},
                                                    {"grow", grow},         {"remove", remove},
                                                    {"change", change},     {"rekey", rekey},
                                                    {"trust", trust},       {"import", import_bundle},
                                                    {"trust-on", trust_on}, {"change-on", change_on}};
  return all;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  try {
    protect_secrets("store_writer");
    changes().at(arguments[1])(arguments[2]);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
