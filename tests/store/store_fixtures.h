// What the tests of the store share: a folder that goes away, cheap passphrases, records.
#pragma once

#include "certstore/base/error.h"
#include "certstore/base/limits.h"
#include "certstore/key_store.h"
#include "certstore/trust_store.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace store_fixtures {

// libsodium wants to be started before the first secret.
struct ProtectSecrets {
  ProtectSecrets() { certstore::protect_secrets("test"); }
};

struct TemporaryFolder {
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pkgtrust-store-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::filesystem::path path;
};

inline certstore::SecretBytes secret(std::string_view text) {
  certstore::SecretBytes bytes(text.size());
  std::copy(text.begin(), text.end(), bytes.writable().begin());
  return bytes;
}

inline std::string text_of(const certstore::SecretBytes& bytes) {
  return std::string(certstore::as_text(bytes.view()));
}

// The least that is allowed: a test opens many stores.
inline const certstore::KdfCost kCheap{.passes = 1, .memory = certstore::limits::kKdfMemoryLeast};

inline certstore::StoredIdentity identity(std::string_view alias) {
  certstore::StoredIdentity made;
  made.alias = alias;
  const std::string certificate = "certificate of " + std::string(alias);
  made.certificate.assign(certificate.begin(), certificate.end());
  made.chain = {{1, 2, 3}, {4, 5}};
  made.created = certstore::Instant(std::chrono::seconds(1'800'000'000));
  return made;
}

inline certstore::TrustRecord trust_record(std::string_view reason) {
  certstore::TrustRecord record;
  record.certificate = {0x30, 1, 2};
  record.sha256 = certstore::sha256(record.certificate);
  record.label = "CN=example";
  record.reason = reason;
  record.made_by = "someone";
  record.made_at = certstore::Instant(std::chrono::seconds(1'800'000'000));
  return record;
}

inline certstore::Actor actor() {
  return {.uid = 1000,
          .user = "someone",
          .host = "here",
          .when = certstore::Instant(std::chrono::seconds(1'800'000'001))};
}

inline std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(static_cast<std::size_t>(std::filesystem::file_size(path)), '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return bytes;
}

inline void write_content(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

inline bool is_store_error(const certstore::Error& error) {
  return error.kind() == certstore::ErrorKind::store;
}
inline bool is_passphrase_error(const certstore::Error& error) {
  return error.kind() == certstore::ErrorKind::passphrase;
}
inline bool is_usage_error(const certstore::Error& error) {
  return error.kind() == certstore::ErrorKind::usage;
}

}  // namespace store_fixtures
