// Test data that others made: read from where it lies, never copied into this repository.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>

namespace tests {

// The folder `name` of the test data, or nothing if it is not here: then the test says "skipped: why" and
// returns. Throws if PKGTRUST_REQUIRE_DATA=1, so that a skip cannot hide where data must be.
inline std::optional<std::filesystem::path> others_data(const std::string& name) {
  const char* const place = std::getenv("PKGTRUST_TEST_DATA");
  const std::filesystem::path folder =
      (place == nullptr ? std::filesystem::path("../shared/data") : place) / name;
  if (std::filesystem::is_directory(folder)) return folder;
  const char* const required = std::getenv("PKGTRUST_REQUIRE_DATA");
  if (required != nullptr && std::string(required) == "1") {
    throw std::runtime_error("the test data " + name + " is required and not here");
  }
  std::cout << "skipped: the test data " << name << " is not here\n";
  return std::nullopt;
}

}  // namespace tests
