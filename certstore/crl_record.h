// A revocation list as the store keeps it, with who signed it and who added it. trust_store.h keeps it.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/certificate.h"
#include "certstore/crl.h"

#include <string>
#include <vector>

namespace certstore {

struct CrlRecord {
  Crl list;
  std::vector<Certificate> chain;  // who signed it first, then what was given with that certificate
  std::string added_by;
  Instant added{};
};

// How the names of its two records begin: what is said about the list, and its bytes.
namespace crl_records {
inline constexpr std::string_view kPrefix = "crl/";
inline constexpr std::string_view kListPrefix = "crl-list/";
}  // namespace crl_records

// 16 hex digits of the series: a newer list of the same issuer, key and scope has the same.
[[nodiscard]] std::string id_of(const Crl& list);

// The record of `list` under the one of `known` that signed it, with all of them as its chain (at most
// limits::kCrlChain). Throws Error(key) where none did, or where the signature is made with a weak digest and
// not `force`.
[[nodiscard]] CrlRecord crl_record(const Crl& list, const std::vector<Certificate>& known, bool force);

// Without the list.
[[nodiscard]] Bytes to_json(const CrlRecord& record);
// Throws Error(store) for anything but the exact form.
[[nodiscard]] CrlRecord parse_crl_record(ByteView json, ByteView list);

}  // namespace certstore
