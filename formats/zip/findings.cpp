#include "formats/zip/findings.h"

#include "certstore/base/limits.h"

#include <utility>

namespace formats::zip {

std::string at_byte(std::uint64_t offset) {
  return " at byte " + std::to_string(offset);
}

void Findings::add(certstore::IssueCode code, std::string_view subject, std::string detail) {
  if (issues_.size() >= certstore::limits::kContainerFindings) {
    ++left_out_;
    return;
  }
  issues_.push_back({code, std::string(subject), std::move(detail)});
}

certstore::Issues Findings::take() {
  if (left_out_ > 0) {
    issues_.push_back({certstore::IssueCode::malformed_archive,
                       {},
                       std::to_string(left_out_) + " further findings are not listed"});
  }
  return std::exchange(issues_, {});
}

}  // namespace formats::zip
