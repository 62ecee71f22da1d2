// The extended header of one member (IEEE Std 1003.1, pax, "pax Extended Header"): what it says instead of
// the ustar header behind it.
#pragma once

#include "certstore/base/bytes.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace formats::tar {

struct Pax {
  std::optional<std::string> path;
  std::optional<std::string> link;
  std::optional<std::uint64_t> size;
  std::optional<std::uint64_t> uid;
  std::optional<std::uint64_t> gid;
  std::optional<std::int64_t> mtime;  // whole seconds
  bool has_extras = false;            // access lists and other attributes beyond the mode
};

// Returns what the records say, or the first fault ("has a record without '='"): bad lengths, a keyword
// twice, an empty or unreadable value, what makes a sparse file of the member.
[[nodiscard]] std::variant<Pax, std::string> read_pax(certstore::ByteView records);

// The same for a header that holds for all members behind it. Some programs apply it and some do not, so what
// it says must not matter: returns the fault, empty where there is none.
[[nodiscard]] std::string fault_of_global_pax(certstore::ByteView records);

}  // namespace formats::tar
