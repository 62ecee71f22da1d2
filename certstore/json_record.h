// Records of the store as JSON objects, read strictly: bounded before parsing, no unknown field, none twice
// missing.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/time.h"
#include "certstore/digest.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace certstore {

// A JSON object whose fields are taken one by one. Everything throws Error(store), naming the record, when
// the field is absent or of another type.
class JsonRecord {
 public:
  // Parses at most limits::kStoreRecord bytes of strict JSON.
  JsonRecord(ByteView bytes, std::string_view what);
  // Takes an object that is part of a record.
  static JsonRecord of(nlohmann::json object, std::string_view what);

  [[nodiscard]] bool has(const char* field) const { return object_.contains(field); }
  [[nodiscard]] std::string text(const char* field);
  [[nodiscard]] std::uint64_t number(const char* field);
  [[nodiscard]] bool flag(const char* field);
  [[nodiscard]] Bytes base64(const char* field);
  // Exactly as many bytes as `out` has.
  void hex(const char* field, std::span<std::uint8_t> out);
  [[nodiscard]] Instant instant(const char* field);
  [[nodiscard]] nlohmann::json array(const char* field);
  [[nodiscard]] nlohmann::json object(const char* field);
  // Refuses fields that nobody took.
  void finish() const;
  [[noreturn]] void refuse(const std::string& why) const;

 private:
  explicit JsonRecord(std::string_view what) : what_(what) {}
  const nlohmann::json& take(const char* field);

  nlohmann::json object_;
  std::string what_;
  std::set<std::string> taken_;
};

[[nodiscard]] Bytes to_bytes(const nlohmann::json& object);

}  // namespace certstore
