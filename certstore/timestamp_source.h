// Where time stamps come from: the authorities that the user names, asked one after the other.
#pragma once

#include "certstore/timestamp.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace certstore {

struct TimestampSource {
  std::vector<std::string> urls;  // in the order in which they are asked
  DigestAlgorithm digest = DigestAlgorithm::sha256;
  std::string policy;  // dotted; empty: any
  std::chrono::seconds timeout{30};
  // Told of each that failed, one sentence; may be empty.
  std::function<void(const std::string&)> failed;
};

// A token for that signature value, checked against the request; the authority's trust is not judged here.
// Each authority is asked in turn; those that could not be reached again after 1, 2 and 4 seconds. Throws
// Error(status) with the last reason when none gave a token, Error(io) where libcurl is missing, and
// Error(interrupted).
[[nodiscard]] Bytes obtain_timestamp(const TimestampSource& source, ByteView signature);

}  // namespace certstore
