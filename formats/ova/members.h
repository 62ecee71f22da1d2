// The files of an OVF package, whether they are members of one tar (OVA) or lie in one folder.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/issue.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace formats::ova {

struct Member {
  std::string name;
  std::uint64_t size = 0;
  bool is_file = true;  // else a directory or a link
};

class Members {
 public:
  virtual ~Members() = default;
  [[nodiscard]] virtual std::span<const Member> all() const = 0;
  // Gives the content to `sink` piece by piece. May be called by many threads. Throws Error(io).
  virtual void read(std::size_t member, const certstore::Sink& sink) const = 0;
};

// The whole content; throws Error(malformed) if it is longer than `limit`.
[[nodiscard]] certstore::Bytes read_small(const Members& members, std::size_t member, std::size_t limit);

// Which members are what. Of each kind there is one, and all have one base name.
struct Layout {
  std::optional<std::size_t> descriptor;   // .ovf
  std::optional<std::size_t> manifest;     // .mf
  std::optional<std::size_t> certificate;  // .cert
  std::string base;                        // of the descriptor: "vm" of "vm.ovf"
  certstore::Issues issues;

  [[nodiscard]] bool is_signature_file(std::size_t member) const {
    return member == manifest || member == certificate;
  }
};

[[nodiscard]] Layout layout_of(std::span<const Member> members);
// The finding without effect where .mf and .cert stand neither directly behind the .ovf nor at the end.
[[nodiscard]] certstore::Issues order_findings(const Layout& layout, std::size_t members);

// Whether the name ends in `extension` (".ovf"), in letters of any case, as programs in the field take it.
[[nodiscard]] bool has_extension(std::string_view name, std::string_view extension);

}  // namespace formats::ova
