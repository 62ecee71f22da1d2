// Collects what is wrong with an archive, bounded: a hostile one may have millions of faults.
#pragma once

#include "certstore/base/issue.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace formats::zip {

// " at byte N", for the end of a detail.
[[nodiscard]] std::string at_byte(std::uint64_t offset);

class Findings {
 public:
  // A fault of the archive as a whole.
  void archive(std::string detail) { add(certstore::IssueCode::malformed_archive, {}, std::move(detail)); }
  // A malformed_archive that one entry shows.
  void entry(std::string_view name, std::string detail) {
    add(certstore::IssueCode::malformed_archive, name, std::move(detail));
  }
  void add(certstore::IssueCode code, std::string_view subject, std::string detail);
  [[nodiscard]] bool empty() const { return issues_.empty(); }
  // Returns all, the last saying how many were left out.
  [[nodiscard]] certstore::Issues take();

 private:
  certstore::Issues issues_;
  std::size_t left_out_ = 0;
};

}  // namespace formats::zip
