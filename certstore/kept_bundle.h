// What a store remembers of a trust bundle that was imported: which version, who may sign the next one, and
// what it brought. The guard against rollback on a machine that has a store.
#pragma once

#include "certstore/trust_bundle.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace certstore {

struct KeptBundle {
  std::string name;
  std::uint64_t version = 0;
  Instant expires{};
  Sha256 document{};                 // of what was signed
  unsigned threshold = 1;            // so many of `keys` must sign the next version
  std::vector<Certificate> keys;     // that it named
  std::vector<std::string> records;  // the ids of all that it says
  std::optional<std::string> policy;
  Instant imported{};
  std::string imported_by;
};

namespace bundle_records {
inline constexpr std::string_view kPrefix = "bundle/";
}  // namespace bundle_records

// Of fixed length, whatever the bundle is called.
[[nodiscard]] std::string name_of_kept(std::string_view bundle);
[[nodiscard]] KeptBundle kept_bundle(const SignedBundle& bundle);
[[nodiscard]] Bytes to_json(const KeptBundle& kept);
// Throws Error(store) for anything but the exact form.
[[nodiscard]] KeptBundle parse_kept_bundle(ByteView json);

// Who may sign the next version: enough of the keys that this one named.
[[nodiscard]] BundleRoot root_of(const KeptBundle& kept, Instant now);
// Returns if and only if the bundle may follow the one that is remembered: it is newer, the very same, or
// older and a person named exactly that version. Throws Error(policy).
void require_follows(const KeptBundle& kept, const SignedBundle& bundle, std::uint64_t named_version);

}  // namespace certstore
